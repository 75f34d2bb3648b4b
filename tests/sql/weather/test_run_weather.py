"""Weather along the run: linear between two hours, NULL on any gap, nothing indoors; against a slow plain reference."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pipeline.actions.weather.cells import map_all_cells
from pipeline.schema import WEATHER_COLUMNS
from pipeline.store.db.connection import open_store
from pipeline.store.weather.hours import put_hours
from tests.support.stores import NAIVE_NOW, START, even_run, later, make_store, put_runs

MIDNIGHT = START.replace(hour=0, minute=0, tzinfo=None)


def put_hours_of(
    con: duckdb.DuckDBPyConnection, cell: str, midnight: datetime, hours: dict[int, dict[str, float]]
) -> None:
    """Hours of one cell, by how many hours after midnight (UTC); what is not named is unknown."""
    at = np.array([midnight + timedelta(hours=hour) for hour in hours], dtype="datetime64[us]")
    columns = {name: np.array([known.get(name, np.nan) for known in hours.values()]) for name in WEATHER_COLUMNS}
    facts = {
        "provider": "open-meteo",
        "model": None,
        "elevation_m": 200.0,
        "fetched_at": NAIVE_NOW,
        "provisional": False,
    }
    put_hours(con, cell, at, columns, facts)
    map_all_cells(con)


def put_day(con: duckdb.DuckDBPyConnection, cell: str, temps: dict[int, float]) -> None:
    """A day's hours with these air temperatures (by UTC hour); WBGT is half of it, rain is the hour's number."""
    hours = {hour: {"air_temp_c": temp, "wbgt_c": temp / 2, "precip_mm": float(hour)} for hour, temp in temps.items()}
    put_hours_of(con, cell, MIDNIGHT, hours)


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


SUN = {5: 100.0, 6: 200.0, 7: 400.0, 8: 700.0}


def radiation_of(home: Path, hours: dict[int, float]) -> list[tuple[str, float | None, float | None]]:
    """Wall of the middle, shortwave and direct radiation of a run from 05:30 to 07:00 UTC; direct is half of it."""
    settings, (runner,) = make_store(home, "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(minutes=90)])
        known = {hour: {"air_temp_c": 20.0, "shortwave_wm2": sun, "direct_wm2": sun / 2} for hour, sun in hours.items()}
        put_hours_of(con, "48.2,16.4", MIDNIGHT, known)
        rows = con.execute(
            "SELECT middle_at, shortwave_wm2, direct_wm2 FROM segment_weather ORDER BY segment_no"
        ).fetchall()
    return [(f"{at:%H:%M:%S}", shortwave, direct) for at, shortwave, direct in rows]


def test_radiation_belongs_to_the_middle_of_the_hour_it_is_the_mean_of(tmp_path: Path) -> None:
    found = radiation_of(tmp_path / "home", SUN)
    by_wall = {wall: shortwave for wall, shortwave, _ in found}
    assert by_wall["05:32:30"] == pytest.approx(200 + 200 * 2.5 / 60)  # 05:30 is written at 6, 06:30 at 7
    assert by_wall["06:27:30"] == pytest.approx(200 + 200 * 57.5 / 60)
    assert by_wall["06:32:30"] == pytest.approx(400 + 300 * 2.5 / 60)
    assert by_wall["06:57:30"] == pytest.approx(400 + 300 * 27.5 / 60)
    assert [direct for _, _, direct in found] == pytest.approx(
        [shortwave / 2 for _, shortwave, _ in found if shortwave]
    )


def test_radiation_is_unknown_where_one_of_its_two_means_is(tmp_path: Path) -> None:
    found = radiation_of(tmp_path / "home", {hour: sun for hour, sun in SUN.items() if hour != 8})
    assert [wall for wall, shortwave, _ in found if shortwave is None] == [
        "06:32:30", "06:37:30", "06:42:30", "06:47:30", "06:52:30", "06:57:30",
    ]  # fmt: skip


def test_nobody_ran_in_simulated_weather_but_simulated_runners(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = even_run(minutes=60)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run, later(even_run(50, START + timedelta(hours=2)), simulated=True)])
        put_day(con, "48.2,16.4", dict.fromkeys(range(4, 10), 20.0))
        con.execute("UPDATE weather_hour SET provider = 'simulated'")
        found = con.execute("SELECT DISTINCT simulated, air_temp_c FROM v_run_weather JOIN v_run USING (run_id)")
        assert sorted(found.fetchall()) == [(False, None), (True, 20.0)]
