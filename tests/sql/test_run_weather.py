"""Weather along the run: linear between two hours, NULL on any gap, nothing indoors; against a slow plain reference."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pipeline.actions.cells import serve_cells
from pipeline.schema import WEATHER_COLUMNS
from pipeline.store.connection import open_store
from pipeline.store.weather_hours import put_hours
from tests.support.stores import NAIVE_NOW, START, even_run, make_store, put_runs

MIDNIGHT = START.replace(hour=0, minute=0, tzinfo=None)


def put_day(con: duckdb.DuckDBPyConnection, cell: str, temps: dict[int, float]) -> None:
    """A day's hours with these air temperatures (by UTC hour); WBGT is half of it, rain is the hour's number."""
    hours = np.array([MIDNIGHT + timedelta(hours=hour) for hour in temps], dtype="datetime64[us]")
    columns = {name: np.full(len(temps), np.nan) for name in WEATHER_COLUMNS}
    columns["air_temp_c"] = np.array(list(temps.values()))
    columns["wbgt_c"] = columns["air_temp_c"] / 2
    columns["precip_mm"] = np.array([float(hour) for hour in temps])
    facts = {
        "provider": "open-meteo",
        "model": None,
        "elevation_m": 200.0,
        "fetched_at": NAIVE_NOW,
        "provisional": False,
    }
    put_hours(con, cell, hours, columns, facts)
    serve_cells(con)


def weather_of(home: Path, temps: dict[int, float], cell: str = "48.2,16.4", **run: Any) -> list[Any]:
    settings, (runner,) = make_store(home, "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(**run)])
        put_day(con, cell, temps)
        return con.execute(
            "SELECT v_segment.middle_at, air_temp_c, wbgt_c, precip_mm FROM v_run_weather "
            "JOIN v_segment USING (run_id, segment_no) ORDER BY segment_no"
        ).fetchall()


def slow_temp(at: datetime, temps: dict[int, float]) -> float | None:
    hour = at.hour
    if hour not in temps or hour + 1 not in temps:
        return None
    share = (at - at.replace(minute=0, second=0, microsecond=0)).total_seconds() / 3600
    return temps[hour] * (1 - share) + temps[hour + 1] * share


@pytest.mark.parametrize("missing", [(), (6,), (7,), (5, 8)])
def test_hours_are_joined_linearly_and_gaps_stay_empty(tmp_path: Path, missing: tuple[int, ...]) -> None:
    temps = {hour: 10 + 8 * np.sin(hour / 4) for hour in range(4, 11) if hour not in missing}
    found = weather_of(tmp_path / "home", temps, minutes=170)
    assert len(found) == 34
    for at, temp, _, _ in found:
        expected = slow_temp(at, temps)
        assert temp == (None if expected is None else pytest.approx(expected))


def test_wbgt_is_joined_like_the_temperature_and_rain_belongs_to_its_hour(tmp_path: Path) -> None:
    found = weather_of(tmp_path / "home", {5: 10.0, 6: 20.0, 7: 30.0}, minutes=60)
    for at, temp, wbgt, rain in found:
        assert wbgt == pytest.approx(temp / 2)
        assert rain == at.hour + 1


def test_place_within_thirty_km_serves_and_one_beyond_does_not(tmp_path: Path) -> None:
    near = weather_of(tmp_path / "near", {5: 10.0, 6: 20.0, 7: 30.0}, cell="48.4,16.4")
    assert all(row[1] is not None for row in near)
    far = weather_of(tmp_path / "far", {5: 10.0, 6: 20.0, 7: 30.0}, cell="48.6,16.4")
    assert all(row[1] is None for row in far)


def test_indoor_runs_have_no_weather(tmp_path: Path) -> None:
    assert weather_of(tmp_path / "home", {5: 10.0, 6: 20.0, 7: 30.0}, position=None) == []


def test_later_hours_replace_earlier_ones(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True) as con:
        put_day(con, "48.2,16.4", {5: 10.0, 6: 20.0})
        put_day(con, "48.2,16.4", {6: 21.0, 7: 30.0})
        found = con.execute("SELECT air_temp_c FROM weather_hour ORDER BY hour_at").fetchall()
    assert found == [(10.0,), (21.0,), (30.0,)]
