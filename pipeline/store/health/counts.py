"""How the store stands, in counts: what it holds, how the last night went, what had to be repaired. For the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.rows import one_row
from pipeline.store.db.sql_files import read_sql
from pipeline.store.health.nights import last_stages


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store holds (sql/queries/standing.sql); instants are UTC without a zone, None without any run or hour.

    `weathered_runs` of the outdoor runs have weather hours; `carried_runs` of the others came with a temperature.
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
class Night:
    """A nightly: when it ended (UTC, no zone), how many stages it did, and which of them failed."""

    ended_at: datetime
    stages: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """A kind of repair or refusal, how many runs or files it touched, how often it happened."""

    what: str
    kind: str
    runs: int
    times: int


def read_standing(con: duckdb.DuckDBPyConnection) -> Standing:
    """The counts of today."""
    row = one_row(con, read_sql("queries", "standing"))
    assert row is not None  # it counts: there is always a row
    return Standing(*row)


def last_night(con: duckdb.DuckDBPyConnection) -> Night | None:
    """How the newest night went; None before the first."""
    rows = last_stages(con, 1)
    if not rows:
        return None
    failed = tuple(row.stage for row in rows if row.outcome == "failed")
    return Night(rows[-1].ended_at, len(rows), failed)


def repairs(con: duckdb.DuckDBPyConnection) -> list[Repair]:
    """Repairs and refusals counted by kind, the most frequent first; no example, which may name a file."""
    rows = con.execute(
        "SELECT what, kind, sum(runs)::BIGINT, sum(times)::BIGINT FROM v_data_quality"
        " GROUP BY what, kind ORDER BY sum(runs) DESC, what, kind"
    ).fetchall()
    return [Repair(*row) for row in rows]
