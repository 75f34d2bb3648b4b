"""Which unanswered runs are offered first: those whose own words speak of a cramp. For the actions that ask.

The words are looked at when somebody asks, and nothing of it is kept: no answer, no column, no feature of the model.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from pipeline.cramp_words import speaks_of_cramp
from pipeline.store.db.sql_files import read_sql
from pipeline.store.runs.find import RunRow, runner_runs


@dataclass(frozen=True, slots=True)
class OfferedRun:
    """An unanswered run, its title (its own, else another recording's), and whether its words speak of a cramp."""

    run: RunRow
    title: str | None
    speaks_of_cramp: bool


def offered(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[OfferedRun]:
    """The runner's unanswered runs that count: those whose words speak of a cramp first, each part newest first."""
    rows = con.execute(read_sql("queries", "words_of_runs"), {"runner_id": runner_id}).fetchall()
    titles: dict[str, str] = {}
    speaking: set[str] = set()
    for run_id, title, description in rows:
        if title and run_id not in titles:
            titles[run_id] = title
        if speaks_of_cramp(title) or speaks_of_cramp(description):
            speaking.add(run_id)
    waiting = [
        OfferedRun(run, titles.get(run.run_id), run.run_id in speaking)
        for run in reversed(runner_runs(con, runner_id, unanswered_only=True))
    ]
    return sorted(waiting, key=lambda one: not one.speaks_of_cramp)
