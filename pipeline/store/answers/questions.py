"""Questionnaire items: answers to the optional questions about a run or a runner, and the runs to ask about. For actions.

Each item is one row. Answering again corrects the row; why it was asked first does not change.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import duckdb

from pipeline.questions import Answer, Question
from pipeline.store.db.changes import Change
from pipeline.store.db.rows import first_row, first_value
from pipeline.store.db.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class DueRun:
    """A run to ask about; `because` is cramp or control."""

    run_id: str
    day: date
    because: str


@dataclass(frozen=True, slots=True)
class QuestionnaireItem:
    """A stored answer to an optional question; `answered_at` is UTC without a zone."""

    question: str
    answer: Answer
    asked_because: str
    answered_at: datetime


def due_runs(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[DueRun]:
    """Runs to ask about that have no questionnaire item yet, newest first (sql/queries/due_runs.sql)."""
    rows = con.execute(read_sql("queries", "due_runs"), {"runner_id": runner_id}).fetchall()
    return [DueRun(*row) for row in rows]


def questionnaire_items(
    con: duckdb.DuckDBPyConnection, runner_id: str, run_id: str | None
) -> dict[str, QuestionnaireItem]:
    """The items about a run, or about the runner if `run_id` is None, by question."""
    rows = con.execute(
        "SELECT question, answer, value, words, asked_because, answered_at FROM question_answer"
        " WHERE runner_id = ? AND run_id IS NOT DISTINCT FROM ? ORDER BY answered_at, given_id",
        [runner_id, run_id],
    ).fetchall()
    return {key: QuestionnaireItem(key, Answer(*values), because, at) for key, *values, because, at in rows}


def question_counts(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[tuple[str, str, int, int, int, int, bool]]:
    """A runner's rows of v_question_count without the runner, ordered by question and answer."""
    return con.execute(
        "SELECT * EXCLUDE (runner_id) FROM v_question_count WHERE runner_id = ? ORDER BY question, answer", [runner_id]
    ).fetchall()


def put_questionnaire_item(
    change: Change, runner_id: str, run_id: str | None, question: Question, answer: Answer, because: str
) -> bool:
    """Store an answer; False if the same answer is stored already."""
    stored = _row_of(change.con, runner_id, run_id, question.key)
    values = {**asdict(answer), "unit": question.unit}
    given = {**values, "answered_how": change.how, "answered_at": change.at}
    if stored is None:
        given_id = str(first_value(change.con, "SELECT 'g' || nextval('given_no')"))
        about = {"given_id": given_id, "runner_id": runner_id, "run_id": run_id, "question": question.key}
        change.insert("question_answer", {**about, **given, "asked_because": because})
        return True
    if stored[1:] == tuple(values.values()):
        return False
    change.update("question_answer", stored[0], given)
    return True


def delete_questionnaire_item(change: Change, runner_id: str, run_id: str | None, question: Question) -> bool:
    """Delete an answer; False if there was none."""
    stored = _row_of(change.con, runner_id, run_id, question.key)
    if stored is not None:
        change.delete("question_answer", stored[0])
    return stored is not None


def _row_of(
    con: duckdb.DuckDBPyConnection, runner_id: str, run_id: str | None, key: str
) -> tuple[str, str | None, float | None, str | None, str | None] | None:
    return first_row(
        con,
        "SELECT given_id, answer, value, words, unit FROM question_answer"
        " WHERE runner_id = ? AND run_id IS NOT DISTINCT FROM ? AND question = ?",
        [runner_id, run_id, key],
    )
