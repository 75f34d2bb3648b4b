"""The report's record of forecasts kept before the answer: its sums, its words, and what it never mixes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.report.numbers.facts import MadeForecast
from pipeline.report.numbers.forecast_record import KeptRecord, kept_record
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from pipeline.report.text import forecast_record as record_words
from tests.support.report_examples import claimed, few_cramps, made_forecasts, many_cramps, red_flag


def record_of(*forecasts: MadeForecast, off: bool = False) -> KeptRecord:
    found = kept_record(forecasts, off)
    assert found is not None
    return found


def test_the_kinds_are_summed_apart_and_only_what_was_scored() -> None:
    record = record_of(*made_forecasts())
    assert [(one.kind, one.runs, one.expected, one.came) for one in record.kinds] == [
        ("automatic", 70, 22, 8),
        ("asked", 2, 0, 1),
    ]
    assert (record.unanswered, record.ahead, record.expired) == (1, 1, 1)


def test_what_was_said_is_grouped_as_it_was_told() -> None:
    (automatic, asked) = record_of(*made_forecasts()).kinds
    assert [(group.from_of_100, group.runs, group.with_cramp) for group in automatic.groups] == [
        (0, 35, 4),
        (35, 35, 4),
    ]
    assert [(group.from_of_100, group.runs) for group in asked.groups] == [(10, 1), (20, 1)]


def test_rows_say_fewer_than_one_and_never_a_part_of_a_run() -> None:
    rows = [record_words.kind_row(kind) for kind in record_of(*made_forecasts()).kinds]
    assert rows == [
        ("of each new run", "70", "about 22", "8"),
        ("of plans you asked about", "2", "fewer than 1", "1"),
    ]


@pytest.mark.parametrize(("cramps", "enough"), [(19, False), (20, True)])
def test_under_twenty_cramps_the_record_says_that_it_says_little(cramps: int, enough: bool) -> None:
    record = record_of(*(MadeForecast("automatic", "scored", 0.5, n < cramps) for n in range(40)))
    told = " ".join(record_words.record_notes(record))
    assert ("It takes about 20 cramps to say how good forecasts are" not in told) is enough


def test_a_record_that_is_off_says_so_and_asks_for_caution() -> None:
    notes = record_words.record_notes(record_of(*made_forecasts(), off=True))
    assert notes[0].endswith("than chance explains, so take the numbers here with caution.")
    assert notes[1:] == (
        "1 forecast can be counted once you answer the run.",
        "1 plan lies ahead.",
        "Of 1 plan no run was recorded within 6 hours.",
    )


def test_without_any_forecast_the_page_says_when_there_will_be_one() -> None:
    page = render_page(summarise(many_cramps()))
    assert "No forecast was kept before an answer yet." in page
    assert "Forecasts kept before the answer, and what came" not in page


def test_the_page_shows_what_was_made_beside_what_would_have_been_said() -> None:
    page = render_page(summarise(claimed()))
    assert "For each run we looked up what this report would have said before it" in page
    assert '<th scope="row">of each new run</th><td>70</td><td>about 22</td><td>8</td>' in page


def test_a_simulated_record_is_never_shown_as_if_it_were_real() -> None:
    page = render_page(summarise(replace(few_cramps(), forecasts=made_forecasts())))
    assert "These runs are simulated, and so is what came." in page
    assert "simulated, and so" not in render_page(summarise(claimed()))


def test_a_ticked_warning_sign_hides_the_record_too() -> None:
    assert summarise(replace(red_flag(), forecasts=made_forecasts())).kept is None


def test_what_would_have_been_said_is_off_by_itself() -> None:
    facts = many_cramps()
    assert facts.evaluation is not None
    report = summarise(replace(facts, evaluation=replace(facts.evaluation, off=True)))
    assert report.looking_back is not None
    assert record_words.back_headline(report.looking_back, None) == "Had we told you then: our numbers have been off"
    assert "further apart than chance explains" in " ".join(record_words.back_verdict(report.looking_back))
