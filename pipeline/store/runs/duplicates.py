"""Duplicates: two recordings of one run, found by overlap in time. Both are stored and linked; the richer one counts.

Called within the transaction that stores or corrects runs. Answers and tags move to the run that counts. What the runner
entered about two recordings (`run_pair`) overrides their times. Ingest links with `Unlogged`, the runner's corrections with
a `Change`; both have the same methods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

import duckdb
import numpy as np

from pipeline.store.db.changes import Change, Unlogged, columns_of
from pipeline.store.db.rows import first_row, first_value
from pipeline.store.db.sql_files import read_sql

Writer = Change | Unlogged


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two recordings of one run, by run_id.

    `on_file_clock`: they agree only on the clocks of their files, because the runner corrected the clock of one of them.
    """

    poorer: str
    richer: str
    on_file_clock: bool


def link_duplicates(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> dict[str, str]:
    """Link each newly stored run that duplicates a counted one; returns {poorer run_id: run_id that counts}."""
    linked: dict[str, str] = {}
    candidates = possible_duplicates(con, run_ids)
    if not candidates:
        return linked
    # If the runner separated two runs, match new duplicates with the runs stored before first, then with each other.
    rounds: list[list[str]] = [run_ids, []] if _any_separated(con) else [[]]
    for left_out, run_id in product(rounds, run_ids):
        # A long recording may contain several shorter ones: repeat until it has no duplicate left or is one itself.
        while run_id in candidates and (found := find_duplicate(con, run_id, left_out=left_out)):
            if found.on_file_clock:
                corrected = found.richer if found.poorer == run_id else found.poorer
                con.execute(read_sql("queries", "copy_clock"), {"run_id": run_id, "corrected": corrected})
                candidates = set(run_ids)  # at its new time it may duplicate any of them
            link_pair(Unlogged(con), found.poorer, found.richer)
            linked[found.poorer] = found.richer
    return linked


def find_duplicate(
    con: duckdb.DuckDBPyConnection, run_id: str, counted_id: str | None = None, left_out: Sequence[str] = ()
) -> DuplicatePair | None:
    """This run and a counted run that is the same; None if there is none.

    `counted_id` restricts the search to one counted run; recordings in `left_out` are not considered.
    """
    params = {"run_id": run_id, "counted_id": counted_id, "left_out": list(left_out)}
    found = first_row(con, read_sql("queries", "find_duplicate"), params)
    if found is None:
        return None
    duplicate_id, duplicate_is_richer, on_file_clock = found
    poorer, richer = (run_id, duplicate_id) if duplicate_is_richer else (duplicate_id, run_id)
    return DuplicatePair(poorer, richer, on_file_clock)


def link_pair(writer: Writer, poorer: str, richer: str) -> None:
    """Link two recordings of one run, and move what the runner entered for the poorer one to the richer one."""
    both = {"poorer": poorer, "richer": richer}
    entries = _moved_entries(writer.con, both)
    for duplicate_id in (poorer, *duplicates_of(writer.con, poorer)):
        writer.update("run", duplicate_id, {"duplicate_of": richer})
    if entries:
        writer.update("run", richer, entries)
    for (given_id,) in writer.con.execute(read_sql("queries", "questions_to_move"), both).fetchall():
        writer.update("question_answer", given_id, {"run_id": richer})
    for (cramp_id,) in writer.con.execute("SELECT cramp_id FROM cramp WHERE run_id = ?", [poorer]).fetchall():
        move_tag(writer, cramp_id)
    _delete_duplicates(writer, richer)


def duplicates_of(con: duckdb.DuckDBPyConnection, run_id: str) -> list[str]:
    """The run_ids of the duplicates of this run, in the order they were stored."""
    rows = con.execute("SELECT run_id FROM run WHERE duplicate_of = ? ORDER BY run_no", [run_id]).fetchall()
    return [duplicate_id for (duplicate_id,) in rows]


def move_tag(writer: Writer, cramp_id: str) -> None:
    """Move a tag to the run that counts, with the moving time of its instant there."""
    tag = first_row(
        writer.con,
        "SELECT run_id, coalesce(run.duplicate_of, run_id), onset_at, onset_moving_s"
        " FROM cramp JOIN run USING (run_id) WHERE cramp_id = ?",
        [cramp_id],
    )
    if tag is None:
        return
    run_id, counted, onset_at, stored_s = tag
    values: dict[str, object] = {} if counted == run_id else {"run_id": counted}
    moving_s = moving_at(writer.con, counted, onset_at)
    # The rounding of the instant must not change what the runner entered.
    if moving_s != stored_s and (moving_s is None or stored_s is None or abs(moving_s - stored_s) > 1):
        values["onset_moving_s"] = moving_s
    if values:
        writer.update("cramp", cramp_id, values)


def moving_at(con: duckdb.DuckDBPyConnection, run_id: str, instant: datetime | None) -> float | None:
    """Moving time of a run at an instant (UTC), seconds, interpolated between records; None without an instant."""
    if instant is None:
        return None
    found = con.execute(
        "SELECT record.elapsed_s, record.moving_s, epoch_us($instant::TIMESTAMP - run.start_at) / 1e6 AS at_s"
        " FROM run JOIN records.record ON record.run_no = run.run_no"
        " WHERE run.run_id = $run_id AND record.moving_s IS NOT NULL ORDER BY record.elapsed_s",
        {"run_id": run_id, "instant": instant},
    ).fetchnumpy()
    if not found["elapsed_s"].size:
        return 0.0
    return float(np.interp(found["at_s"][0], found["elapsed_s"], found["moving_s"]))


def possible_duplicates(con: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> set[str]:
    """Those of these runs that may have a duplicate: one query for all is faster than `find_duplicate` for each."""
    if not run_ids:
        return set()
    rows = con.execute(read_sql("queries", "possible_duplicates"), {"run_ids": list(run_ids)}).fetchall()
    return {run_id for (run_id,) in rows}


def _any_separated(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(first_value(con, "SELECT count(*) FROM run_pair WHERE NOT same"))


def _moved_entries(con: duckdb.DuckDBPyConnection, both: dict[str, str]) -> dict[str, object]:
    """The columns of the richer recording that change, with their new values."""
    found = con.execute(read_sql("queries", "merge_entries"), both)
    names = [column[0] for column in found.description or ()]
    merged = dict(zip(names, found.fetchall()[0], strict=True))
    stored = columns_of(con, "run", both["richer"], names)
    return {name: value for name, value in merged.items() if value != stored[name]}


def _delete_duplicates(writer: Writer, run_id: str) -> None:
    """Mark the duplicates of a deleted run as deleted too."""
    rows = writer.con.execute(
        "SELECT duplicate.run_id, run.deleted_at FROM run AS duplicate JOIN run ON run.run_id = duplicate.duplicate_of"
        " WHERE run.run_id = ? AND run.deleted_at IS NOT NULL AND duplicate.deleted_at IS NULL",
        [run_id],
    ).fetchall()
    for duplicate_id, deleted_at in rows:
        writer.update("run", duplicate_id, {"deleted_at": deleted_at})
