"""The report's checklist: what is told of each of the trainer's questions, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.report.numbers.checklist import CheckLine
from pipeline.report.numbers.facts import AnswerCount, ProfileFact, ReportFacts, Told
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from tests.support.report_examples import few_cramps, many_cramps, no_cramps, no_runs, red_flag


def line_of(facts: ReportFacts, title: str) -> CheckLine:
    (found,) = [line for line in summarise(facts).checklist if line.title == title]
    return found


def with_told(told: Told) -> ReportFacts:
    return replace(many_cramps(), told=told)


def clothing(controls: int, comparable: bool, cramps: int = 4) -> Told:
    """`cramps` runs with a cramp, all in long clothes, and other runs in short ones."""
    return Told(
        counts=(
            AnswerCount("clothing", "long", cramps, cramps, 0, controls, comparable),
            AnswerCount("clothing", "short", 0, cramps, controls, controls, comparable),
        )
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (clothing(6, True), "After cramps: long 4 (of 4). Other runs asked: short 6 (of 6)."),
        (clothing(0, False), "After cramps: long 4 (of 4). Asked only after cramps so far, which shows nothing."),
        (
            clothing(1, False),
            "After cramps: long 4 (of 4). Of the 5 other runs it takes 1 is asked so far, so this shows nothing yet.",
        ),
        (
            clothing(3, False),
            "After cramps: long 4 (of 4). Of the 5 other runs it takes 3 are asked so far, so this shows nothing yet.",
        ),
        (clothing(6, False, 0), "Runs without a cramp: short 6 (of 6). No run with a cramp was asked about yet."),
    ],
)
def test_answers_after_cramps_stand_beside_those_of_other_runs_or_show_nothing(told: Told, said: str) -> None:
    assert line_of(with_told(told), "Clothing") == CheckLine("Clothing", (said,))


def test_numbers_are_told_by_their_middle() -> None:
    counts = (
        AnswerCount("sleep_h", "5", 1, 3, 1, 6, True),
        AnswerCount("sleep_h", "6", 2, 3, 0, 6, True),
        AnswerCount("sleep_h", "8", 0, 3, 5, 6, True),
    )
    said = line_of(with_told(Told(counts=counts)), "Sleep and sore legs").said
    assert said == (
        "Sleep the night before. After cramps: 6 h in the middle (of 3). Other runs asked: 8 h in the middle (of 6).",
    )


def test_what_nobody_asked_says_how_to_record_it() -> None:
    facts = replace(many_cramps(), runner="Eva K.")
    assert line_of(facts, "Clothing") == CheckLine("Clothing", (), "cramplog ask")
    assert line_of(facts, "Cramps in the family").command == "cramplog runner edit 'Eva K.' --set family_cramps=..."
    assert line_of(facts, "Medication").command == "cramplog runner private 'Eva K.' --add \"medication: NAME\""


def test_of_private_items_no_more_is_told_than_that_there_are_some() -> None:
    facts = with_told(Told(private_kinds=("blood", "condition")))
    assert line_of(facts, "Blood values") == CheckLine("Blood values", ("Recorded, and shown nowhere but to you.",))
    assert line_of(facts, "Other conditions").said == ("Recorded, and shown nowhere but to you.",)
    assert line_of(facts, "Medication").said == ()


def test_what_the_runner_said_of_themselves_carries_its_date() -> None:
    told = Told(
        profile=(
            ProfileFact("also_cramps", "bike, night", date(2026, 3, 1)),
            ProfileFact("strength_per_week", "2", date(2026, 3, 2)),
        )
    )
    assert line_of(with_told(told), "Does the bike or another exercise cramp too?").said == (
        "Cramps elsewhere: bike, night (said on 1 March 2026).",
    )
    assert (
        "Strength sessions: 2 a week (said on 2 March 2026)."
        in line_of(with_told(told), "Fitness, and too much too soon").said
    )


def test_own_cramps_answer_where_and_on_which_side() -> None:
    assert line_of(many_cramps(), "Which muscle").said == ("Of 9 cramps: calf 7, back of the thigh 2.",)
    assert line_of(many_cramps(), "One side or both").said == ("Of 9 cramps: left 5, right 4.",)
    assert line_of(no_cramps(), "Which muscle").said == ()


def test_heat_and_hour_are_compared_from_five_runs_with_a_cramp_on_and_only_listed_before() -> None:
    (warm,) = line_of(many_cramps(), "Hot or cold").said
    assert "of 8 runs with a cramp, and" in warm
    assert warm.endswith("other answered runs. This could be chance.")
    (listed,) = line_of(few_cramps(), "Hot or cold").said
    assert listed.startswith("Your 2 runs with a cramp: ")
    assert "other" not in listed
    assert line_of(few_cramps(), "Morning or evening").said == ("Your 2 runs with a cramp: started at 18:30, 10:30.",)


def test_too_long_too_soon_has_its_control_counts_or_none() -> None:
    many, few = (line_of(facts, "Fitness, and too much too soon").said for facts in (many_cramps(), few_cramps()))
    assert many[0].startswith("Longer than any run of the 30 days before: 8 of 8 runs with a cramp, and ")
    assert few == ("Longer than any run of the 30 days before: 2 of 2 runs with a cramp.",)


def test_stretching_and_coming_back_are_counted_by_run() -> None:
    facts = many_cramps()
    told = ("yes", "yes", "no", "did not go on")
    cramps = tuple(
        replace(cramp, relief="partly", recurred=word, recurred_after_s=540.0 if word == "yes" else None)
        for cramp, word in zip(facts.cramps, told, strict=False)
    )
    assert line_of(replace(facts, cramps=cramps), "Does stretching help, and does it come back?").said == (
        "Stopping and stretching helped: partly 4.",
        "It came back in 2 of 3 runs you went on with, after 9 min (the middle).",
    )


def test_a_red_flag_or_no_run_shows_no_checklist() -> None:
    assert summarise(no_runs()).checklist == ()
    assert "Your checklist" not in render_page(summarise(red_flag()))
    assert "Your checklist" in render_page(summarise(many_cramps()))
