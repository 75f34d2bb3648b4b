"""segment_weather says of random runs, places and gaps what the slow reference says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np
import pytest

from pipeline.actions.weather.cells import map_all_cells
from pipeline.schema import WEATHER_COLUMNS, ParsedRun
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from pipeline.store.weather.hours import put_hours
from tests.sql.weather.slow_weather import STRAIGHT, SUNNY, Place, weather_at
from tests.support.stores import NAIVE_NOW, even_run, later, make_store, put_runs

NAMES = (*STRAIGHT, *SUNNY, "precip_mm")
HOUR = timedelta(hours=1)
# Positions, and an hour of UTC near which the clock there is odd or the date changes.
ODD = {
    "Vienna, the night that has an hour twice": (48.2, 16.4, datetime(2025, 10, 26, 0)),
    "Adelaide, half an hour off, the night that lacks an hour": (-34.9, 138.6, datetime(2025, 10, 4, 16)),
    "Kathmandu, three quarters off": (27.7, 85.3, datetime(2025, 3, 1, 18)),
    "Taveuni, on the antimeridian": (-16.8, 179.96, datetime(2025, 7, 1, 12)),
    "New Year in leap year's February": (60.2, -149.9, datetime(2024, 2, 28, 22)),
    "near the pole": (89.5, 10.0, datetime(2025, 4, 10, 3)),
}


@dataclass(frozen=True, slots=True)
class World:
    """Runs, the position of each, and the places whose weather is known, with holes in their hours."""

    runs: list[ParsedRun]
    positions: list[tuple[float, float]]
    places: list[Place]


def world_of(rng: Random) -> World:
    """Up to three runs near one odd position, nine days apart, and up to four places about them."""
    latitude, longitude, around = rng.choice(list(ODD.values()))
    runs, positions = [], []
    for number in range(rng.randint(1, 3)):
        position = (latitude + rng.uniform(-0.2, 0.2), _wrapped(longitude + rng.uniform(-0.2, 0.2)))
        start_at = around + timedelta(days=9 * number, seconds=rng.randint(0, 6 * 3600))
        pause = rng.choice([None, (600.0, 5000.0)])
        run = even_run(rng.randint(100, 300), start_at.replace(tzinfo=UTC), step_s=60, pause=pause, position=position)
        runs.append(later(run, simulated=rng.random() < 0.5))
        positions.append(position)
    places = [_place(rng, (latitude, longitude), around) for _ in range(rng.randint(0, 4))]
    return World(runs, positions, list({place.cell: place for place in places}.values()))


def _wrapped(longitude: float) -> float:
    return (longitude + 180.0) % 360.0 - 180.0


def _place(rng: Random, near: tuple[float, float], around: datetime) -> Place:
    north = round(min(90.0, near[0] + rng.randint(-3, 3) / 10), 1)
    east = round(_wrapped(near[1] + rng.randint(-3, 3) / 10), 1)
    holes = rng.choice([0.0, 0.05, 0.3])
    hours = {
        around + hour * HOUR + timedelta(days=9 * number): {
            name: None if rng.random() < holes / 3 else rng.uniform(0, 30) for name in NAMES
        }
        for number in range(3)
        for hour in range(14)
        if rng.random() >= holes
    }
    return Place(north, east, rng.choice(["open-meteo", "station", "simulated"]), hours)


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[duckdb.DuckDBPyConnection, Runner]]:
    """One store for all worlds, emptied for each."""
    with tempfile.TemporaryDirectory() as folder:
        where, (runner,) = make_store(Path(folder) / "home", "sam")
        with open_store(where, write=True, with_records=True, with_tracks=True) as con:
            yield con, runner


@pytest.mark.parametrize("seed", range(40))
def test_weather_along_random_runs_is_the_slow_references(
    store: tuple[duckdb.DuckDBPyConnection, Runner], seed: int
) -> None:
    con, runner = store
    world = world_of(Random(seed))
    _put(con, runner, world.runs, world.places)
    for run, position in zip(world.runs, world.positions, strict=True):
        for at, cell, provider, *values in _found(con, run):
            expected = weather_at(at, *position, world.places, simulated=run.simulated)
            assert (cell, provider) == (expected.cell, expected.provider)
            assert dict(zip(NAMES, values, strict=True)) == pytest.approx(expected.values, abs=1e-9)


def _put(con: duckdb.DuckDBPyConnection, runner: Runner, runs: list[ParsedRun], places: list[Place]) -> None:
    for table in ("run", "segment", "pause", "run_pair", "weather_hour", "weather_cell"):
        con.execute(f"DELETE FROM {table}")
    put_runs(con, runner, runs)
    for place in places:
        _put_place(con, place)
    map_all_cells(con)


def _put_place(con: duckdb.DuckDBPyConnection, place: Place) -> None:
    values = list(place.hours.values())
    columns = {name: np.array([_nan(one.get(name)) for one in values], dtype=np.float64) for name in WEATHER_COLUMNS}
    facts = {"provider": place.provider, "model": None, "elevation_m": 0.0, "fetched_at": NAIVE_NOW}
    put_hours(con, place.cell, np.array(list(place.hours), "datetime64[us]"), columns, facts | {"provisional": False})


def _nan(value: float | None) -> float:
    return np.nan if value is None else value


def _found(con: duckdb.DuckDBPyConnection, run: ParsedRun) -> list[tuple[Any, ...]]:
    rows = con.execute(
        f"SELECT middle_at, cell, provider, {', '.join(NAMES)} FROM segment_weather WHERE run_id = ? ORDER BY segment_no",
        [run.run_id],
    ).fetchall()
    assert len(rows) == con.execute("SELECT count(*) FROM segment WHERE run_id = ?", [run.run_id]).fetchall()[0][0]
    return rows
