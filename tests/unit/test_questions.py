"""The catalogue of optional questions: its laws, what counts as an answer, and the tenth that chance picks."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from pipeline.errors import WrongInput
from pipeline.questions import PROFILE_QUESTIONS, QUESTIONS, RUN_QUESTIONS, find_question, in_control_tenth, read_answer

# What the trainer wants to know beyond the tag, the watch, the weather and the private items.
TRAINERS_TOPICS = {"clothing", "shoes", "drink", "diet", "fitness", "exercise", "stretching", "heat", "rest", "family"}
ADVICE = re.compile(r"\b(should|must|try|avoid|better|enough|too little|safe|dose|caus\w+|trigger\w*)\b", re.IGNORECASE)


def test_keys_are_unique_words_of_a_command_line() -> None:
    keys = [question.key for question in (*RUN_QUESTIONS, *PROFILE_QUESTIONS)]
    assert len(keys) == len(set(keys)) == 20
    assert [key for key in keys if not re.fullmatch(r"[a-z][a-z_]*", key)] == []


def test_every_topic_of_the_trainer_has_a_question() -> None:
    assert {question.topic for question in QUESTIONS.values()} == TRAINERS_TOPICS


def test_questions_give_no_advice() -> None:
    said = [(one.key, found) for one in QUESTIONS.values() if (found := ADVICE.findall(one.text + one.label))]
    assert said == []


def test_a_question_has_choices_or_limits_as_its_kind_says() -> None:
    for question in QUESTIONS.values():
        assert bool(question.choices) == (question.kind in ("choice", "choices")), question.key
        assert bool(question.unit) == (question.kind == "number"), question.key
        assert question.kind != "number" or question.limits[0] < question.limits[1], question.key


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("clothing", "Long", "long"),
        ("clothing", "sw", "sweat suit"),
        ("sleep_h", "6,5", "6.5"),
        ("soreness", "0", "0"),
        ("also_cramps", "rest, bike", "bike, rest"),
        ("also_cramps", "none", "none"),
        ("usual_shoes", "  the   blue ones ", "the blue ones"),
        ("drink", "over", "over one litre"),
    ],
)
def test_an_answer_is_kept_in_the_questions_words(key: str, text: str, said: str) -> None:
    assert read_answer(QUESTIONS[key], text).text == said


@pytest.mark.parametrize(
    ("key", "text", "hint"),
    [
        ("clothing", "s", "one of: short, long, tights, sweat suit"),  # short or sweat suit
        ("clothing", "naked", "one of: short, long, tights, sweat suit"),
        ("sleep_h", "17", "from 0 to 16 (h)"),
        ("sleep_h", "nan", "from 0 to 16 (h)"),
        ("soreness", "-1", "from 0 to 10 (of 10)"),
        ("also_cramps", "bike, none", "write none alone"),
        ("also_cramps", "bike, moon", "one of: bike, stairs"),
        ("diet", "x" * 501, "at most 500 characters"),
    ],
)
def test_what_cannot_be_meant_names_what_can(key: str, text: str, hint: str) -> None:
    with pytest.raises(WrongInput) as refused:
        read_answer(QUESTIONS[key], text)
    assert hint in refused.value.hint


def test_a_question_of_the_other_kind_is_not_found() -> None:
    assert find_question("sleep-h", "run").key == "sleep_h"
    with pytest.raises(WrongInput, match="not a question about a run"):
        find_question("diet", "run")


def test_chance_picks_a_tenth_of_the_runs_and_always_the_same() -> None:
    ids = [sha256(str(number).encode()).hexdigest() for number in range(2000)]
    picked = [run_id for run_id in ids if in_control_tenth(run_id)]
    assert 160 <= len(picked) <= 240
    assert in_control_tenth("0000000a" + "f" * 56)
    assert not in_control_tenth("0000000b" + "f" * 56)
