"""What a person changes, as steps that can be taken back one by one. Every word of the runner is written through here.

A `Change` is one transaction and one step of `undo`: it notes each row it writes as it was before. What files say (runs,
records, segments) is not noted: it can be read again from the originals. Called by the actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from pipeline.instants import naive_utc
from pipeline.store.db.rows import insert_rows, one_row, one_value
from pipeline.store.db.transaction import transaction

# The tables that hold the runner's words, and the column that names a row.
KEYS = {
    "run": "run_id",
    "cramp": "cramp_id",
    "runner": "runner_id",
    "run_pair": "pair_id",
    "question_answer": "given_id",
    "runner_flag": "flag_id",
}


@dataclass(slots=True)
class Change:
    """A change that is being made. `detail` may be set until it ends: it is what `undo` will say was done."""

    con: duckdb.DuckDBPyConnection
    change_no: int
    how: str
    at: datetime
    what: str
    detail: str
    runner_id: str | None = None
    rows: list[dict[str, object]] = field(default_factory=list)

    def insert(self, table: str, row: Mapping[str, object]) -> None:
        """Write a new row; to take it back is to delete it."""
        self._note(table, str(row[KEYS[table]]), None)
        insert_rows(self.con, table, [row])

    def update(self, table: str, key: str, values: Mapping[str, object]) -> None:
        """Set columns of a row; they are noted as they were."""
        self._note(table, key, columns_of(self.con, table, key, list(values)))
        set_columns(self.con, table, key, values)

    def delete(self, table: str, key: str) -> None:
        """Remove a row; all of it is noted."""
        self._note(table, key, columns_of(self.con, table, key, ["*"]))
        self.con.execute(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", [key])  # noqa: S608  names of ours

    def _note(self, table: str, key: str, before: Mapping[str, object] | None) -> None:
        image = None if before is None else json.dumps(before, default=str)
        self.rows.append({"table_name": table, "row_key": key, "before": image})


@dataclass(frozen=True, slots=True)
class Unnoted:
    """Writes the same tables without noting anything: for what follows from files, which nobody said."""

    con: duckdb.DuckDBPyConnection

    def update(self, table: str, key: str, values: Mapping[str, object]) -> None:
        """Set columns of a row."""
        set_columns(self.con, table, key, values)


@contextmanager
def change(
    con: duckdb.DuckDBPyConnection, what: str, detail: str, how: str, now: datetime, runner_id: str | None = None
) -> Iterator[Change]:
    """One transaction, and one step for `undo` when anything was written. `now` is aware; `what` names the verb."""
    with transaction(con):
        number = int(one_value(con, "SELECT nextval('change_no')"))
        step = Change(con, number, how, naive_utc(now), what, detail, runner_id)
        yield step
        if step.rows:
            _keep(con, step)


def set_columns(con: duckdb.DuckDBPyConnection, table: str, key: str, values: Mapping[str, object]) -> None:
    """Set columns of one row of the tables in KEYS."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    con.execute(
        f"UPDATE {table} SET {assignments} WHERE {KEYS[table]} = ?",  # noqa: S608  names of ours
        [*values.values(), key],
    )


def _keep(con: duckdb.DuckDBPyConnection, step: Change) -> None:
    row = {"change_no": step.change_no, "runner_id": step.runner_id, "what": step.what, "detail": step.detail}
    insert_rows(con, "change", [{**row, "how": step.how, "made_at": step.at}])
    noted = [{"change_no": step.change_no, "step": n, **row} for n, row in enumerate(step.rows)]
    insert_rows(con, "change_row", noted)


def columns_of(con: duckdb.DuckDBPyConnection, table: str, key: str, columns: list[str]) -> dict[str, object]:
    """Columns of one row by name. A row that is not there is our bug: LookupError."""
    names = ", ".join(columns)
    row = one_row(con, f"SELECT {names} FROM {table} WHERE {KEYS[table]} = ?", [key])  # noqa: S608  names of ours
    if row is None or con.description is None:
        raise LookupError(f"{table} has no row {key}")
    return dict(zip([column[0] for column in con.description], row, strict=True))
