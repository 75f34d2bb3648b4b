"""Killed or stopped while the weather service lets it wait: every reply before is kept, and the next time goes on there."""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from tests.faults.evening import ended, leftovers
from tests.support.cli import Home
from tests.support.stores import START, even_run, make_store, put_runs
from tests.support.weather.server import WeatherServer, silence, weather

WITHIN_S = 60.0


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_the_replies_before_are_kept_and_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: signal.Signals, code: int
) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "anna")
    unknown_height = even_run(start_at=START + timedelta(days=1), position=(47.1, 15.4), altitude_m=None)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(), unknown_height])  # two requests: the service takes heights for all or none
    with WeatherServer() as server:
        home = Home(settings.home)
        server.script.extend([weather(lambda reply: reply), silence()])
        child = home.child("weather", CRAMPLOG_WEATHER_URL=server.url)
        _wait_for(server, 2)
        child.send_signal(stop)
        assert ended(child)[0] == code
        assert _hours(settings) == 24
        monkeypatch.setenv("CRAMPLOG_WEATHER_URL", server.url)
        assert "1 request, 24 hours: 1 run got its weather" in home("weather").stdout
    asked = [heard.params["latitude"] for heard in server.heard]
    assert asked == ["48.2", "47.1", "47.1"]
    assert leftovers(settings.home) == []


def _wait_for(server: WeatherServer, requests: int) -> None:
    give_up_s = time.monotonic() + WITHIN_S
    while len(server.heard) < requests and time.monotonic() < give_up_s:
        time.sleep(0.02)
    assert len(server.heard) == requests


def _hours(settings: Settings) -> int:
    with open_store(settings, write=False) as con:
        (count,) = con.execute("SELECT count(*) FROM weather_hour").fetchall()[0]
    return int(count)
