"""Rows in and out of the store. Called by the other modules of the store and a few actions.

Rows are inserted as columns: DuckDB scans numpy arrays, which is a hundred times faster than row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray


def first_row(
    con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | Sequence[object] | None = None
) -> tuple[Any, ...] | None:
    """The first row of a query; None if it has no row. Reads all rows: unread ones would make `con.sql` fail."""
    rows = con.execute(sql, params).fetchall()
    return rows[0] if rows else None


def first_value(
    con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | Sequence[object] | None = None
) -> Any:
    """The first column of the first row; None if the query has no row."""
    row = first_row(con, sql, params)
    return row[0] if row else None


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows given as mappings with the same keys; None becomes NULL. Does nothing without rows."""
    if rows:
        insert_lists(con, table, {name: [row[name] for row in rows] for name in rows[0]})


def insert_lists(con: duckdb.DuckDBPyConnection, table: str, lists: Mapping[str, Sequence[object]]) -> None:
    """Insert rows given as equally long lists by column name; None becomes NULL."""
    insert_columns(con, table, {name: _column(values) for name, values in lists.items()})


def row_of(value: Any) -> dict[str, object]:
    """A dataclass value as a row: its fields by name, which are the columns' names. Nothing is copied."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def insert_columns(con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """Insert equally long arrays by column name; NaN becomes NULL. `table` is one of our own names.

    DuckDB finds `inserted` here by its name: to register it takes 0.7 ms per call, 3 % of a bulk ingest.
    """
    inserted = dict(columns)  # noqa: F841  read by the SQL below
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM inserted")  # noqa: S608  a table name of ours


@contextmanager
def registered(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Mapping[str, NDArray[Any]]]) -> Iterator[None]:
    """Inside the block, SQL on this connection reads these columns of equally long arrays by their table's name."""
    try:
        for name, columns in tables.items():
            con.register(name, dict(columns))
        yield
    finally:
        for name in tables:
            with suppress(duckdb.Error):  # a failed transaction refuses it, and its rollback removes the table
                con.unregister(name)


def _column(values: Sequence[object]) -> NDArray[Any]:
    """One column. DuckDB guesses the type of an object array from a sample, so floats get an array of their own type."""
    numbers = [value for value in values if value is not None]
    if any(isinstance(value, float) for value in numbers):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
