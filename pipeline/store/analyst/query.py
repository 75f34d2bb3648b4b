"""The analyst's window: questions in SQL to the published snapshot, and its dictionary. For the actions."""

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

Answer = TypeVar("Answer")
TIME_LIMIT_S = 60.0
MOST_ROWS = 1_000_000  # more would fill the memory as Python values, which DuckDB's limit does not count
_UNKNOWN = re.compile(
    r"(?P<kind>Table) with name (?P<table>\S+) does not exist"
    r'|Referenced (?P<column>column|table) "(?P<name>[^"]+)" not found'
)


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Column names, their DuckDB types, the rows as Python values; empty for a statement without answer."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Described:
    """A view or a column: its name, its type (a view's is empty) and what its comment says, with the unit."""

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
    """The answer to one statement; `$name` in it is taken from `params`.

    Raises WrongInput in one line: unknown names (with the nearest), several statements, writing, too long.
    Raises CannotStart when nothing is published yet.
    """
    return _answer(settings, lambda con: _ask(con, sql, params, most_rows), time_limit_s)


def query_frame(settings: Settings, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
    """The same as a polars frame with the columns' own types, of any number of rows. Raises what `run_query` raises."""
    return _answer(settings, lambda con: _ask_frame(con, sql, params), TIME_LIMIT_S)


def read_view(settings: Settings, view: str) -> pl.DataFrame:
    """A whole public view as a polars frame. Raises WrongInput with the nearest name."""

    def all_of_it(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        if view not in (views := _names(con, "table")):
            raise _unknown("view", view, views)
        return _polars(con.table(view))

    return _answer(settings, all_of_it, TIME_LIMIT_S)


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


# Views of records are made for the connection: their comments are those of the tables below them.
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


def _answer(settings: Settings, ask: Callable[[duckdb.DuckDBPyConnection], Answer], time_limit_s: float) -> Answer:
    """What `ask` gets from the snapshot; DuckDB's refusals as WrongInput in one line."""
    with open_snapshot(settings) as con:
        try:
            return _stoppable(con, lambda: ask(con), time_limit_s)
        except TimeoutError as error:
            hint = "ask for less, or give it longer"
            raise WrongInput(f"the query was stopped after {time_limit_s:g} s", hint) from error
        except duckdb.Error as error:
            if may_be_damage(error):
                raise
            raise _refused(con, error) from error


def _stoppable(con: duckdb.DuckDBPyConnection, ask: Callable[[], Answer], time_limit_s: float) -> Answer:
    """What `ask` gives, from a thread of its own: DuckDB 2.0 misses Ctrl-C when its workers have the query.

    Raises TimeoutError after `time_limit_s`. The query is over when this returns or raises.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        answer = pool.submit(ask)
        try:
            return answer.result(timeout=time_limit_s)
        finally:
            while not answer.done():  # too long, or Ctrl-C; again, since an interrupt hits one step only
                con.interrupt()
                wait([answer], timeout=0.1)


def _ask(con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | None, most_rows: int) -> QueryResult:
    cursor = con.execute(_only_statement(con, sql), dict(params) if params else None)
    described = cursor.description or []
    rows = cursor.fetchmany(most_rows + 1) if described else []
    if len(rows) > most_rows:
        raise WrongInput(f"more than {most_rows:,} rows", "sum them up in the query, or add LIMIT")
    return QueryResult(tuple(str(c[0]) for c in described), tuple(str(c[1]) for c in described), rows)


def _ask_frame(con: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | None) -> pl.DataFrame:
    return _polars(con.sql(_only_statement(con, sql), params=dict(params) if params else None))


def _polars(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """Its rows. Raises WrongInput for a type that polars lacks: intervals, for one."""
    from polars.exceptions import PolarsError

    try:
        found: pl.DataFrame = relation.pl()
    except PolarsError as error:
        raise WrongInput("a column has a type that polars lacks, such as INTERVAL", "cast it in the query") from error
    return found


def _only_statement(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise WrongInput(f"one statement at a time; this is {len(statements)}", "give one SELECT")
    return statements[0]


def _refused(con: duckdb.DuckDBPyConnection, error: duckdb.Error) -> WrongInput:
    """DuckDB's refusal in one line, with the nearest known names where one is unknown."""
    text = str(error)
    if match := _UNKNOWN.search(text):
        kind = (match["kind"] or match["column"]).lower()
        return _unknown(kind, match["table"] or match["name"], _names(con, kind))
    if "read-only mode" in text or isinstance(error, duckdb.PermissionException) or "has been locked" in text:
        return WrongInput("the snapshot can only be read: no writing, files or settings", "give one SELECT")
    if isinstance(error, duckdb.OutOfMemoryException):
        return WrongInput("the query needs more memory than it may take", "ask for less, or sum it up earlier")
    return WrongInput(" ".join(text.split("\n\n")[0].split()), "cramplog sql --list names the views")


def _names(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    field = "column_name" if kind == "column" else "table_name"
    found = con.execute(
        f"SELECT DISTINCT {field} FROM duckdb_columns()"  # noqa: S608  one of two names of ours
        " WHERE database_name IN ('cramplog', 'temp') AND starts_with(table_name, 'v_')"
    ).fetchall()
    return [name for (name,) in found]


def _unknown(kind: str, name: str, known: list[str]) -> WrongInput:
    near = get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "cramplog sql --list names the views"
    return WrongInput(f"there is no {kind} '{name}'", hint)
