"""What the runner says of runs: a corrected clock, a deletion, one run or two. Called by actions within a change.

Race, sport, indoor and planned duration are plain columns: the actions write those themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product

import duckdb

from pipeline.store.answers.cramps import answer_of, onsets_of, set_answer
from pipeline.store.db.changes import Change
from pipeline.store.db.rows import one_value
from pipeline.store.db.sql_files import read_sql
from pipeline.store.runs.duplicates import Twins, copies_of, hand_over, twin_of


def shift_run(change: Change, run_id: str, clock: Mapping[str, object], by: timedelta) -> None:
    """Move a run, its tags and its other recordings by so much.

    `clock` holds the run's start_at, start_local, utc_offset_s, clock_wrong and shift_s as they are then.
    """
    tags = change.con.execute(
        "SELECT cramp_id, onset_at FROM cramp WHERE run_id = ? AND onset_at IS NOT NULL ORDER BY cramp_id", [run_id]
    ).fetchall()
    for cramp_id, onset_at in tags:
        change.update("cramp", cramp_id, {"onset_at": onset_at + by})
    copies = change.con.execute(
        "SELECT run_id, start_at, start_local, shift_s FROM run WHERE duplicate_of = ? ORDER BY run_no", [run_id]
    ).fetchall()
    start_at, start_local = clock["start_at"], clock["start_local"]
    assert isinstance(start_at, datetime)
    for copy_id, copy_at, copy_local, shift_s in copies:
        local = None
        if isinstance(start_local, datetime) and copy_local is not None:  # they ran in the same place
            local = copy_at + by + (start_local - start_at)
        moved = {"start_at": copy_at + by, "start_local": local, "shift_s": shift_s + by.total_seconds()}
        change.update("run", copy_id, {**clock, **moved})
    change.update("run", run_id, clock)


def delete_run(change: Change, run_id: str) -> int:
    """Take a run and its other recordings out of everything; returns how many others there were."""
    copies = copies_of(change.con, run_id)
    for one in (run_id, *copies):
        change.update("run", one, {"deleted_at": change.at})
    return len(copies)


def deletions_of(con: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, int | None]:
    """Of these runs those that are deleted, each with the change that did it."""
    rows = con.execute(read_sql("queries", "deletions"), {"run_ids": list(run_ids)}).fetchall()
    return {run_id: change_no for run_id, _, change_no in rows}


def deletions_of_files(con: duckdb.DuckDBPyConnection) -> dict[str, int | None]:
    """The files of deleted runs (SHA-256), each with the change that deleted one."""
    rows = con.execute(read_sql("queries", "deletions"), {"run_ids": None}).fetchall()
    return {file_sha256: change_no for _, file_sha256, change_no in rows}


def merge_runs(change: Change, one: str, other: str) -> Twins:
    """The runner's word that two counted runs are the same; the richer one counts from now on."""
    _tell(change, _recordings(change.con, one), _recordings(change.con, other), same=True)
    twins = twin_of(change.con, one, other)
    assert twins is not None  # it was just told
    hand_over(change, twins.poorer, twins.richer)
    return twins


def split_run(change: Change, run_id: str, copies: Sequence[str]) -> None:
    """The runner's word that these recordings of a counted run are runs of their own. Tags stay where they are."""
    stay = [one for one in _recordings(change.con, run_id) if one not in copies]
    _tell(change, copies, stay, same=False)
    for copy in copies:
        change.update("run", copy, {"duplicate_of": None})
        # Its tags went to the run that counts: without one, nobody has answered for it.
        if answer_of(change.con, copy) == "cramp" and not onsets_of(change.con, copy):
            set_answer(change, copy, "unanswered")
    for copy in copies:
        while twins := twin_of(change.con, copy):
            hand_over(change, twins.poorer, twins.richer)


def _recordings(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    return [run_id, *copies_of(con, run_id)]


def _tell(change: Change, ones: Sequence[str], others: Sequence[str], same: bool) -> None:
    for one, other in product(ones, others):
        pair_id = one_value(change.con, "SELECT 'p' || nextval('pair_no')")
        pair = {"pair_id": pair_id, "run_id": one, "other_run_id": other, "same": same, "said_at": change.at}
        change.insert("run_pair", pair)
