"""The store in counts: its contents, the outcome of the last nightly, and the repairs. Called by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.rows import first_row
from pipeline.store.db.sql_files import read_sql
from pipeline.store.health.nights import last_stages


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """What the store contains (sql/queries/store_counts.sql). Instants are UTC without a zone, None without a run or hour.

    `weathered_runs` are the outdoor runs with weather hours; `carried_runs` are those without, but with a temperature in
    their file or export.
    """

    runners: int
    runs: int
    first_at: datetime | None
    last_at: datetime | None
    simulated: bool
    answered: int
    unanswered: int
    cramps: int
    cramp_runs: int
    outdoor_runs: int
    weathered_runs: int
    carried_runs: int
    weather_places: int
    weather_hours: int
    weather_until_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastNight:
    """The newest nightly: when it ended (UTC, no zone), its number of stages, and the stages that failed."""

    ended_at: datetime
    stages: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """A kind of repair or refusal: how many runs or files it affected, and how often it occurred."""

    what: str
    kind: str
    runs: int
    times: int


def store_counts(con: duckdb.DuckDBPyConnection) -> StoreCounts:
    """The counts at this moment."""
    row = first_row(con, read_sql("queries", "store_counts"))
    assert row is not None  # a query of counts always has a row
    return StoreCounts(*row)


def last_night(con: duckdb.DuckDBPyConnection) -> LastNight | None:
    """The outcome of the newest nightly; None before the first."""
    rows = last_stages(con, 1)
    if not rows:
        return None
    failed = tuple(row.stage for row in rows if row.outcome == "failed")
    return LastNight(rows[-1].ended_at, len(rows), failed)


def repairs(con: duckdb.DuckDBPyConnection) -> list[Repair]:
    """Repairs and refusals per kind, the most frequent first. Without examples, which may contain a file name."""
    rows = con.execute(
        "SELECT what, kind, sum(runs)::BIGINT, sum(times)::BIGINT FROM v_data_quality"
        " GROUP BY what, kind ORDER BY sum(runs) DESC, what, kind"
    ).fetchall()
    return [Repair(*row) for row in rows]
