"""Lists the last changes and undoes one of them. Called by the undo action.

A change can be undone while no later change has written the same columns. What ingest wrote since stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.errors import NotFound, WrongInput
from pipeline.instants import naive_utc
from pipeline.store.answers.duplicate_corrections import restore_run
from pipeline.store.db.changes import KEYS, Unlogged, set_columns
from pipeline.store.db.rows import first_row, insert_rows
from pipeline.store.db.sql_files import read_sql
from pipeline.store.db.transaction import transaction
from pipeline.store.runs.duplicates import move_tag

_COLUMNS = "change_no, runner_id, what, detail, how, made_at, undone_at"


@dataclass(frozen=True, slots=True)
class MadeChange:
    """A change of the log; instants are UTC without a zone."""

    change_no: int
    runner_id: str | None
    what: str
    detail: str
    how: str
    made_at: datetime
    undone_at: datetime | None


def last_changes(con: duckdb.DuckDBPyConnection, most: int) -> list[MadeChange]:
    """The newest changes, newest first, including those already undone."""
    rows = con.execute(f"SELECT {_COLUMNS} FROM change ORDER BY change_no DESC LIMIT ?", [most]).fetchall()  # noqa: S608
    return [MadeChange(*row) for row in rows]


def undo_change(con: duckdb.DuckDBPyConnection, change_no: int | None, now: datetime) -> MadeChange:
    """Undo one change, the last one if `change_no` is None, in one transaction.

    `records` must be attached, and `private` if the change added a runner (`adds_runner`).

    Raises NotFound if there is no such change. Raises WrongInput if it is already undone, if a later change wrote the
    same columns, and for merged or separated runs if another recording of one was imported since.
    """
    with transaction(con):
        made = _change_to_undo(con, change_no)
        _refuse_when_changed_since(con, made)
        _refuse_when_recorded_since(con, made)
        if adds_runner(con, made.change_no):
            _refuse_when_in_use(con, made)
        rows = con.execute(
            "SELECT table_name, row_key, before FROM change_row WHERE change_no = ? ORDER BY step DESC",
            [made.change_no],
        ).fetchall()
        for table, key, before in rows:
            _put_back(con, table, key, None if before is None else json.loads(before))
        _move_tags(con, [key for table, key, _ in rows if table == "cramp"])
        _answer_tagged_runs(con, [key for table, key, _ in rows if table == "run"])
        con.execute("UPDATE change SET undone_at = ? WHERE change_no = ?", [naive_utc(now), made.change_no])
    return made


def adds_runner(con: duckdb.DuckDBPyConnection, change_no: int | None) -> bool:
    """True if undoing this change (the last one if `change_no` is None) would remove a runner."""
    made = _change_to_undo(con, change_no)
    added = "SELECT 1 FROM change_row WHERE change_no = ? AND table_name = 'runner' AND before IS NULL LIMIT 1"
    return first_row(con, added, [made.change_no]) is not None


def _change_to_undo(con: duckdb.DuckDBPyConnection, change_no: int | None) -> MadeChange:
    which = "undone_at IS NULL" if change_no is None else "change_no = ?"
    row = first_row(
        con,
        f"SELECT {_COLUMNS} FROM change WHERE {which} ORDER BY change_no DESC LIMIT 1",  # noqa: S608  texts of ours
        [] if change_no is None else [change_no],
    )
    if row is None:
        what = "there is no change to undo" if change_no is None else f"there is no change {change_no}"
        raise NotFound(what, "cramplog undo --list shows the last changes")
    made = MadeChange(*row)
    if made.undone_at is not None:
        raise WrongInput(f"change {made.change_no} is already undone", "cramplog undo --list shows the last changes")
    return made


def _refuse_when_changed_since(con: duckdb.DuckDBPyConnection, made: MadeChange) -> None:
    later = first_row(con, read_sql("queries", "changed_since"), {"change_no": made.change_no})
    if later is not None:
        number, what, detail = later
        raise WrongInput(
            f"change {made.change_no} ({made.what}) cannot be undone: change {number} ({what}: {detail}) wrote the same later",
            f"undo that change first: cramplog undo {number}",
        )


def _refuse_when_recorded_since(con: duckdb.DuckDBPyConnection, made: MadeChange) -> None:
    if first_row(con, read_sql("queries", "recorded_since"), {"change_no": made.change_no}) is not None:
        raise WrongInput(
            f"another recording of this run was imported after change {made.change_no} ({made.what})",
            "correct it instead: cramplog runs split RUN separates recordings, cramplog runs merge RUN RUN joins two runs",
        )


def _refuse_when_in_use(con: duckdb.DuckDBPyConnection, made: MadeChange) -> None:
    used = first_row(con, read_sql("queries", "runner_in_use"), {"change_no": made.change_no})
    if used is not None:
        raise WrongInput(
            f"change {made.change_no} added the runner {used[0]}, who has files or answers now",
            "choose a different change: cramplog undo --list shows the last changes",
        )


def _put_back(con: duckdb.DuckDBPyConnection, table: str, key: str, before: dict[str, object] | None) -> None:
    """Restore one row: delete it, insert it again, or set its columns as they were."""
    if before is None:
        con.execute(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", [key])  # noqa: S608  names of ours
    elif KEYS[table] in before:
        insert_rows(con, table, [before])
    elif table == "run":
        restore_run(con, key, before)
    else:
        set_columns(con, table, key, before)


def _move_tags(con: duckdb.DuckDBPyConnection, cramp_ids: list[str]) -> None:
    """Move to the run that counts: the restored tags, and the tags of runs that are duplicates again."""
    rows = con.execute(
        "SELECT cramp_id FROM cramp JOIN run USING (run_id)"
        " WHERE duplicate_of IS NOT NULL OR list_contains($cramp_ids::VARCHAR[], cramp_id)",
        {"cramp_ids": cramp_ids},
    ).fetchall()
    for (cramp_id,) in rows:
        move_tag(Unlogged(con), cramp_id)


def _answer_tagged_runs(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> None:
    """Answer those of these runs that still have a cramp, tagged by a different change, with "cramp"."""
    con.execute(read_sql("queries", "answer_tagged_runs"), {"run_ids": run_ids})
