"""`cramplog publish` and `sql`: the newest answers, in words, CSV and JSON; refusals in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import DAY, Home


def test_sql_sees_what_was_just_answered(ran: Home) -> None:
    question = "SELECT answer, count(*) AS runs FROM v_run GROUP BY answer"
    assert ran("sql", question, "--csv").stdout == "answer,runs\nunanswered,1\n"
    ran("tag", "last", "--none")
    assert ran("sql", question, "--csv").stdout == "answer,runs\nno cramp,1\n"


def test_sql_takes_its_query_from_a_file_or_from_stdin(once: Home, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text("SELECT sport, moving_s FROM v_run", encoding="utf-8")
    document = once.document("sql", "-f", str(tmp_path / "q.sql"))
    assert document == {
        "schema": "cramplog.sql/1",
        "columns": ["sport", "moving_s"],
        "types": ["VARCHAR", "DOUBLE"],
        "rows": [["running", 3300.0]],
    }
    assert once("sql", "-f", "-", "--csv", stdin="SELECT 1 AS one").stdout == "one\n1\n"


def test_what_json_cannot_say_is_null(once: Home) -> None:
    assert once.document("sql", "SELECT 'NaN'::DOUBLE, NULL, DATE '2026-06-14'")["rows"] == [[None, None, DAY]]


def test_sql_in_words_names_null_and_counts_rows(once: Home) -> None:
    said = once("sql", "SELECT NULL AS nothing, 12 AS dozen")
    assert said.stdout.splitlines()[:3] == ["nothing  dozen", "NULL        12", "(1 row)"]


def test_the_views_and_their_columns_explain_themselves(once: Home) -> None:
    views = once("sql", "--list").stdout
    assert "v_hazard_row" in views
    assert "seconds" in once("sql", "--describe", "v_run").stdout
    assert "v_run," in once("sql", "--describe", "v_runn").stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["SELECT moving FROM v_run"], "moving_s"),
        (["SELECT * FROM v_rum"], "v_run"),
        (["DELETE FROM v_run"], "only be read"),
        (["SELECT name FROM runner"], "there is no table 'runner'"),
        (["SELECT 1", "--list"], "give one of"),
        (["SELECT 1", "--csv", "--json"], "do not go together"),
        ([], "give one of"),
        (["-f", "no-such.sql"], "no-such.sql"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line(once: Home, words: list[str], hint: str) -> None:
    said = once("sql", *words)
    assert said.exit_code == 2
    assert hint in said.stderr + said.stdout
    assert "Traceback" not in said.stderr


def test_publish_says_where_the_snapshot_lies(ran: Home) -> None:
    said = ran("publish")
    assert said.stdout.startswith(f"{ran.path / 'analyst'}: ")
    assert ran.document("publish") == {
        "schema": "cramplog.publish/1",
        "folder": str(ran.path / "analyst"),
        "done": "unchanged",
    }


def test_the_questions_that_come_along_are_named_and_asked(once: Home) -> None:
    listed = once("sql", "--analysis", "list").stdout
    assert "muscles_and_sides" in listed
    assert "which muscles cramp, on which side, and how often per 100 hours run?" in listed
    rows = once.document("sql", "--analysis", "muscles_and_sides")
    assert "hours_run" in " ".join(rows["columns"])
    said = once("sql", "--analysis", "muscle_and_sides")
    assert (said.exit_code, "muscles_and_sides" in said.stderr) == (2, True)
