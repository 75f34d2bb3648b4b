"""Cramp answers and tags in the ledger. Called by actions.

A tag belongs to an instant (UTC); its moving time is looked up again when a richer copy of the run takes over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipeline.store.rows import insert_rows, one_row, one_value
from pipeline.store.sql_files import read_sql


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
    """Keep a tag and answer its run; False when it was there already, word for word.

    The same muscle, side and phase within two minutes is the same cramp: said again, it is corrected, not doubled.
    A cramp of mild or more during the run answers "cramp". Tightness, or a cramp after the run, says that an unanswered
    run was looked at: "no cramp".
    """
    same = one_row(
        con,
        read_sql("queries", "find_same_cramp"),
        {name: getattr(cramp, name) for name in ("run_id", "phase", "onset_at", "muscle", "side")},
    )
    if same and same[1:] == (cramp.severity, cramp.note):
        return False
    if same:
        con.execute("UPDATE cramp SET severity = ?, note = ? WHERE cramp_id = ?", [cramp.severity, cramp.note, same[0]])
    else:
        cramp_id = one_value(con, "SELECT 'c' || nextval('cramp_no')")
        fields = {name: getattr(cramp, name) for name in cramp.__dataclass_fields__}
        insert_rows(con, "cramp", [{**fields, "cramp_id": cramp_id, "tagged_how": how, "tagged_at": now}])
    _answer_by_tags(con, cramp.run_id, how, now)
    return True


def _answer_by_tags(con: duckdb.DuckDBPyConnection, run_id: str, how: str, now: datetime) -> None:
    answer = answer_of(con, run_id)
    told = "cramp" if onsets_of(con, run_id) else "no cramp" if answer in ("unanswered", "cramp") else answer
    if told != answer:
        set_answer(con, run_id, told, how, now)


def answer_of(con: duckdb.DuckDBPyConnection, run_id: str) -> str:
    """The run's answer: unanswered, no cramp, cramp or not sure."""
    return str(one_value(con, "SELECT answer FROM run WHERE run_id = ?", [run_id]))


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
