"""What v_run says of the heat a runner was used to, and v_segment of the sun."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from pipeline.schema import ParsedRun
from pipeline.store.db.connection import open_store
from tests.sql.weather.test_run_weather import put_hours_of
from tests.support.stores import START, even_run, make_store, put_runs
from tests.support.weather.sun import solar_elevation_deg

Heat = tuple[float | None, float | None, float | None]


def heats(home: Path, runs: list[ParsedRun], wbgt_c: dict[int, float]) -> list[Heat]:
    """Heat of each run, oldest first, with an even WBGT on the days that have one (days after START)."""
    settings, (runner,) = make_store(home, "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
        for day, heat in wbgt_c.items():
            at = START.replace(hour=0, minute=0, tzinfo=None) + timedelta(days=day)
            put_hours_of(con, "48.2,16.4", at, {hour: {"air_temp_c": 30.0, "wbgt_c": heat} for hour in range(4, 12)})
        return con.execute("SELECT wbgt_start_c, heat_14d_c, heat_above_14d_c FROM v_run ORDER BY start_at").fetchall()


def on_day(day: float, minutes: float = 60, **facts: Any) -> ParsedRun:
    return even_run(minutes, START + timedelta(days=day), **facts)


def test_heat_before_is_the_mean_along_the_runs_of_two_weeks_by_moving_time(tmp_path: Path) -> None:
    runs = [on_day(0, 60), on_day(10, 30), on_day(13, 30), on_day(20, 60)]
    found = heats(tmp_path / "home", runs, {0: 10.0, 10: 16.0, 13: 19.0, 20: 25.0})
    assert found[:2] == [(10.0, None, None), (16.0, 10.0, 6.0)]
    assert found[2][1] == pytest.approx(12.0)  # an hour at 10, half an hour at 16
    assert found[3] == pytest.approx((25.0, 17.5, 7.5))  # the first lies 20 days back


def test_a_run_of_exactly_fourteen_days_ago_still_counts_and_a_minute_before_not(tmp_path: Path) -> None:
    found = heats(tmp_path / "home", [on_day(0), on_day(14)], {0: 10.0, 14: 20.0})
    assert found[1] == (20.0, 10.0, 10.0)
    later_by_a_minute = [on_day(0), replace(on_day(14), start_at=START + timedelta(days=14, minutes=1))]
    assert heats(tmp_path / "other", later_by_a_minute, {0: 10.0, 14: 20.0})[1] == (20.0, None, None)


def test_only_known_minutes_of_the_same_sport_outdoors_count_and_unknown_is_not_cool(tmp_path: Path) -> None:
    runs = [
        on_day(0),
        on_day(1),  # no hours known
        on_day(2, sport="cycling"),
        on_day(3, position=None),
        on_day(4),
        on_day(5),  # no hours known
    ]
    found = heats(tmp_path / "home", runs, {0: 22.0, 2: 10.0, 3: 10.0, 4: 26.0})
    assert found[4] == (26.0, 22.0, 4.0)
    assert found[5] == (None, 24.0, None)
    assert found[3] == (None, 22.0, None)  # indoors, with what was felt outdoors before


def test_a_copy_of_a_run_is_not_felt_twice(tmp_path: Path) -> None:
    runs = [on_day(0, 60), on_day(0, 60, step_s=20.0), on_day(1, 60), on_day(2, 60)]
    found = heats(tmp_path / "home", runs, {0: 12.0, 1: 20.0, 2: 20.0})
    assert found[-1] == (20.0, 16.0, 4.0)


def sun_of(con: duckdb.DuckDBPyConnection) -> list[Any]:
    return con.execute(
        "SELECT middle_at, sun_elevation_deg, daylight FROM v_segment JOIN v_run USING (run_id)"
        " ORDER BY v_run.start_at, segment_no"
    ).fetchall()


@pytest.mark.parametrize(
    ("position", "start_at"),
    [
        ((48.2, 16.4), datetime(2026, 6, 21, 0, 30, tzinfo=UTC)),
        ((-34.9, 138.6), datetime(2025, 1, 9, 16, 0, tzinfo=UTC)),
        ((-16.8, 179.96), datetime(2024, 2, 29, 15, 0, tzinfo=UTC)),
        ((69.6, 18.9), datetime(2025, 12, 21, 9, 0, tzinfo=UTC)),
        ((0.0, -78.5), datetime(2031, 9, 23, 14, 0, tzinfo=UTC)),
    ],
    ids=["Vienna", "Adelaide", "Taveuni", "Tromso in polar night", "Quito in 2031"],
)
def test_the_suns_height_is_noaas_to_the_degree(
    tmp_path: Path, position: tuple[float, float], start_at: datetime
) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(400, start_at, step_s=60, position=position)])
        found = sun_of(con)
    instants = np.array([at for at, _, _ in found], "datetime64[ms]")
    noaas = solar_elevation_deg(instants, round(position[0], 1), round(position[1], 1))
    assert len(found) == 80
    assert np.abs(noaas - [height for _, height, _ in found]).max() < 0.53  # rounding, and 0.02 between the formulas
    assert {daylight for _, height, daylight in found if height >= 0} <= {True}
    assert {daylight for _, height, daylight in found if height <= -2} <= {False}


def test_day_begins_at_the_almanacs_sunrise(tmp_path: Path) -> None:
    """London, 21 June: sunrise 03:43 UTC. Middles lie 2.5 minutes after each five."""
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [even_run(40, datetime(2025, 6, 21, 3, 26, tzinfo=UTC), position=(51.507, -0.128))])
        found = sun_of(con)
    assert [(f"{at:%H:%M:%S}", daylight) for at, _, daylight in found[2:5]] == [
        ("03:38:30", False),
        ("03:43:30", True),
        ("03:48:30", True),
    ]


def test_indoors_without_a_place_and_under_a_wrong_clock_no_sun_is_told(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    wrong = replace(on_day(1), clock_wrong=True)
    treadmill = replace(on_day(2), indoor=True)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [wrong, treadmill, on_day(3, position=None)])
        found = sun_of(con)
    assert len(found) == 36
    assert {row[1:] for row in found} == {(None, None)}
