"""The runner's corrections of runs: clock, deletion, merging, splitting. Called by actions within a change.

Race, sport, indoor and planned duration are simple columns, which the actions write themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product

import duckdb

from pipeline.store.answers.cramps import answer_of, onsets_of, set_answer
from pipeline.store.db.changes import Change
from pipeline.store.db.rows import first_value
from pipeline.store.db.sql_files import read_sql
from pipeline.store.runs.duplicates import DuplicatePair, duplicates_of, find_duplicate, link_pair


def shift_run(change: Change, run_id: str, clock: Mapping[str, object], by: timedelta) -> None:
    """Move a run, its tags and its duplicates in time by `by`.

    `clock` holds the run's new start_at, start_local, utc_offset_s, clock_wrong and shift_s.
    """
    tags = change.con.execute(
        "SELECT cramp_id, onset_at FROM cramp WHERE run_id = ? AND onset_at IS NOT NULL ORDER BY cramp_id", [run_id]
    ).fetchall()
    for cramp_id, onset_at in tags:
        change.update("cramp", cramp_id, {"onset_at": onset_at + by})
    duplicates = change.con.execute(
        "SELECT run_id, start_at, start_local, shift_s FROM run WHERE duplicate_of = ? ORDER BY run_no", [run_id]
    ).fetchall()
    start_at, start_local = clock["start_at"], clock["start_local"]
    assert isinstance(start_at, datetime)
    for duplicate_id, duplicate_at, duplicate_local, shift_s in duplicates:
        local = None
        if isinstance(start_local, datetime) and duplicate_local is not None:  # both were in the same place
            local = duplicate_at + by + (start_local - start_at)
        moved = {"start_at": duplicate_at + by, "start_local": local, "shift_s": shift_s + by.total_seconds()}
        change.update("run", duplicate_id, {**clock, **moved})
    change.update("run", run_id, clock)


def delete_run(change: Change, run_id: str) -> int:
    """Mark a run and its duplicates as deleted, so that nothing counts them; returns the number of duplicates."""
    duplicates = duplicates_of(change.con, run_id)
    for recording_id in (run_id, *duplicates):
        change.update("run", recording_id, {"deleted_at": change.at})
    return len(duplicates)


def deletions_of(con: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, int | None]:
    """Those of these runs that are deleted, each with the number of the change that deleted it."""
    rows = con.execute(read_sql("queries", "deletions"), {"run_ids": list(run_ids)}).fetchall()
    return {run_id: change_no for run_id, _, change_no in rows}


def deletions_of_files(con: duckdb.DuckDBPyConnection) -> dict[str, int | None]:
    """The files of deleted runs (SHA-256), each with the number of the change that deleted a run of it."""
    rows = con.execute(read_sql("queries", "deletions"), {"run_ids": None}).fetchall()
    return {file_sha256: change_no for _, file_sha256, change_no in rows}


def merge_runs(change: Change, first_id: str, second_id: str) -> DuplicatePair:
    """Store that two counted runs are the same; the richer one counts from now on."""
    _put_pairs(change, _recordings(change.con, first_id), _recordings(change.con, second_id), same=True)
    pair = find_duplicate(change.con, first_id, second_id)
    assert pair is not None  # it was just stored
    link_pair(change, pair.poorer, pair.richer)
    return pair


def split_run(change: Change, run_id: str, duplicates: Sequence[str]) -> None:
    """Store that these duplicates of a counted run are separate runs. Tags stay with the counted run."""
    stay = [recording_id for recording_id in _recordings(change.con, run_id) if recording_id not in duplicates]
    _put_pairs(change, duplicates, stay, same=False)
    for duplicate_id in duplicates:
        change.update("run", duplicate_id, {"duplicate_of": None})
        # Its tags moved to the counted run earlier: without a tag, its own cramp question is unanswered.
        if answer_of(change.con, duplicate_id) == "cramp" and not onsets_of(change.con, duplicate_id):
            set_answer(change, duplicate_id, "unanswered")
    for duplicate_id in duplicates:
        while pair := find_duplicate(change.con, duplicate_id):
            link_pair(change, pair.poorer, pair.richer)


def _recordings(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    return [run_id, *duplicates_of(con, run_id)]


def _put_pairs(change: Change, left: Sequence[str], right: Sequence[str], same: bool) -> None:
    for run_id, second_id in product(left, right):
        pair_id = first_value(change.con, "SELECT 'p' || nextval('pair_no')")
        pair = {"pair_id": pair_id, "run_id": run_id, "other_run_id": second_id, "same": same, "said_at": change.at}
        change.insert("run_pair", pair)
