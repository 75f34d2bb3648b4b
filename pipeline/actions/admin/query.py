"""`cramplog sql`: an analyst's questions to the published snapshot, made anew first when missing or stale."""

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

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Analysis:
    """A question of sql/analysis: its name, the question in words, and the SELECT."""

    name: str
    question: str
    sql: str


def freshen(settings: Settings, now: datetime) -> bool:
    """Bring the snapshot up to the store; False when the store stays busy and the older snapshot has to do.

    Raises TryAgain when it is busy and there is no older one, CannotStart without a store.
    """
    try:
        publish_snapshot(settings, now)
    except TryAgain:
        if not all(path.is_file() for path in snapshot_paths(settings)):
            raise
        return False
    return True


def ask(settings: Settings, sql: str, now: datetime) -> QueryResult:
    """The answer to one SELECT. Raises WrongInput in one line, with the nearest known names."""
    return _renewed_if_damaged(settings, now, lambda: run_query(settings, sql))


def ask_frame(settings: Settings, sql: str, params: Mapping[str, object] | None, now: datetime) -> pl.DataFrame:
    """The same as a polars frame; `$name` in the query is taken from `params`."""
    return _renewed_if_damaged(settings, now, lambda: query_frame(settings, sql, params))


def view_frame(settings: Settings, view: str, now: datetime) -> pl.DataFrame:
    """A whole public view as a polars frame. Raises WrongInput with the nearest name."""
    return _renewed_if_damaged(settings, now, lambda: read_view(settings, view))


def analyses() -> list[Analysis]:
    """The questions that come with the program, by name."""
    found = [(name.removesuffix(".sql"), text) for name, text in sql_files("analysis")]
    return [Analysis(name, text.splitlines()[0].removeprefix("-- Question: "), text) for name, text in found]


def analysis_of(name: str) -> Analysis:
    """The one of that name. Raises WrongInput with the nearest, or all of them."""
    known = {one.name: one for one in analyses()}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else "cramplog sql --analysis list names them"
        raise WrongInput(f"there is no analysis '{name}'", hint)
    return known[name]


def public_views(settings: Settings, now: datetime) -> list[Described]:
    """The views that may be asked, with what each holds."""
    return _renewed_if_damaged(settings, now, lambda: list_views(settings))


def view_columns(settings: Settings, view: str, now: datetime) -> list[Described]:
    """A view's columns with types, units and meaning. Raises WrongInput with the nearest name."""
    return _renewed_if_damaged(settings, now, lambda: describe(settings, view))


def _renewed_if_damaged(settings: Settings, now: datetime, look: Callable[[], Seen]) -> Seen:
    """What `look` sees in the snapshot; a damaged one holds nothing that the store has not, and is made anew first."""
    try:
        return look()
    except CannotStart:
        for path in snapshot_paths(settings):
            path.unlink(missing_ok=True)
        publish_snapshot(settings, now)
        return look()
