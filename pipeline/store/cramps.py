"""Cramp answers and tags in the ledger. Called by actions.

A tag belongs to an instant (UTC); its moving time is looked up again when a richer copy of the run takes over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipeline.store.rows import insert_rows, one_row, one_value


@dataclass(frozen=True, slots=True)
class NewCramp:
    """A cramp to be kept. onset_at is UTC without a zone; None for somewhere in the run."""

    run_id: str
    runner_id: str
    phase: str
    onset_at: datetime | None
    onset_moving_s: float | None
    uncertainty_s: float
    muscle: str
    side: str
    severity: str
    note: str | None
    moved_out_of_pause: bool


def add_cramp(con: duckdb.DuckDBPyConnection, cramp: NewCramp, how: str, now: datetime) -> bool:
    """Keep a tag and answer its run; False when the very same tag is there already.

    A cramp of mild or more during the run answers "cramp". Tightness, or a cramp after the run, says that the run was
    looked at: "no cramp", unless a cramp in it is known already.
    """
    same = one_row(
        con,
        "SELECT 1 FROM cramp WHERE run_id = ? AND phase = ? AND onset_at IS NOT DISTINCT FROM ? AND muscle = ? AND side = ?",
        [cramp.run_id, cramp.phase, cramp.onset_at, cramp.muscle, cramp.side],
    )
    if same:
        return False
    cramp_id = one_value(con, "SELECT 'c' || nextval('cramp_no')")
    fields = {name: getattr(cramp, name) for name in cramp.__dataclass_fields__}
    insert_rows(con, "cramp", [{**fields, "cramp_id": cramp_id, "tagged_how": how, "tagged_at": now}])
    set_answer(con, cramp.run_id, "cramp" if onsets_of(con, cramp.run_id) else "no cramp", how, now)
    return True


def set_answer(con: duckdb.DuckDBPyConnection, run_id: str, answer: str, how: str, now: datetime) -> None:
    """Answer the cramp question of one run."""
    con.execute(
        "UPDATE run SET answer = ?, answered_how = ?, answered_at = ? WHERE run_id = ?", [answer, how, now, run_id]
    )


def unanswered_between(con: duckdb.DuckDBPyConnection, runner_id: str, first: date, last: date | None) -> list[str]:
    """Unanswered runs (running only, duplicates out) whose local day lies in the window."""
    rows = con.execute(
        "SELECT run_id FROM run WHERE runner_id = ? AND answer = 'unanswered' AND duplicate_of IS NULL "
        "AND sport = 'running' AND CAST(coalesce(start_local, start_at) AS DATE) >= ? "
        "AND CAST(coalesce(start_local, start_at) AS DATE) <= coalesce(?, DATE '9999-12-31') ORDER BY start_at",
        [runner_id, first, last],
    ).fetchall()
    return [row[0] for row in rows]


def onsets_of(con: duckdb.DuckDBPyConnection, run_id: str) -> int:
    """How many cramps of mild or more began during a run."""
    return int(one_value(con, "SELECT count(*) FROM v_cramp WHERE is_onset AND run_id = ?", [run_id]))
