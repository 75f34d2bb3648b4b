"""`cramplog nightly --serve`, started as its user starts it: it fires on the runner's clock, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.actions.nightly.nights import next_night
from pipeline.actions.runs.runner import add_runner
from pipeline.files import make_private_folder
from pipeline.store.answers.runners import Runner
from tests.faults.evening import ended
from tests.support.cli import Home, recordings
from tests.support.processes import nothing_left_of, server_is_up, wait_for
from tests.support.stores import NOW, make_store

pytestmark = pytest.mark.slow

KOLKATA = ZoneInfo("Asia/Kolkata")  # half an hour beside every zone a machine is likely to be set to
ALL_DONE = [[stage, "done"] for stage in ("inbox", "weather", "answers", "fit", "reports", "publish")]


def in_kolkata(path: Path, empty_database: Path) -> Home:
    """A store whose runner lives there, with a run in the inbox; served before, so that Prefect's database is there."""
    settings, _ = make_store(path)
    make_private_folder(settings.prefect)
    shutil.copy(empty_database, settings.prefect)
    add_runner(settings, Runner("", "anna", home_tz=KOLKATA.key), NOW)
    recordings(path / "inbox", 1)
    return Home(path)


def nights_of(home: Home) -> list[dict[str, object]]:
    """The nights as --status gives them, the newest first."""
    found: list[dict[str, object]] = home.document("nightly", "--status")["nights"]
    return found


def test_a_missed_night_runs_at_once_and_nobody_else_serves(tmp_path: Path, empty_database: Path) -> None:
    home = in_kolkata(tmp_path / "home", empty_database)
    at = datetime.now(KOLKATA) + timedelta(hours=8)
    child = home.child("nightly", "--serve", "--at", f"{at:%H:%M}")
    try:
        ran = wait_for(lambda: [night["outcome"] for night in nights_of(home)] == ["done"], 240)
        other = home.child("nightly", "--serve")
        _, refusal = other.communicate(timeout=60)
        modes = {path.stat().st_mode & 0o077 for path in (home.path / "prefect").rglob("*")}
    finally:
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    assert ran, out + err
    assert (child.returncode, wait_for(lambda: nothing_left_of(home.path), 20)) == (0, True)
    assert f"Nights begin at {at:%H:%M} in Asia/Kolkata (the runners' home zone)" in err
    assert "There was no complete night yet: one begins" in err
    assert [line.split()[:2] for line in out.splitlines()[1:]] == ALL_DONE
    assert re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d  the night begins", out)
    assert (home.path / "reports" / "anna.html").exists()
    assert (other.returncode, "another cramplog nightly --serve already runs" in refusal) == (5, True)
    assert modes == {0}


@pytest.mark.release
def test_the_next_night_fires_on_the_runners_clock(tmp_path: Path, empty_database: Path) -> None:
    home = in_kolkata(tmp_path / "home", empty_database)
    at = (datetime.now(KOLKATA) + timedelta(seconds=150)).replace(second=0, microsecond=0)
    child = home.child("nightly", "--serve", "--at", f"{at:%H:%M}")
    try:
        fired = wait_for(
            lambda: [night["outcome"] for night in nights_of(home)] == ["done", "done"],
            (at - datetime.now(UTC)).total_seconds() + 75,
        )
    finally:
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
    assert fired, out + err
    scheduled, first = nights_of(home)
    began_at = datetime.fromisoformat(str(scheduled["began_at"]))
    assert timedelta(0) <= began_at - at < timedelta(seconds=60)
    assert datetime.fromisoformat(str(first["began_at"])) < at
    shown = [line.split()[:2] for line in out.splitlines() if "the night begins" not in line]
    assert shown == ALL_DONE * 2
    assert re.findall(r"inbox +done +[\d.]+ s  (.*)", out) == ["1 new", "nothing new"]


@pytest.mark.release
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])  # SIGTERM: above
def test_however_it_is_ended_no_process_stays(
    tmp_path: Path, empty_database: Path, sent: signal.Signals, code: int
) -> None:
    home = in_kolkata(tmp_path / "home", empty_database)
    child = home.child("nightly", "--serve", "--at", "03:30")
    assert child.stderr is not None
    assert any("one begins" in line for line in child.stderr)
    assert wait_for(lambda: server_is_up(home.path), 60)
    child.send_signal(sent)  # to the one process, as a service manager or a person does
    child.communicate(timeout=60)
    assert child.returncode == code
    assert wait_for(lambda: nothing_left_of(home.path), 60)


@pytest.mark.release
def test_an_empty_database_that_is_no_good_costs_one_start(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    kept = make_private_folder(settings.prefect) / f"empty-{version('prefect')}.db"
    kept.write_text("no database")
    code, out, err = ended(Home(settings.home).child("nightly"))
    assert (code, "Prefect's server did not start" in err) == (5, True), out + err
    assert not kept.exists()


PREFECTS_NIGHTS = """
import asyncio, sys
from datetime import UTC, datetime
from prefect.server.schemas.schedules import CronSchedule
from flows.serve import daily
for at, noon in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    schedule = daily(at, "Europe/Vienna")
    cron = CronSchedule(cron=schedule.cron, timezone=schedule.timezone)
    print(*(f"{one.astimezone(UTC):%dT%H:%M}" for one in asyncio.run(cron.get_dates(3, datetime.fromisoformat(noon)))))
"""
CHANGES = {
    ("03:30", "2026-03-27T12:00+00:00"): "28T02:30 29T01:30 30T01:30",
    ("02:30", "2026-03-27T12:00+00:00"): "28T01:30 29T00:30 30T00:30",
    ("02:30", "2026-10-23T12:00+00:00"): "24T00:30 25T00:30 26T01:30",
}


@pytest.mark.parametrize(("at", "noon"), CHANGES)
def test_the_night_that_is_said_keeps_its_hour_when_the_clock_is_changed(at: str, noon: str) -> None:
    nights, now = [], datetime.fromisoformat(noon)
    for _ in range(3):
        now = next_night(at, "Europe/Vienna", now)
        nights.append(f"{now.astimezone(UTC):%dT%H:%M}")
    assert " ".join(nights) == CHANGES[at, noon]


def test_prefect_keeps_the_same_hours(tmp_path: Path) -> None:
    words = [word for change in CHANGES for word in change]
    environ = {**os.environ, "PREFECT_HOME": str(tmp_path / "prefect")}
    program = [sys.executable, "-c", PREFECTS_NIGHTS, *words]
    asked = subprocess.run(program, env=environ, capture_output=True, text=True, timeout=120, check=True)
    assert asked.stdout.splitlines() == list(CHANGES.values())
