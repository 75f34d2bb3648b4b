"""The report's checklist: what is shown for each of the trainer's questions, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.report.numbers.checklist import CheckLine
from pipeline.report.numbers.facts import AnswerCount, ProfileFact, QuestionnaireFacts, ReportFacts
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from tests.support.report_examples import few_cramps, many_cramps, no_cramps, no_runs, red_flag


def line_of(facts: ReportFacts, title: str) -> CheckLine:
    (found,) = [line for line in summarise(facts).checklist if line.title == title]
    return found


def with_answers(questionnaire: QuestionnaireFacts) -> ReportFacts:
    return replace(many_cramps(), questionnaire=questionnaire)


def clothing(controls: int, comparable: bool, cramps: int = 4) -> QuestionnaireFacts:
    """`cramps` runs with a cramp, all in long clothes, and other runs in short ones."""
    return QuestionnaireFacts(
        counts=(
            AnswerCount("clothing", "long", cramps, cramps, 0, controls, comparable),
            AnswerCount("clothing", "short", 0, cramps, controls, controls, comparable),
        )
    )


@pytest.mark.parametrize(
    ("questionnaire", "sentence"),
    [
        (clothing(6, True), "Runs with a cramp: long 4 (of 4). Runs without: short 6 (of 6)."),
        (
            clothing(0, False),
            "Runs with a cramp: long 4 (of 4). No run without a cramp was asked about yet, so this shows nothing.",
        ),
        (
            clothing(1, False),
            "Runs with a cramp: long 4 (of 4). A comparison also needs 5 runs without a cramp that you were asked about; "
            "with 1 so far, this shows nothing.",
        ),
        (
            clothing(3, False),
            "Runs with a cramp: long 4 (of 4). A comparison also needs 5 runs without a cramp that you were asked about; "
            "with 3 so far, this shows nothing.",
        ),
        (clothing(6, False, 0), "Runs without a cramp: short 6 (of 6). No run with a cramp was asked about yet."),
    ],
)
def test_answers_after_cramps_are_shown_with_those_of_other_runs_or_show_nothing(
    questionnaire: QuestionnaireFacts, sentence: str
) -> None:
    assert line_of(with_answers(questionnaire), "Clothing") == CheckLine("Clothing", (sentence,))


def test_numbers_are_shown_by_their_middle_value() -> None:
    counts = (
        AnswerCount("sleep_h", "5", 1, 3, 1, 6, True),
        AnswerCount("sleep_h", "6", 2, 3, 0, 6, True),
        AnswerCount("sleep_h", "8", 0, 3, 5, 6, True),
    )
    sentences = line_of(with_answers(QuestionnaireFacts(counts=counts)), "Sleep and sore legs").sentences
    assert sentences == (
        "Sleep the night before. Runs with a cramp: middle value 6 h (of 3). Runs without: middle value 8 h (of 6).",
    )


def test_what_is_not_recorded_says_how_to_record_it() -> None:
    facts = replace(many_cramps(), runner="Eva K.")
    assert line_of(facts, "Clothing") == CheckLine("Clothing", (), "cramplog ask")
    assert line_of(facts, "Cramps in the family").command == "cramplog runner edit 'Eva K.' --set family_cramps=..."
    assert line_of(facts, "Medication").command == "cramplog runner private 'Eva K.' --add \"medication: NAME\""


def test_of_private_items_only_their_existence_is_shown() -> None:
    facts = with_answers(QuestionnaireFacts(private_kinds=("blood", "condition")))
    assert line_of(facts, "Blood values") == CheckLine("Blood values", ("Recorded. Reports never show what it is.",))
    assert line_of(facts, "Other conditions").sentences == ("Recorded. Reports never show what it is.",)
    assert line_of(facts, "Medication").sentences == ()


def test_answers_about_the_runner_have_their_date() -> None:
    questionnaire = QuestionnaireFacts(
        profile=(
            ProfileFact("also_cramps", "bike, night", date(2026, 3, 1)),
            ProfileFact("strength_per_week", "2", date(2026, 3, 2)),
        )
    )
    assert line_of(with_answers(questionnaire), "Do you also cramp on the bike or in other exercise?").sentences == (
        "Cramps elsewhere: bike, night (answered on 1 March 2026).",
    )
    assert (
        "Strength sessions: 2 a week (answered on 2 March 2026)."
        in line_of(with_answers(questionnaire), "Fitness, and too much too soon").sentences
    )


def test_own_cramps_answer_where_and_on_which_side() -> None:
    assert line_of(many_cramps(), "Which muscle").sentences == ("Of 9 cramps: calf 7, back of the thigh 2.",)
    assert line_of(many_cramps(), "One side or both").sentences == ("Of 9 cramps: left 5, right 4.",)
    assert line_of(no_cramps(), "Which muscle").sentences == ()


def test_heat_and_hour_are_compared_from_five_runs_with_a_cramp_on_and_only_listed_before() -> None:
    (warm,) = line_of(many_cramps(), "Hot or cold").sentences
    assert "of 8 runs with a cramp, and" in warm
    assert warm.endswith("other answered runs. This could be chance.")
    (listed,) = line_of(few_cramps(), "Hot or cold").sentences
    assert listed.startswith("Your 2 runs with a cramp: ")
    assert "other" not in listed
    assert line_of(few_cramps(), "Morning or evening").sentences == (
        "Your 2 runs with a cramp: started at 18:30, 10:30.",
    )


def test_too_long_too_soon_has_its_control_counts_or_none() -> None:
    many, few = (line_of(facts, "Fitness, and too much too soon").sentences for facts in (many_cramps(), few_cramps()))
    assert many[0].startswith("Longer than any run in the 30 days before: 8 of 8 runs with a cramp, and ")
    assert few == ("Longer than any run in the 30 days before: 2 of 2 runs with a cramp.",)


def test_stretching_and_coming_back_are_counted_by_run() -> None:
    facts = many_cramps()
    recurred = ("yes", "yes", "no", "did not go on")
    cramps = tuple(
        replace(cramp, relief="partly", recurred=word, recurred_after_s=540.0 if word == "yes" else None)
        for cramp, word in zip(facts.cramps, recurred, strict=False)
    )
    assert line_of(replace(facts, cramps=cramps), "Does stretching help, and does the cramp come back?").sentences == (
        "Did stopping and stretching help? Your answers: partly 4.",
        "The cramp came back in 2 of 3 runs that you continued, after 9 min (middle value).",
    )


def test_a_red_flag_or_no_run_shows_no_checklist() -> None:
    assert summarise(no_runs()).checklist == ()
    assert "Your checklist" not in render_page(summarise(red_flag()))
    assert "Your checklist" in render_page(summarise(many_cramps()))
