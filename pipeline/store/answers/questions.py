"""Answers to the optional questions, of a run or of a runner, and which runs are to be asked about. Called by actions.

An answer is a row of its own; said again it is corrected and keeps why it was asked first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import duckdb

from pipeline.questions import Answer, Question
from pipeline.store.db.changes import Change
from pipeline.store.db.rows import one_row, one_value
from pipeline.store.db.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run to ask about: `because` is cramp or control."""

    run_id: str
    day: date
    because: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as kept; `answered_at` is UTC without a zone."""

    question: str
    answer: Answer
    asked_because: str
    answered_at: datetime


def due_runs(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[DueRun]:
    """Runs to ask about that have no answer yet, newest first (sql/queries/due_runs.sql)."""
    rows = con.execute(read_sql("queries", "due_runs"), {"runner_id": runner_id}).fetchall()
    return [DueRun(*row) for row in rows]


def answers_given(con: duckdb.DuckDBPyConnection, runner_id: str, run_id: str | None) -> dict[str, Given]:
    """The answers about a run, or without one about the runner, by question."""
    rows = con.execute(
        "SELECT question, answer, value, words, asked_because, answered_at FROM question_answer"
        " WHERE runner_id = ? AND run_id IS NOT DISTINCT FROM ? ORDER BY answered_at, given_id",
        [runner_id, run_id],
    ).fetchall()
    return {key: Given(key, Answer(*said), because, at) for key, *said, because, at in rows}


def question_counts(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[tuple[str, str, int, int, int, int, bool]]:
    """A runner's rows of v_question_count without the runner, ordered by question and answer."""
    return con.execute(
        "SELECT * EXCLUDE (runner_id) FROM v_question_count WHERE runner_id = ? ORDER BY question, answer", [runner_id]
    ).fetchall()


def give_answer(
    change: Change, runner_id: str, run_id: str | None, question: Question, answer: Answer, because: str
) -> bool:
    """Keep an answer; False when it is already there, word for word."""
    known = _row_of(change.con, runner_id, run_id, question.key)
    said = {**asdict(answer), "unit": question.unit}
    given = {**said, "answered_how": change.how, "answered_at": change.at}
    if known is None:
        given_id = str(one_value(change.con, "SELECT 'g' || nextval('given_no')"))
        about = {"given_id": given_id, "runner_id": runner_id, "run_id": run_id, "question": question.key}
        change.insert("question_answer", {**about, **given, "asked_because": because})
        return True
    if known[1:] == tuple(said.values()):
        return False
    change.update("question_answer", known[0], given)
    return True


def take_answer_away(change: Change, runner_id: str, run_id: str | None, question: Question) -> bool:
    """Forget an answer; False when there was none."""
    known = _row_of(change.con, runner_id, run_id, question.key)
    if known is not None:
        change.delete("question_answer", known[0])
    return known is not None


def _row_of(
    con: duckdb.DuckDBPyConnection, runner_id: str, run_id: str | None, key: str
) -> tuple[str, str | None, float | None, str | None, str | None] | None:
    return one_row(
        con,
        "SELECT given_id, answer, value, words, unit FROM question_answer"
        " WHERE runner_id = ? AND run_id IS NOT DISTINCT FROM ? AND question = ?",
        [runner_id, run_id, key],
    )
