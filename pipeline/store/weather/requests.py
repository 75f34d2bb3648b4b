"""Which weather is missing, and what was requested from the service so far. Called by the action that fetches weather.

The hours themselves are in hours.py. Instants are UTC without a zone, as everywhere in the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import duckdb

from pipeline.store.db.rows import first_row, first_value, insert_rows, row_of
from pipeline.store.db.sql_files import read_sql

CALL_HISTORY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day of a cell to be requested.

    `has_hours`: its hours are stored but provisional, otherwise they are missing. `archive_empty`: the archive was asked
    before and had no values.
    """

    cell: str
    day: date
    has_hours: bool
    archive_empty: bool


@dataclass(frozen=True, slots=True)
class WeatherTry:
    """A day of a cell that was requested without success; it is not requested again before `not_before`."""

    cell: str
    day: date
    host: str
    outcome: str
    reason: str
    tried_at: datetime
    not_before: datetime | None


@dataclass(frozen=True, slots=True)
class WeatherCall:
    """A request to the service, its weight in the service's quota, and its outcome: answered, refused, later or silent."""

    called_at: datetime
    host: str
    weight: float
    outcome: str
    hours: int
    reason: str | None
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class WeatherRun:
    """A run and the state of its weather, as in sql/queries/weather_runs.sql."""

    run_id: str
    start_at: datetime
    start_local: datetime | None
    runner: str
    state: str
    tried_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class HourCount:
    """The stored weather of one provider: cells, hours, and the hours that it may still correct."""

    provider: str
    places: int
    hours: int
    provisional: int


def open_days(con: duckdb.DuckDBPyConnection, now: datetime, settled_before: datetime) -> list[OpenDay]:
    """Every day that may be requested now, by cell and day."""
    found = con.execute(read_sql("queries", "weather_days"), {"now": now, "settled_before": settled_before})
    return [OpenDay(*row) for row in found.fetchall()]


def waiting_runs(con: duckdb.DuckDBPyConnection) -> int:
    """The number of runs, simulated ones excluded, that lack some of their weather hours."""
    sql = "SELECT count(DISTINCT run_id) FROM weather_need WHERE NOT simulated AND NOT heat_known"
    return int(first_value(con, sql))


def heights_m(con: duckdb.DuckDBPyConnection, cells: Iterable[str]) -> dict[str, float]:
    """The elevation of the runs in each of these cells, m; cells without altitudes are left out. Needs `records`."""
    found = con.execute(read_sql("queries", "weather_heights"), {"cells": list(cells)}).fetchall()
    return dict(found)


def put_heights(con: duckdb.DuckDBPyConnection, heights: Mapping[str, float]) -> None:
    """Store the elevation with which weather was requested for each cell, m."""
    for cell, elevation_m in heights.items():
        con.execute("INSERT OR REPLACE INTO weather_height VALUES (?, ?)", [cell, elevation_m])


def put_tries(con: duckdb.DuckDBPyConnection, tries: Sequence[WeatherTry]) -> None:
    """Store days that were requested without success; each replaces the earlier try of that day."""
    for attempt in tries:
        con.execute("DELETE FROM weather_try WHERE cell = ? AND day = ?", [attempt.cell, attempt.day])
    insert_rows(con, "weather_try", [row_of(attempt) for attempt in tries])


def clear_tries(con: duckdb.DuckDBPyConnection, cell: str, first: date, last: date) -> None:
    """Delete the tries of days that were just answered."""
    con.execute("DELETE FROM weather_try WHERE cell = ? AND day BETWEEN ? AND ?", [cell, first, last])


def put_call(con: duckdb.DuckDBPyConnection, call: WeatherCall) -> None:
    """Store a call, and delete those older than 30 days."""
    insert_rows(con, "weather_call", [row_of(call)])
    con.execute("DELETE FROM weather_call WHERE called_at < ?", [call.called_at - CALL_HISTORY])


def calls_since(con: duckdb.DuckDBPyConnection, since: datetime) -> list[tuple[datetime, float]]:
    """Instant and weight of each call since then."""
    return con.execute("SELECT called_at, weight FROM weather_call WHERE called_at >= ?", [since]).fetchall()


def last_call(con: duckdb.DuckDBPyConnection) -> WeatherCall | None:
    """The newest call; None if there was none."""
    row = first_row(con, "SELECT * FROM weather_call ORDER BY called_at DESC, rowid DESC LIMIT 1")
    return WeatherCall(*row) if row else None


def weather_runs(con: duckdb.DuckDBPyConnection, now: datetime) -> list[WeatherRun]:
    """Every run with the state of its weather, the newest first."""
    return [WeatherRun(*row) for row in con.execute(read_sql("queries", "weather_runs"), {"now": now}).fetchall()]


def hour_counts(con: duckdb.DuckDBPyConnection) -> list[HourCount]:
    """The stored hours per provider, the one with the most first."""
    rows = con.execute(
        "SELECT provider, count(DISTINCT cell), count(*), count(*) FILTER (provisional)"
        " FROM weather_hour GROUP BY provider ORDER BY count(*) DESC, provider"
    ).fetchall()
    return [HourCount(*row) for row in rows]
