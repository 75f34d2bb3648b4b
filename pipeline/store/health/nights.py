"""Nightlies in the ledger: one row per stage, written as soon as the stage ends. Called by actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.rows import first_value, insert_rows


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage of one nightly; `night_began_at` is the start of its first stage. Instants are UTC without a zone."""

    night_id: str
    night_began_at: datetime
    stage: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str


def last_stages(con: duckdb.DuckDBPyConnection, nights: int) -> list[StageRow]:
    """The stages of the last `nights` nightlies, the newest nightly first, its stages in the order they ran."""
    rows = con.execute(
        "WITH latest AS (SELECT night_id, min(started_at) AS night_began_at FROM night"
        " GROUP BY night_id ORDER BY night_began_at DESC, night_id LIMIT $nights)"
        " SELECT night_id, night_began_at, stage, started_at, ended_at, outcome, detail"
        " FROM night INNER JOIN latest USING (night_id) ORDER BY night_began_at DESC, night_id, started_at",
        {"nights": nights},
    ).fetchall()
    return [StageRow(*row) for row in rows]


def new_night_id(con: duckdb.DuckDBPyConnection) -> str:
    """A new id for a nightly."""
    return str(first_value(con, "SELECT 'n' || nextval('night_no')"))


def put_night_stage(
    con: duckdb.DuckDBPyConnection,
    night_id: str,
    stage: str,
    started_at: datetime,
    ended_at: datetime,
    outcome: str,
    detail: str,
) -> None:
    """Store the outcome of one stage, done or failed, in place of an earlier attempt. `detail` holds counts only."""
    con.execute(
        "DELETE FROM night WHERE night_id = $night_id AND stage = $stage", {"night_id": night_id, "stage": stage}
    )
    row = {"night_id": night_id, "stage": stage, "started_at": started_at, "ended_at": ended_at}
    insert_rows(con, "night", [{**row, "outcome": outcome, "detail": detail}])
