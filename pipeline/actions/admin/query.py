"""`cramplog sql`: runs an analyst's queries on the published snapshot, which is written first if missing or stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from pipeline.actions.admin.publish import publish_snapshot
from pipeline.errors import CannotStart, TryAgain, WrongInput
from pipeline.settings import Settings
from pipeline.store.analyst.publish import snapshot_paths
from pipeline.store.analyst.query import Described, QueryResult, describe, list_views, query_frame, read_view, run_query
from pipeline.store.db.sql_files import sql_files

if TYPE_CHECKING:
    import polars as pl

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Analysis:
    """An analysis of sql/analysis: its name, its question as text, and the SELECT."""

    name: str
    question: str
    sql: str


def freshen(settings: Settings, now: datetime) -> bool:
    """Update the snapshot. Returns False if the store stays busy and the older snapshot is used.

    Raises TryAgain if it is busy and there is no older one, CannotStart without a store.
    """
    try:
        publish_snapshot(settings, now)
    except TryAgain:
        if not all(path.is_file() for path in snapshot_paths(settings)):
            raise
        return False
    return True


def ask(settings: Settings, sql: str, now: datetime) -> QueryResult:
    """The result of one SELECT. Raises WrongInput with one line and the nearest existing names."""
    return _repairing(settings, now, lambda: run_query(settings, sql))


def ask_frame(settings: Settings, sql: str, params: Mapping[str, object] | None, now: datetime) -> pl.DataFrame:
    """The result of one SELECT as a polars frame; `$name` in the query is a key of `params`."""
    return _repairing(settings, now, lambda: query_frame(settings, sql, params))


def view_frame(settings: Settings, view: str, now: datetime) -> pl.DataFrame:
    """A whole public view as a polars frame. Raises WrongInput for an unknown view, with the nearest name."""
    return _repairing(settings, now, lambda: read_view(settings, view))


def analyses() -> list[Analysis]:
    """The analyses that come with the program, sorted by name."""
    found = [(name.removesuffix(".sql"), text) for name, text in sql_files("analysis")]
    return [Analysis(name, text.splitlines()[0].removeprefix("-- Question: "), text) for name, text in found]


def analysis_of(name: str) -> Analysis:
    """The analysis of that name. Raises WrongInput for an unknown name, with the nearest name."""
    by_name = {analysis.name: analysis for analysis in analyses()}
    if name not in by_name:
        near = get_close_matches(name, by_name, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "to list them: cramplog sql --analysis list"
        raise WrongInput(f"there is no analysis '{name}'", hint)
    return by_name[name]


def public_views(settings: Settings, now: datetime) -> list[Described]:
    """The public views, with descriptions."""
    return _repairing(settings, now, lambda: list_views(settings))


def view_columns(settings: Settings, view: str, now: datetime) -> list[Described]:
    """A view's columns with types, units and meaning. Raises WrongInput for an unknown view, with the nearest name."""
    return _repairing(settings, now, lambda: describe(settings, view))


def _repairing(settings: Settings, now: datetime, read: Callable[[], Result]) -> Result:
    """The result of `read`. A damaged snapshot is deleted and published again: all it holds is in the store."""
    try:
        return read()
    except CannotStart:
        for path in snapshot_paths(settings):
            path.unlink(missing_ok=True)
        publish_snapshot(settings, now)
        return read()
