"""Cramp answers and tags in the ledger. Called by actions, within a change that can be undone.

A tag belongs to an instant (UTC). Its moving time is computed again when a richer recording of the run replaces this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

import duckdb

from pipeline.store.db.changes import Change, columns_of
from pipeline.store.db.rows import first_row, first_value, insert_rows
from pipeline.store.db.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class NewCramp:
    """A cramp to be stored. onset_at is UTC without a zone; None for somewhere in the run.

    effect, relief and recurred are from the lists of the vocabulary; None if not given.
    """

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
    effect: str | None = None
    relief: str | None = None
    recurred: str | None = None
    recurred_after_s: float | None = None


_OPTIONAL = ("effect", "relief", "recurred", "recurred_after_s")  # given with the tag or later; None changes nothing


def add_cramp(change: Change, cramp: NewCramp) -> bool:
    """Store a tag and answer its run; False if the same tag is stored already.

    The same muscle, side and phase within two minutes is the same cramp: the stored tag is corrected, not repeated.
    """
    same = first_row(
        change.con,
        read_sql("queries", "find_same_cramp"),
        {name: getattr(cramp, name) for name in ("run_id", "phase", "onset_at", "muscle", "side")},
    )
    if same is None:
        cramp_id = first_value(change.con, "SELECT 'c' || nextval('cramp_no')")
        change.insert(
            "cramp", {**asdict(cramp), "cramp_id": cramp_id, "tagged_how": change.how, "tagged_at": change.at}
        )
    else:
        values = {"severity": cramp.severity, "note": cramp.note}
        values |= {name: getattr(cramp, name) for name in _OPTIONAL if getattr(cramp, name) is not None}
        if columns_of(change.con, "cramp", same[0], list(values)) == values:
            return False
        change.update("cramp", same[0], values)
    answer_by_tags(change, cramp.run_id)
    return True


def edit_cramp(change: Change, cramp_id: str, values: Mapping[str, object]) -> None:
    """Correct a tag and update its run's answer."""
    change.update("cramp", cramp_id, values)
    answer_by_tags(change, _run_of(change.con, cramp_id))


def remove_cramp(change: Change, cramp_id: str) -> str:
    """Delete a tag and return its run's answer afterwards.

    A run without a further cramp is unanswered again: a wrong tag does not mean that there was no cramp.
    """
    run_id = _run_of(change.con, cramp_id)
    change.delete("cramp", cramp_id)
    if answer_of(change.con, run_id) == "cramp" and not onsets_of(change.con, run_id):
        set_answer(change, run_id, "unanswered")
    return answer_of(change.con, run_id)


def answer_by_tags(change: Change, run_id: str) -> None:
    """Answer the run "cramp" if a cramp of at least mild severity began during it.

    With only tightness or a cramp after the run, an unanswered run is answered "no cramp": the runner looked at it.
    """
    answer = answer_of(change.con, run_id)
    implied = "cramp" if onsets_of(change.con, run_id) else "no cramp" if answer in ("unanswered", "cramp") else answer
    if implied != answer:
        set_answer(change, run_id, implied)


def answer_of(con: duckdb.DuckDBPyConnection, run_id: str) -> str:
    """The run's answer: unanswered, no cramp, cramp or not sure."""
    return str(first_value(con, "SELECT answer FROM run WHERE run_id = ?", [run_id]))


def set_answer(change: Change, run_id: str, answer: str) -> None:
    """Answer the cramp question of a run, or delete its answer ("unanswered"). The history has a row for each call."""
    given = {"answer": answer, "answered_how": change.how, "answered_at": change.at}
    unknown = dict.fromkeys(("answered_how", "answered_at"))
    change.update("run", run_id, {**given, **(unknown if answer == "unanswered" else {})})
    insert_rows(change.con, "answer_given", [{**given, "run_id": run_id, "change_no": change.change_no}])


def unanswered_between(con: duckdb.DuckDBPyConnection, runner_id: str, first: date, last: date | None) -> list[str]:
    """Unanswered runs (running only, no duplicates) from local day `first` to `last`; without `last` to the newest."""
    rows = con.execute(
        "SELECT run_id FROM kept_run WHERE runner_id = ? AND answer = 'unanswered' AND duplicate_of IS NULL "
        "AND sport = 'running' AND CAST(coalesce(start_local, start_at) AS DATE) >= ? "
        "AND CAST(coalesce(start_local, start_at) AS DATE) <= coalesce(?, DATE '9999-12-31') ORDER BY start_at",
        [runner_id, first, last],
    ).fetchall()
    return [row[0] for row in rows]


def onsets_of(con: duckdb.DuckDBPyConnection, run_id: str) -> int:
    """The number of cramps of at least mild severity that began during a run."""
    return int(
        first_value(
            con,
            "SELECT count(*) FROM cramp WHERE run_id = ? AND phase = 'during' AND severity <> 'tightness'",
            [run_id],
        )
    )


def _run_of(con: duckdb.DuckDBPyConnection, cramp_id: str) -> str:
    return str(first_value(con, "SELECT run_id FROM cramp WHERE cramp_id = ?", [cramp_id]))
