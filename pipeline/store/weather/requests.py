"""What weather is missing, and what the service was asked for so far. Called by the fetching action and its status.

The hours themselves are weather_hours.py's. Instants are UTC without a zone, as everywhere in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from pipeline.store.db.rows import insert_rows, one_row, one_value, row_of
from pipeline.store.db.sql_files import read_sql

CALLS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day of a cell to be asked for: already known provisionally, or missing; tried in vain at the archive or not yet."""

    cell: str
    day: date
    known: bool
    archive_empty: bool


@dataclass(frozen=True, slots=True)
class WeatherTry:
    """A day of a cell that was asked for and is not known all the same; not asked for again before `not_before`."""

    cell: str
    day: date
    host: str
    outcome: str
    reason: str
    tried_at: datetime
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class WeatherCall:
    """A request that went out, what the service counts for it, and how it ended: answered, refused, later or silent."""

    called_at: datetime
    host: str
    weight: float
    outcome: str
    hours: int
    reason: str | None
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class WeatherRun:
    """A run and whether its weather is there: `state` as in sql/queries/weather_runs.sql."""

    run_id: str
    start_at: datetime
    start_local: datetime | None
    runner: str
    state: str
    tried_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class HourCount:
    """What is kept of one provider: places, hours, and how many of these it may still correct."""

    provider: str
    places: int
    hours: int
    provisional: int


def open_days(con: duckdb.DuckDBPyConnection, now: datetime, settled_before: datetime) -> list[OpenDay]:
    """Every day that may be asked for now, by cell and day."""
    found = con.execute(read_sql("queries", "weather_days"), {"now": now, "settled_before": settled_before})
    return [OpenDay(*row) for row in found.fetchall()]


def waiting_runs(con: duckdb.DuckDBPyConnection) -> int:
    """Runs of people that lack some of their hours."""
    sql = "SELECT count(DISTINCT run_id) FROM weather_need WHERE NOT simulated AND NOT heat_known"
    return int(one_value(con, sql))


def heights_m(con: duckdb.DuckDBPyConnection, cells: Iterable[str]) -> dict[str, float]:
    """How high people ran in these cells, where a run knows; the records are attached."""
    found = con.execute(read_sql("queries", "weather_heights"), {"cells": list(cells)}).fetchall()
    return dict(found)


def put_heights(con: duckdb.DuckDBPyConnection, heights: Mapping[str, float]) -> None:
    """Keep how high each of these cells was asked for, m."""
    for cell, elevation_m in heights.items():
        con.execute("INSERT OR REPLACE INTO weather_height VALUES (?, ?)", [cell, elevation_m])


def put_tries(con: duckdb.DuckDBPyConnection, tries: Sequence[WeatherTry]) -> None:
    """Remember days asked for in vain, each in the place of its trial before."""
    for one in tries:
        con.execute("DELETE FROM weather_try WHERE cell = ? AND day = ?", [one.cell, one.day])
    insert_rows(con, "weather_try", [row_of(one) for one in tries])


def clear_tries(con: duckdb.DuckDBPyConnection, cell: str, first: date, last: date) -> None:
    """Forget the trials of days that were just answered."""
    con.execute("DELETE FROM weather_try WHERE cell = ? AND day BETWEEN ? AND ?", [cell, first, last])


def put_call(con: duckdb.DuckDBPyConnection, call: WeatherCall) -> None:
    """Count a call, and forget those of a month ago."""
    insert_rows(con, "weather_call", [row_of(call)])
    con.execute("DELETE FROM weather_call WHERE called_at < ?", [call.called_at - CALLS_KEPT])


def calls_since(con: duckdb.DuckDBPyConnection, since: datetime) -> list[tuple[datetime, float]]:
    """Instant and weight of the calls from then on."""
    return con.execute("SELECT called_at, weight FROM weather_call WHERE called_at >= ?", [since]).fetchall()


def last_call(con: duckdb.DuckDBPyConnection) -> WeatherCall | None:
    """The newest call; None before the first."""
    row = one_row(con, "SELECT * FROM weather_call ORDER BY called_at DESC, rowid DESC LIMIT 1")
    return WeatherCall(*row) if row else None


def weather_runs(con: duckdb.DuckDBPyConnection, now: datetime) -> list[WeatherRun]:
    """Every run and whether its weather is there, the newest first."""
    return [WeatherRun(*row) for row in con.execute(read_sql("queries", "weather_runs"), {"now": now}).fetchall()]


def hour_counts(con: duckdb.DuckDBPyConnection) -> list[HourCount]:
    """The hours kept, by provider, the one with most first."""
    rows = con.execute(
        "SELECT provider, count(DISTINCT cell), count(*), count(*) FILTER (provisional)"
        " FROM weather_hour GROUP BY provider ORDER BY count(*) DESC, provider"
    ).fetchall()
    return [HourCount(*row) for row in rows]
