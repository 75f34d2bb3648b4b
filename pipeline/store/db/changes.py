"""The change log: everything a runner enters is written through here, so that `undo` can reverse it step by step.

A `Change` is one transaction and one step of `undo`: it logs each row it writes as it was before. Data from files (runs,
records, segments) are not logged: they can be read again from the originals. Called by the actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from pipeline.instants import naive_utc
from pipeline.store.db.rows import first_row, first_value, insert_rows
from pipeline.store.db.transaction import transaction

# The tables that hold what the runner entered, and the key column of each.
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
    """A change in progress. `detail`, which `undo` shows as what was done, may be set until the change ends."""

    con: duckdb.DuckDBPyConnection
    change_no: int
    how: str
    at: datetime
    what: str
    detail: str
    runner_id: str | None = None
    rows: list[dict[str, object]] = field(default_factory=list)

    def insert(self, table: str, row: Mapping[str, object]) -> None:
        """Write a new row; undoing it deletes the row."""
        self._log(table, str(row[KEYS[table]]), None)
        insert_rows(self.con, table, [row])

    def update(self, table: str, key: str, values: Mapping[str, object]) -> None:
        """Set columns of a row, after logging their present values."""
        self._log(table, key, columns_of(self.con, table, key, list(values)))
        set_columns(self.con, table, key, values)

    def delete(self, table: str, key: str) -> None:
        """Remove a row, after logging all its columns."""
        self._log(table, key, columns_of(self.con, table, key, ["*"]))
        self.con.execute(f"DELETE FROM {table} WHERE {KEYS[table]} = ?", [key])  # noqa: S608  names of ours

    def _log(self, table: str, key: str, before: Mapping[str, object] | None) -> None:
        image = None if before is None else json.dumps(before, default=str)
        self.rows.append({"table_name": table, "row_key": key, "before": image})


@dataclass(frozen=True, slots=True)
class Unlogged:
    """Writes the same tables without a log: for changes that follow from files, not from a person."""

    con: duckdb.DuckDBPyConnection

    def update(self, table: str, key: str, values: Mapping[str, object]) -> None:
        """Set columns of a row."""
        set_columns(self.con, table, key, values)


@contextmanager
def change(
    con: duckdb.DuckDBPyConnection, what: str, detail: str, how: str, now: datetime, runner_id: str | None = None
) -> Iterator[Change]:
    """One transaction, and one step of `undo` if anything was written. `now` is aware; `what` names the verb."""
    with transaction(con):
        number = int(first_value(con, "SELECT nextval('change_no')"))
        step = Change(con, number, how, naive_utc(now), what, detail, runner_id)
        yield step
        if step.rows:
            _store_step(con, step)


def set_columns(con: duckdb.DuckDBPyConnection, table: str, key: str, values: Mapping[str, object]) -> None:
    """Set columns of the row with that key in one of the tables in KEYS."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    con.execute(
        f"UPDATE {table} SET {assignments} WHERE {KEYS[table]} = ?",  # noqa: S608  names of ours
        [*values.values(), key],
    )


def _store_step(con: duckdb.DuckDBPyConnection, step: Change) -> None:
    row = {"change_no": step.change_no, "runner_id": step.runner_id, "what": step.what, "detail": step.detail}
    insert_rows(con, "change", [{**row, "how": step.how, "made_at": step.at}])
    rows = [{"change_no": step.change_no, "step": n, **row} for n, row in enumerate(step.rows)]
    insert_rows(con, "change_row", rows)


def columns_of(con: duckdb.DuckDBPyConnection, table: str, key: str, columns: list[str]) -> dict[str, object]:
    """Columns of the row with that key, by name. Raises LookupError (a bug of ours) if there is no such row."""
    names = ", ".join(columns)
    row = first_row(con, f"SELECT {names} FROM {table} WHERE {KEYS[table]} = ?", [key])  # noqa: S608  names of ours
    if row is None or con.description is None:
        raise LookupError(f"{table} has no row {key}")
    return dict(zip([column[0] for column in con.description], row, strict=True))
