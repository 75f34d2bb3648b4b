"""Which hours the store keeps when two sources speak of the same one, and which days of a run are missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline.actions.weather.cells import map_new_places
from pipeline.schema import WEATHER_COLUMNS
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.weather.hours import put_hours
from pipeline.store.weather.requests import OpenDay, heights_m, open_days
from tests.support.stores import NAIVE_NOW, START, even_run, later, make_store, put_runs

HOUR = datetime(2026, 6, 14, 6)
ALL = len(WEATHER_COLUMNS)
LONG_AGO = NAIVE_NOW - timedelta(days=7)


def put(
    con: duckdb.DuckDBPyConnection,
    air_temp_c: float,
    *,
    provisional: bool,
    columns: int = ALL,
    hours: int = 1,
    begin: datetime = HOUR,
    cell: str = "48.2,16.4",
) -> None:
    """So many hours with one temperature, and with so many of the columns known."""
    at = np.array([begin + timedelta(hours=hour) for hour in range(hours)], dtype="datetime64[s]")
    values = {name: np.full(hours, 1.0 if number < columns else np.nan) for number, name in enumerate(WEATHER_COLUMNS)}
    values["air_temp_c"] = np.full(hours, air_temp_c)
    facts = {"provider": "open-meteo", "model": None, "elevation_m": 200.0, "fetched_at": NAIVE_NOW}
    put_hours(con, cell, at, values, {**facts, "provisional": provisional})
    map_new_places(con, [cell])


@pytest.mark.parametrize(
    ("first", "second", "kept_c"),
    [
        ((False, ALL), (False, ALL), 20.0),  # the newer
        ((True, ALL), (False, ALL), 20.0),  # the settled
        ((False, ALL), (True, ALL), 10.0),
        ((False, 3), (True, ALL), 10.0),  # even one that knows less
        ((True, ALL), (True, ALL), 20.0),
        ((False, 3), (False, ALL), 20.0),
        ((False, ALL), (False, 3), 10.0),
        ((True, ALL), (False, 3), 10.0),  # a file without the sun
    ],
)
def test_an_hour_gives_way_to_one_that_knows_as_much_and_never_to_a_draft(
    tmp_path: Path, first: tuple[bool, int], second: tuple[bool, int], kept_c: float
) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True) as con:
        put(con, 10.0, provisional=first[0], columns=first[1])
        put(con, 20.0, provisional=second[0], columns=second[1])
        assert con.execute("SELECT air_temp_c FROM weather_hour").fetchall() == [(kept_c,)]


def test_hours_of_one_place_may_be_provisional_each_by_itself(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    columns = {name: np.ones(2) for name in WEATHER_COLUMNS}
    facts = {"provider": "x", "model": None, "elevation_m": None, "fetched_at": NAIVE_NOW}
    at = np.array([HOUR, HOUR + timedelta(hours=1)], dtype="datetime64[s]")
    with open_store(settings, write=True) as con:
        put_hours(con, "48.2,16.4", at, columns, {**facts, "provisional": np.array([False, True])})
        assert con.execute("SELECT provisional FROM weather_hour ORDER BY hour_at").fetchall() == [(False,), (True,)]


def missing(settings: Settings) -> list[tuple[str, date, bool]]:
    with open_store(settings, write=False) as con:
        return [(day.cell, day.day, day.has_hours) for day in open_days(con, NAIVE_NOW, LONG_AGO)]


@pytest.mark.parametrize(
    ("start", "minutes", "days"),
    [
        ((14, 5, 30), 60, [14]),
        ((14, 21, 55), 50, [14, 15]),  # the last middle at 22:42 needs the radiation written at midnight
        ((14, 20, 55), 50, [14]),
        ((14, 23, 59), 30, [14, 15]),  # its start is shown too
        ((14, 0, 0), 30, [14]),
    ],
)
def test_a_run_needs_the_days_from_its_first_hour_to_two_hours_after_its_last_middle(
    tmp_path: Path, start: tuple[int, int, int], minutes: int, days: list[int]
) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = even_run(start_at=datetime(2026, 6, *start, tzinfo=UTC), minutes=minutes)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
    assert missing(settings) == [("48.2,16.4", date(2026, 6, day), False) for day in days]


@pytest.mark.parametrize(
    ("begin", "hours", "cell", "columns", "found"),
    [
        (5, 4, "48.2,16.4", ALL, []),
        (5, 3, "48.2,16.4", ALL, [False]),  # the hour after its last is missing
        (6, 4, "48.2,16.4", ALL, [False]),
        (5, 4, "48.4,16.4", ALL, []),  # 22 km away
        (5, 4, "48.5,16.4", ALL, [False]),  # 33 km
        (5, 4, "48.2,16.4", ALL - 1, []),  # the sun, but no WBGT: it has no solution
        (5, 4, "48.2,16.4", 4, [False]),  # no sun
    ],
)
def test_hours_are_missing_unless_one_place_within_thirty_km_knows_the_heat_of_all(
    tmp_path: Path, begin: int, hours: int, cell: str, columns: int, found: list[bool]
) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run()])  # 05:30 to 06:30
        put(con, 20.0, provisional=False, columns=columns, hours=hours, begin=HOUR.replace(hour=begin), cell=cell)
    assert [known for _, _, known in missing(settings)] == found


def test_what_is_provisional_is_asked_for_again_once_it_is_a_week_old(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run()])
        put(con, 20.0, provisional=True, hours=4, begin=HOUR.replace(hour=5))
        week_on = HOUR.replace(hour=8) + timedelta(minutes=1)
        assert open_days(con, NAIVE_NOW, HOUR.replace(hour=8)) == []
        assert open_days(con, NAIVE_NOW, week_on) == [OpenDay("48.2,16.4", date(2026, 6, 14), True, False)]


def test_the_other_recording_of_a_run_needs_nothing_of_its_own(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        assert len(put_runs(con, runner, [even_run(), even_run(step_s=6.0, position=(48.3, 16.4))])) == 1
    assert len(missing(settings)) == 1


def test_a_cells_height_is_the_median_of_the_runs_that_were_there_longest(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    heights = [100.0, 300.0, 200.0, 9.0, None]
    minutes = [70, 80, 90, 20, 60]
    runs = [
        even_run(start_at=START + timedelta(days=day), altitude_m=height_m, minutes=minutes[day])
        for day, height_m in enumerate(heights)
    ]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(
            con,
            runner,
            [*runs, later(even_run(start_at=START - timedelta(days=9), altitude_m=None, position=(0.0, 9.0)))],
        )
        assert heights_m(con, ["48.2,16.4", "0.0,9.0"]) == {"48.2,16.4": 200.0}
