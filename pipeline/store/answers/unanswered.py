"""Lists unanswered runs, first those with a title or description that mentions a cramp. Called by the actions that ask.

The texts are checked at each call and the result is not stored: it is no answer, no column and no feature of the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipeline.cramp_words import speaks_of_cramp
from pipeline.store.db.sql_files import read_sql
from pipeline.store.runs.find import RunRow, runner_runs


@dataclass(frozen=True, slots=True)
class UnansweredRun:
    """An unanswered run, its title (or else a duplicate's), and whether its title or description mentions a cramp."""

    run: RunRow
    title: str | None
    speaks_of_cramp: bool


def unanswered_runs(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[UnansweredRun]:
    """The runner's unanswered runs that count: those that mention a cramp first, then the rest; both newest first."""
    rows = con.execute(read_sql("queries", "titles_and_descriptions"), {"runner_id": runner_id}).fetchall()
    titles: dict[str, str] = {}
    mentioning: set[str] = set()
    for run_id, title, description in rows:
        if title and run_id not in titles:
            titles[run_id] = title
        if speaks_of_cramp(title) or speaks_of_cramp(description):
            mentioning.add(run_id)
    waiting = [
        UnansweredRun(run, titles.get(run.run_id), run.run_id in mentioning)
        for run in reversed(runner_runs(con, runner_id, unanswered_only=True))
    ]
    return sorted(waiting, key=lambda entry: not entry.speaks_of_cramp)
