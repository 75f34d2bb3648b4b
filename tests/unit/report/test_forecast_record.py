"""The report's record of forecasts stored before the answer: its sums, its sentences, and what it never mixes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.report.numbers.facts import ForecastFact
from pipeline.report.numbers.forecast_record import TrackRecord, track_record
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from pipeline.report.text import forecast_record
from tests.support.report_examples import claimed, few_cramps, made_forecasts, many_cramps, red_flag


def record_of(*forecasts: ForecastFact, off: bool = False) -> TrackRecord:
    found = track_record(forecasts, off)
    assert found is not None
    return found


def test_the_kinds_are_summed_apart_and_only_what_was_scored() -> None:
    record = record_of(*made_forecasts())
    assert [(kind.kind, kind.runs, kind.expected, kind.observed) for kind in record.kinds] == [
        ("automatic", 70, 22, 8),
        ("asked", 2, 0, 1),
    ]
    assert (record.unanswered, record.ahead, record.expired) == (1, 1, 1)


def test_forecasts_are_grouped_by_their_level() -> None:
    (automatic, asked) = record_of(*made_forecasts()).kinds
    assert [(group.from_of_100, group.runs, group.with_cramp) for group in automatic.groups] == [
        (0, 35, 4),
        (35, 35, 4),
    ]
    assert [(group.from_of_100, group.runs) for group in asked.groups] == [(10, 1), (20, 1)]


def test_rows_say_fewer_than_one_and_never_a_part_of_a_run() -> None:
    rows = [forecast_record.kind_row(kind) for kind in record_of(*made_forecasts()).kinds]
    assert rows == [
        ("for new runs", "70", "about 22", "8"),
        ("for plans you asked about", "2", "fewer than 1", "1"),
    ]


@pytest.mark.parametrize(("cramps", "enough"), [(19, False), (20, True)])
def test_under_twenty_cramps_the_record_says_that_it_says_little(cramps: int, enough: bool) -> None:
    record = record_of(*(ForecastFact("automatic", "scored", 0.5, n < cramps) for n in range(40)))
    notes = " ".join(forecast_record.record_notes(record))
    assert ("It takes about 20 cramps to say how good forecasts are" not in notes) is enough


def test_a_record_that_is_off_says_so_and_asks_for_caution() -> None:
    notes = forecast_record.record_notes(record_of(*made_forecasts(), off=True))
    assert notes[0].endswith("than chance explains, so be cautious with the numbers here.")
    assert notes[1:] == (
        "1 forecast will count once you answer its run.",
        "1 planned run still to come.",
        "For 1 planned run no recording started within 6 hours of the planned start.",
    )


def test_without_any_forecast_the_page_says_when_there_will_be_one() -> None:
    page = render_page(summarise(many_cramps()))
    assert "No forecast was stored before an answer yet." in page
    assert "Forecasts stored before the answer, and what happened" not in page


def test_the_page_shows_stored_forecasts_and_those_of_past_runs() -> None:
    page = render_page(summarise(claimed()))
    assert "For each past run we computed the forecast that this report would have given before it" in page
    assert '<th scope="row">for new runs</th><td>70</td><td>about 22</td><td>8</td>' in page


def test_a_simulated_record_is_never_shown_as_if_it_were_real() -> None:
    page = render_page(summarise(replace(few_cramps(), forecasts=made_forecasts())))
    assert "These runs and their outcomes are simulated." in page
    assert "outcomes are simulated" not in render_page(summarise(claimed()))


def test_a_ticked_warning_sign_hides_the_record_too() -> None:
    assert summarise(replace(red_flag(), forecasts=made_forecasts())).track_record is None


def test_forecasts_of_past_runs_can_be_off_without_the_stored_ones() -> None:
    facts = many_cramps()
    assert facts.evaluation is not None
    report = summarise(replace(facts, evaluation=replace(facts.evaluation, off=True)))
    assert report.looking_back is not None
    assert forecast_record.back_headline(report.looking_back, None) == "Looking back: our numbers have been off"
    assert "larger than chance explains" in " ".join(forecast_record.back_verdict(report.looking_back))
