"""Optional questions in the store: which runs are asked about, what counts as a comparison, undo, publishing."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from pipeline.questions import FEWEST_CONTROLS, QUESTIONS, Answer, in_control_tenth
from pipeline.schema import ParsedRun
from pipeline.settings import Settings
from pipeline.store.analyst.publish import publish, snapshot_paths
from pipeline.store.analyst.snapshot import open_snapshot
from pipeline.store.answers.questions import (
    delete_questionnaire_item,
    due_runs,
    put_questionnaire_item,
    question_counts,
    questionnaire_items,
)
from pipeline.store.answers.runners import Runner
from pipeline.store.answers.undo import undo_change
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from tests.support.folders import ROOT
from tests.support.stores import NOW, START, answer, cramp_at, even_run, later, make_store, put_runs


def run_of(day: int, picked: bool = True) -> ParsedRun:
    """A run of its own day, picked by chance or not."""
    run_id = f"0000000{'a' if picked else 'b'}{sha256(str(day).encode()).hexdigest()[:56]}"
    return later(even_run(minutes=40, start_at=START + timedelta(days=day)), run_id=run_id)


def told(con: duckdb.DuckDBPyConnection, runner: Runner, run_id: str | None, key: str, said: Answer, why: str) -> bool:
    with change(con, "ask", key, "single", NOW) as step:
        return put_questionnaire_item(step, runner.runner_id, run_id, QUESTIONS[key], said, why)


def test_sql_and_python_pick_the_same_tenth(tmp_path: Path) -> None:
    ids = [sha256(str(number).encode()).hexdigest() for number in range(2000)]
    with duckdb.connect(":memory:") as con:
        con.execute("CREATE TABLE counted_run AS SELECT unnest($ids) AS run_id, 'r1' AS runner_id", {"ids": ids})
        con.execute("ALTER TABLE counted_run ADD COLUMN sport VARCHAR DEFAULT 'running'")
        con.execute("ALTER TABLE counted_run ADD COLUMN answer VARCHAR DEFAULT 'no cramp'")
        con.execute("ALTER TABLE counted_run ADD COLUMN start_at TIMESTAMP DEFAULT '2026-06-14'")
        con.execute("ALTER TABLE counted_run ADD COLUMN start_local TIMESTAMP")
        con.execute("CREATE TABLE cramp (run_id VARCHAR, severity VARCHAR)")
        con.execute((ROOT / "sql" / "views" / "06_asked_run.sql").read_text(encoding="utf-8"))
        by_sql = {run_id for (run_id,) in con.execute("SELECT run_id FROM asked_run").fetchall()}
    assert by_sql == {run_id for run_id in ids if in_control_tenth(run_id)}
    assert 160 <= len(by_sql) <= 240


def test_due_are_runs_with_a_cramp_and_the_tenth_that_stayed_without_newest_first(tmp_path: Path) -> None:
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    cramped, tight, quiet, unpicked, unanswered = (run_of(day, picked=day != 3) for day in range(5))
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, [cramped, tight, quiet, unpicked, unanswered])
        cramp_at(con, anna, cramped, 1200)
        cramp_at(con, anna, tight, 1200, severity="tightness")
        answer(con, quiet)
        answer(con, unpicked)
        due = [(one.run_id, one.because) for one in due_runs(con, anna.runner_id)]
        assert due == [(quiet.run_id, "control"), (tight.run_id, "control"), (cramped.run_id, "cramp")]
        told(con, anna, quiet.run_id, "clothing", Answer(answer="long"), "control")
        assert [one.run_id for one in due_runs(con, anna.runner_id)] == [tight.run_id, cramped.run_id]


@pytest.fixture
def compared(tmp_path: Path) -> tuple[Settings, Runner, list[ParsedRun]]:
    """One run with a cramp and five without, all answered; nothing asked yet."""
    settings, (anna,) = make_store(tmp_path / "home", "anna")
    runs = [run_of(day) for day in range(6)]
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, anna, runs)
        cramp_at(con, anna, runs[0], 1200)
        for run in runs[1:]:
            answer(con, run)
    return settings, anna, runs


def test_counts_are_comparable_from_five_runs_without_a_cramp(
    compared: tuple[Settings, Runner, list[ParsedRun]],
) -> None:
    settings, anna, runs = compared
    assert FEWEST_CONTROLS == 5
    with open_store(settings, write=True) as con:
        told(con, anna, runs[0].run_id, "clothing", Answer(answer="long"), "cramp")
        assert question_counts(con, anna.runner_id) == [("clothing", "long", 1, 1, 0, 0, False)]
        for run in runs[1:5]:
            told(con, anna, run.run_id, "clothing", Answer(answer="short"), "control")
        assert {row[-1] for row in question_counts(con, anna.runner_id)} == {False}
        told(con, anna, runs[5].run_id, "clothing", Answer(answer="long"), "control")
        assert question_counts(con, anna.runner_id) == [
            ("clothing", "long", 1, 1, 1, 5, True),
            ("clothing", "short", 0, 1, 4, 5, True),
        ]


def test_what_was_told_without_being_asked_is_no_control(compared: tuple[Settings, Runner, list[ParsedRun]]) -> None:
    settings, anna, runs = compared
    with open_store(settings, write=True) as con:
        told(con, anna, runs[1].run_id, "clothing", Answer(answer="long"), "own")
        told(con, anna, runs[2].run_id, "shoes", Answer(words="the blue ones"), "control")
        assert question_counts(con, anna.runner_id) == []


def test_a_run_asked_about_for_a_cramp_that_is_gone_counts_on_neither_side(
    compared: tuple[Settings, Runner, list[ParsedRun]],
) -> None:
    settings, anna, runs = compared
    with open_store(settings, write=True) as con:
        told(con, anna, runs[0].run_id, "sleep_h", Answer(value=6.4), "cramp")
        assert question_counts(con, anna.runner_id) == [("sleep_h", "6", 1, 1, 0, 0, False)]
        con.execute("DELETE FROM cramp")
        con.execute("UPDATE run SET answer = 'no cramp'")
        assert question_counts(con, anna.runner_id) == []


def test_an_answer_said_again_is_corrected_and_keeps_why_it_was_asked(
    compared: tuple[Settings, Runner, list[ParsedRun]],
) -> None:
    settings, anna, runs = compared
    run_id = runs[1].run_id
    with open_store(settings, write=True, with_records=True) as con:
        assert told(con, anna, run_id, "felt", Answer(answer="hot"), "own")
        assert not told(con, anna, run_id, "felt", Answer(answer="hot"), "control")
        assert told(con, anna, run_id, "felt", Answer(answer="warm"), "control")
        given = questionnaire_items(con, anna.runner_id, run_id)["felt"]
        assert (given.answer.answer, given.asked_because) == ("warm", "own")
        undo_change(con, None, NOW)
        assert questionnaire_items(con, anna.runner_id, run_id)["felt"].answer.answer == "hot"
        with change(con, "ask", "felt", "single", NOW) as step:
            assert delete_questionnaire_item(step, anna.runner_id, run_id, QUESTIONS["felt"])
        assert questionnaire_items(con, anna.runner_id, run_id) == {}
        undo_change(con, None, NOW)
        undo_change(con, None, NOW)
        assert questionnaire_items(con, anna.runner_id, run_id) == {}


def test_own_words_stay_in_the_store_and_the_rest_is_published(
    compared: tuple[Settings, Runner, list[ParsedRun]],
) -> None:
    settings, anna, runs = compared
    with open_store(settings, write=True) as con:
        told(con, anna, runs[0].run_id, "shoes", Answer(words="zebrashoes"), "cramp")
        told(con, anna, None, "strength_per_week", Answer(value=2.5), "profile")
    publish(settings, NOW)
    with open_snapshot(settings) as con:
        rows = con.execute(
            "SELECT run_id IS NULL, question, answer, value, unit, asked_because FROM v_question ORDER BY question"
        ).fetchall()
    assert rows == [
        (False, "shoes", None, None, None, "cramp"),
        (True, "strength_per_week", None, 2.5, "a week", "profile"),
    ]
    assert b"zebrashoes" in settings.store.read_bytes()
    assert [path for path in snapshot_paths(settings) if b"zebrashoes" in path.read_bytes()] == []
