"""SQL queries on the published snapshot, and the descriptions of its views and columns. Called by the actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from pipeline.errors import WrongInput
from pipeline.settings import Settings
from pipeline.store.analyst.snapshot import RECORD_VIEWS, open_snapshot
from pipeline.store.db.attach import may_be_damage

if TYPE_CHECKING:
    import polars as pl

Result = TypeVar("Result")
TIME_LIMIT_S = 60.0
MOST_ROWS = 1_000_000  # more could exhaust the memory: DuckDB's memory limit does not count Python values
_UNKNOWN = re.compile(
    r"(?P<kind>Table) with name (?P<table>\S+) does not exist"
    r'|Referenced (?P<column>column|table) "(?P<name>[^"]+)" not found'
)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Column names, their DuckDB types, and the rows as Python values; empty for a statement without a result."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Described:
    """A view or a column: its name, its type (empty for a view), and its comment with the unit."""

    name: str
    type: str
    comment: str


def run_query(
    settings: Settings,
    sql: str,
    params: Mapping[str, object] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
    most_rows: int = MOST_ROWS,
) -> QueryResult:
    """The result of one statement; `$name` in it is replaced by the parameter of that name.

    Raises WrongInput, in one line, for unknown names (with the nearest), several statements, writing, and running too
    long. Raises CannotStart if nothing is published yet.
    """
    return _result(settings, lambda con: _run(con, sql, params, most_rows), time_limit_s)


def query_frame(settings: Settings, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
    """The result as a polars frame with the columns' own types, of any number of rows. Raises as `run_query` does."""
    return _result(settings, lambda con: _run_frame(con, sql, params), TIME_LIMIT_S)


def read_view(settings: Settings, view: str) -> pl.DataFrame:
    """A complete public view as a polars frame. Raises WrongInput with the nearest name."""

    def read(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        if view not in (views := _names(con, "table")):
            raise _unknown("view", view, views)
        return _polars(con.table(view))

    return _result(settings, read, TIME_LIMIT_S)


def list_views(settings: Settings) -> list[Described]:
    """The public views with their comments, by name."""
    with open_snapshot(settings) as con:
        found = con.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'cramplog'"
            " UNION ALL SELECT 'v_' || table_name, comment FROM duckdb_tables()"
            " WHERE database_name = 'records' AND list_contains($shown, table_name) ORDER BY table_name",
            {"shown": list(RECORD_VIEWS)},
        ).fetchall()
    return [Described(name, "", comment or "") for name, comment in found if name.startswith("v_")]


def describe(settings: Settings, view: str) -> list[Described]:
    """The view's columns in order, with types and comments. Raises WrongInput with the nearest name."""
    with open_snapshot(settings) as con:
        found = con.execute(_COLUMNS, {"view": view}).fetchall()
        if not found:
            raise _unknown("view", view, _names(con, "table"))
    return [Described(name, kind, comment or "") for name, kind, comment in found]


# Views of records are created for each connection; their comments are those of the tables they read.
_COLUMNS = """
SELECT shown.column_name, shown.data_type, coalesce(shown.comment, below.comment)
FROM duckdb_columns() AS shown
LEFT JOIN duckdb_columns() AS below
    ON shown.database_name = 'temp'
    AND below.database_name = 'records'
    AND below.table_name = CASE
        WHEN shown.column_name = 'run_id' THEN 'run'
        WHEN shown.column_name IN ('field_no', 'field', 'unit') THEN 'field'
        ELSE substr($view, 3)
    END
    AND below.column_name = if(shown.column_name = 'value', 'value_1', shown.column_name)
WHERE shown.database_name IN ('cramplog', 'temp') AND shown.table_name = $view AND starts_with($view, 'v_')
ORDER BY shown.column_index"""


def _result(settings: Settings, query: Callable[[duckdb.DuckDBPyConnection], Result], time_limit_s: float) -> Result:
    """The result of `query` on the snapshot. DuckDB's errors become WrongInput in one line."""
    with open_snapshot(settings) as con:
        try:
            return _stoppable(con, lambda: query(con), time_limit_s)
        except TimeoutError as error:
            hint = "select fewer rows, or raise the time limit"
            raise WrongInput(f"the query was stopped after {time_limit_s:g} s", hint) from error
        except duckdb.Error as error:
            if may_be_damage(error):
                raise
            raise _refused(con, error) from error


def _stoppable(con: duckdb.DuckDBPyConnection, query: Callable[[], Result], time_limit_s: float) -> Result:
    """The result of `query`, run in a separate thread: DuckDB 2.0 ignores Ctrl-C while its workers run a query.

    Raises TimeoutError after `time_limit_s`. The query has ended when this returns or raises.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        answer = pool.submit(query)
        try:
            return answer.result(timeout=time_limit_s)
        finally:
            while not answer.done():  # too long, or Ctrl-C; repeated, because an interrupt stops one step only
                con.interrupt()
                wait([answer], timeout=0.1)


def _run(con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | None, most_rows: int) -> QueryResult:
    cursor = con.execute(_only_statement(con, sql), dict(params) if params else None)
    described = cursor.description or []
    rows = cursor.fetchmany(most_rows + 1) if described else []
    if len(rows) > most_rows:
        raise WrongInput(f"more than {most_rows:,} rows", "aggregate them in the query, or add LIMIT")
    return QueryResult(tuple(str(c[0]) for c in described), tuple(str(c[1]) for c in described), rows)


def _run_frame(con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | None) -> pl.DataFrame:
    return _polars(con.sql(_only_statement(con, sql), params=dict(params) if params else None))


def _polars(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The rows as a frame. Raises WrongInput for a type that polars does not have, such as INTERVAL."""
    from polars.exceptions import PolarsError

    try:
        found: pl.DataFrame = relation.pl()
    except PolarsError as error:
        raise WrongInput(
            "a column has a type that polars does not have, such as INTERVAL", "cast it in the query"
        ) from error
    return found


def _only_statement(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise WrongInput(f"one statement at a time; this is {len(statements)}", "write one SELECT")
    return statements[0]


def _refused(con: duckdb.DuckDBPyConnection, error: duckdb.Error) -> WrongInput:
    """DuckDB's error in one line, with the nearest existing names if a name is unknown."""
    text = str(error)
    if match := _UNKNOWN.search(text):
        kind = (match["kind"] or match["column"]).lower()
        return _unknown(kind, match["table"] or match["name"], _names(con, kind))
    if "read-only mode" in text or isinstance(error, duckdb.PermissionException) or "has been locked" in text:
        return WrongInput("the snapshot can only be read: no writing, files or settings", "write one SELECT")
    if isinstance(error, duckdb.OutOfMemoryException):
        return WrongInput(
            "the query needs more memory than allowed", "select fewer rows, or aggregate them in the query"
        )
    return WrongInput(" ".join(text.split("\n\n")[0].split()), "cramplog sql --list shows the views")


def _names(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    field = "column_name" if kind == "column" else "table_name"
    found = con.execute(
        f"SELECT DISTINCT {field} FROM duckdb_columns()"  # noqa: S608  one of two names of ours
        " WHERE database_name IN ('cramplog', 'temp') AND starts_with(table_name, 'v_')"
    ).fetchall()
    return [name for (name,) in found]


def _unknown(kind: str, name: str, existing: list[str]) -> WrongInput:
    near = get_close_matches(name.lower(), existing, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "cramplog sql --list shows the views"
    return WrongInput(f"there is no {kind} '{name}'", hint)
