"""Taking changes back: the last ones as a list, and one step undone. Called by the undo action.

A step can be taken back while no later one has written the same columns; what ingest did since stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.errors import NotFound, WrongInput
from pipeline.store.changes import KEYS
from pipeline.store.connection import transaction
from pipeline.store.duplicates import settle_tag
from pipeline.store.migrate import naive_utc
from pipeline.store.rows import insert_rows, one_row, one_value
from pipeline.store.sql_files import read_sql

_COLUMNS = "change_no, runner_id, what, detail, how, made_at, undone_at"


@dataclass(frozen=True, slots=True)
class MadeChange:
    """A change in the log; instants are UTC without a zone."""

    change_no: int
    runner_id: str | None
    what: str
    detail: str
    how: str
    made_at: datetime
    undone_at: datetime | None


def last_changes(con: duckdb.DuckDBPyConnection, most: int) -> list[MadeChange]:
    """The newest changes, newest first, those taken back too."""
    rows = con.execute(f"SELECT {_COLUMNS} FROM change ORDER BY change_no DESC LIMIT ?", [most]).fetchall()  # noqa: S608
    return [MadeChange(*row) for row in rows]


def undo_change(con: duckdb.DuckDBPyConnection, change_no: int | None, now: datetime) -> MadeChange:
    """Take back one change, the last one when none is named. `records` must be attached; one transaction.

    Raises NotFound when there is none, WrongInput when it is taken back already or a later one wrote the same.
    """
    with transaction(con):
        made = _change_to_undo(con, change_no)
        _refuse_when_changed_since(con, made)
        rows = con.execute(
            "SELECT table_name, row_key, before FROM change_row WHERE change_no = ? ORDER BY step DESC",
            [made.change_no],
        ).fetchall()
        for table, key, before in rows:
            _put_back(con, table, key, None if before is None else json.loads(before))
        _hold_cramps(con, [key for table, key, _ in rows if table == "run"])
        con.execute("UPDATE change SET undone_at = ? WHERE change_no = ?", [naive_utc(now), made.change_no])
    return made


def _change_to_undo(con: duckdb.DuckDBPyConnection, change_no: int | None) -> MadeChange:
    which = "undone_at IS NULL" if change_no is None else "change_no = ?"
    row = one_row(
        con,
        f"SELECT {_COLUMNS} FROM change WHERE {which} ORDER BY change_no DESC LIMIT 1",  # noqa: S608  texts of ours
        [] if change_no is None else [change_no],
    )
    if row is None:
        what = "there is no change to take back" if change_no is None else f"there is no change {change_no}"
        raise NotFound(what, "cramplog undo --list shows the last ones")
    made = MadeChange(*row)
    if made.undone_at is not None:
        raise WrongInput(f"change {made.change_no} is taken back already", "cramplog undo --list shows the last ones")
    return made


def _refuse_when_changed_since(con: duckdb.DuckDBPyConnection, made: MadeChange) -> None:
    later = one_row(con, read_sql("queries", "changed_since"), {"change_no": made.change_no})
    if later is not None:
        number, what, detail = later
        raise WrongInput(
            f"change {made.change_no} ({made.what}) was changed again later by change {number} ({what}: {detail})",
            f"take that one back first: cramplog undo {number}",
        )


def _put_back(con: duckdb.DuckDBPyConnection, table: str, key: str, before: dict[str, object] | None) -> None:
    """One row as it was: gone, there again, or its columns set back."""
    name = KEYS[table]
    if before is None:
        con.execute(f"DELETE FROM {table} WHERE {name} = ?", [key])  # noqa: S608  names of ours
        return
    if name in before:
        insert_rows(con, table, [before])
    else:
        for one in _with_richer_copy(con, key, before) if table == "run" else [key]:
            _set(con, table, one, before)
    if table == "cramp":
        settle_tag(con, key)


def _set(con: duckdb.DuckDBPyConnection, table: str, key: str, values: dict[str, object]) -> None:
    assignments = ", ".join(f"{column} = ?" for column in values)
    con.execute(
        f"UPDATE {table} SET {assignments} WHERE {KEYS[table]} = ?",  # noqa: S608  names of ours
        [*values.values(), key],
    )


def _hold_cramps(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> None:
    """A run that still has a cramp, tagged by another change, is answered with it."""
    con.execute(read_sql("queries", "hold_cramps"), {"run_ids": run_ids})


def _with_richer_copy(con: duckdb.DuckDBPyConnection, run_id: str, before: dict[str, object]) -> list[str]:
    """The run, and the copy that counts instead of it when that one took the runner's word over from it."""
    same = " AND ".join(f"this.{name} IS NOT DISTINCT FROM richer.{name}" for name in before)
    richer = one_value(
        con,
        "SELECT richer.run_id FROM run AS this JOIN run AS richer ON richer.run_id = this.duplicate_of"  # noqa: S608
        f" WHERE this.run_id = ? AND {same}",
        [run_id],
    )
    return [run_id] if richer is None else [run_id, richer]
