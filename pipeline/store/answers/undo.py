"""Taking changes back: the last ones as a list, and one step undone. Called by the undo action.

A step can be taken back while no later one has written the same columns; what ingest did since stays.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pipeline.errors import NotFound, WrongInput
from pipeline.instants import naive_utc
from pipeline.store.answers.duplicate_corrections import put_back_run
from pipeline.store.db.changes import KEYS, Unnoted, set_columns
from pipeline.store.db.rows import insert_rows, one_row
from pipeline.store.db.sql_files import read_sql
from pipeline.store.db.transaction import transaction
from pipeline.store.runs.duplicates import settle_tag

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
    """Take back one change, the last one when none is named. One transaction.

    `records` must be attached, and `private` where the change added a runner (`adds_runner`).

    Raises NotFound when there is none, WrongInput when it is taken back already or a later one wrote the same, and for
    runs joined or parted when another recording of one came since.
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
        _settle_tags(con, [key for table, key, _ in rows if table == "cramp"])
        _hold_cramps(con, [key for table, key, _ in rows if table == "run"])
        con.execute("UPDATE change SET undone_at = ? WHERE change_no = ?", [naive_utc(now), made.change_no])
    return made


def adds_runner(con: duckdb.DuckDBPyConnection, change_no: int | None) -> bool:
    """Whether a runner would be gone with this change (the last one when none is named)."""
    made = _change_to_undo(con, change_no)
    added = "SELECT 1 FROM change_row WHERE change_no = ? AND table_name = 'runner' AND before IS NULL LIMIT 1"
    return one_row(con, added, [made.change_no]) is not None


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


def _refuse_when_recorded_since(con: duckdb.DuckDBPyConnection, made: MadeChange) -> None:
    if one_row(con, read_sql("queries", "recorded_since"), {"change_no": made.change_no}) is not None:
        raise WrongInput(
            f"another recording of this run came after change {made.change_no} ({made.what})",
            "say it the other way instead: cramplog runs split RUN parts runs, cramplog runs merge RUN RUN joins them",
        )


def _refuse_when_in_use(con: duckdb.DuckDBPyConnection, made: MadeChange) -> None:
    used = one_row(con, read_sql("queries", "runner_in_use"), {"change_no": made.change_no})
    if used is not None:
        raise WrongInput(
            f"change {made.change_no} added the runner {used[0]}, of whom there are files or answers by now",
            "take back another change: cramplog undo --list shows the last ones",
        )


def _put_back(con: duckdb.DuckDBPyConnection, table: str, key: str, before: dict[str, object] | None) -> None:
    """One row as it was: gone, there again, or its columns set back."""
    if before is None:
        con.execute(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", [key])  # noqa: S608  names of ours
    elif KEYS[table] in before:
        insert_rows(con, table, [before])
    elif table == "run":
        put_back_run(con, key, before)
    else:
        set_columns(con, table, key, before)


def _settle_tags(con: duckdb.DuckDBPyConnection, cramp_ids: list[str]) -> None:
    """Onto the run that counts: the tags that were put back, and those of runs that are copies again."""
    rows = con.execute(
        "SELECT cramp_id FROM cramp JOIN run USING (run_id)"
        " WHERE duplicate_of IS NOT NULL OR list_contains($cramp_ids::VARCHAR[], cramp_id)",
        {"cramp_ids": cramp_ids},
    ).fetchall()
    for (cramp_id,) in rows:
        settle_tag(Unnoted(con), cramp_id)


def _hold_cramps(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> None:
    """A run that still has a cramp, tagged by another change, is answered with it; of a copy the run that counts."""
    con.execute(read_sql("queries", "hold_cramps"), {"run_ids": run_ids})
