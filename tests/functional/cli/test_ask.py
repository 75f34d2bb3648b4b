"""`cramplog ask` as a person types it, with and without a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import CALF, DAY, Home


@pytest.fixture
def cramped(ran: Home) -> Home:
    """One run with a tagged cramp."""
    assert ran("tag", DAY, "--at", "0:40:00", *CALF).exit_code == 0
    return ran


def test_without_a_terminal_it_lists_what_is_due(cramped: Home) -> None:
    said = cramped("ask")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[1].split()[1:] == [DAY, "anna", "had", "a", "cramp"]
    (due,) = cramped.document("ask")["due"]
    assert (due["day"], due["because"]) == (DAY, "cramp")
    cramped("ask", DAY, "--set", "clothing=long")
    assert cramped.document("ask")["due"] == []


def test_answers_are_kept_with_why_they_were_asked_and_are_one_step_to_undo(cramped: Home) -> None:
    words = ("--set", "clothing=ti", "--set", "sleep_h=6.5", "--set", "relief=partly", "--set", "recurred_after=9m")
    said = cramped.document("ask", DAY, *words)
    assert said["changed"] == ["clothing", "sleep_h", "relief", "recurred_after"]
    found = cramped.document("ask", DAY)
    assert [(one["key"], one["said"], one["because"]) for one in found["answers"]] == [
        ("clothing", "tights", "cramp"),
        ("sleep_h", "6.5", "cramp"),
    ]
    (tag,) = cramped.document("tag", "list")["tags"]
    assert (tag["relief"], tag["recurred"], tag["recurred_after_s"]) == ("partly", "yes", 540.0)
    assert f"ask: {DAY}: clothing, sleep_h, relief, recurred_after" in cramped("undo").stdout
    assert cramped.document("ask", DAY)["answers"] == []
    (tag,) = cramped.document("tag", "list")["tags"]
    assert (tag["relief"], tag["recurred"], tag["recurred_after_s"]) == (None, None, None)


def test_what_was_told_of_a_run_nobody_asks_about_is_own(ran: Home) -> None:
    assert ran.document("ask", DAY, "--set", "felt=hot")["asked_because"] == "own"
    assert ran.document("ask", DAY)["answers"][0]["because"] == "own"


def test_the_same_again_is_no_change_and_an_empty_answer_takes_it_away(cramped: Home) -> None:
    cramped("ask", DAY, "--set", "shoes=the blue ones")
    assert "nothing changed" in cramped("ask", DAY, "--set", "shoes=the blue ones").stdout
    cramped("ask", DAY, "--set", "shoes=")
    assert cramped.document("ask", DAY)["answers"] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("clothing=naked",), "one of: short, long, tights, sweat suit"),
        (("clothes=long",), "did you mean clothing?"),
        (("relief=magic",), "one of: yes, partly, no, not tried"),
        (("sleep_h=30",), "from 0 to 16"),
        (("clothing",), "is not KEY=VALUE"),
        (("c99.relief=yes",), "write one of: c1.relief"),
        (("diet=vegan",), "not a question about a run"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_kept(cramped: Home, words: tuple[str, ...], told: str) -> None:
    said = cramped("ask", DAY, "--set", "felt=warm", *(part for word in words for part in ("--set", word)))
    assert said.exit_code == 2
    assert told in said.stderr
    assert cramped.document("ask", DAY)["answers"] == []


def test_of_two_cramps_it_wants_to_know_which(cramped: Home) -> None:
    cramped("tag", DAY, "--at", "0:20:00", *CALF)
    assert "c1.effect, c2.effect" in " ".join(cramped("ask", DAY, "--set", "effect=slowed").stderr.split()).replace(
        "c2.effect, c1.effect", "c1.effect, c2.effect"
    )
    assert cramped("ask", DAY, "--set", "c2.effect=slowed").exit_code == 0
    effects = {one["cramp_id"]: one["effect"] for one in cramped.document("tag", "list")["tags"]}
    assert effects == {"c1": None, "c2": "slowed"}


def test_answers_need_a_run(ran: Home) -> None:
    assert ran("ask", "--set", "felt=hot").exit_code == 2
    assert ran("ask", "2020-01-01", "--set", "felt=hot").exit_code == 4


def typed(home: Home, keys: bytes, *words: str) -> tuple[int, str, str]:
    """The verb on a terminal, with what was typed; its exit code, stdout, and what the terminal showed."""
    person, terminal = pty.openpty()
    child = subprocess.Popen(
        [str(Path(sys.executable).with_name("cramplog")), *words],
        env={**os.environ, "CRAMPLOG_HOME": str(home.path)},
        stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True,
    )  # fmt: skip
    os.write(person, keys)
    out, _ = child.communicate(timeout=30)
    shown = os.read(person, 20_000).decode()
    os.close(person)
    os.close(terminal)
    return child.returncode, out, shown


def test_on_a_terminal_enter_skips_and_a_question_mark_says_why(cramped: Home) -> None:
    # effect, relief, came back, how long after; then clothing asked twice, and 10 more
    code, out, shown = typed(cramped, b"slowed\n\nyes\n9m\n?\nnaked\nlong\n" + b"\n" * 10, "ask")
    assert code == 0, shown
    assert "This run had a cramp. Some runs without a cramp get the same questions" in shown
    assert "'naked' is not an answer to clothing; one of: short, long" in shown
    assert "kept: c1.effect, c1.recurred, c1.recurred_after, clothing" in out
    (tag,) = cramped.document("tag", "list")["tags"]
    assert (tag["effect"], tag["relief"], tag["recurred_after_s"]) == ("slowed", None, 540.0)


def test_what_was_said_before_the_end_of_the_input_is_kept(cramped: Home) -> None:
    code, _, shown = typed(cramped, b"slowed\n\x04", "ask")
    assert code == 130, shown
    assert cramped.document("tag", "list")["tags"][0]["effect"] == "slowed"
