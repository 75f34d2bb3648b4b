"""The colours for heat: shown from yellow on, about heat illness only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.report.numbers.heat_flags import count_flags, heat_flag
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from pipeline.report.text.findings import heat_by_itself, heat_headline
from pipeline.units import METRIC, Units
from tests.support.report_examples import many_cramps

COLOURS = ("yellow", "red", "black")


@pytest.mark.parametrize(
    ("wbgt_c", "colour"),
    [(18.0, "yellow"), (22.9, "yellow"), (23.0, "red"), (27.9, "red"), (28.0, "black"), (40.0, "black")],
)
def test_a_colour_begins_at_its_limit(wbgt_c: float, colour: str) -> None:
    flag = heat_flag(wbgt_c)
    assert flag is not None
    assert flag.colour == colour


@pytest.mark.parametrize("wbgt_c", [-5.0, 9.0, 17.9, None])
def test_no_colour_ever_gives_permission_to_run(wbgt_c: float | None) -> None:
    assert heat_flag(wbgt_c) is None


def test_runs_are_counted_under_each_colour() -> None:
    counted = [(flag.colour, runs) for flag, runs in count_flags([12.0, 19.0, 19.5, 29.0, None])]
    assert counted == [("yellow", 2), ("black", 1)]


def test_the_report_counts_warm_runs_by_colour_and_says_that_it_is_not_about_cramps() -> None:
    facts = many_cramps()
    hot = replace(facts, runs=tuple(replace(run, wbgt_c=24.0) for run in facts.runs[:3]) + facts.runs[3:])
    report = summarise(hot)
    assert report.heat is not None
    sentence = heat_by_itself(report.heat, METRIC)
    assert "3 runs under red (WBGT 23 °C or more: " in sentence
    assert sentence.endswith("The colours are about heat illness, not about cramps.")
    assert sentence in render_page(report)
    assert "3 runs under red (WBGT 73 °F or more: " in heat_by_itself(report.heat, Units("miles", "F"))


def test_the_colours_have_no_part_in_the_numbers_nor_in_a_headline() -> None:
    facts = many_cramps()
    hot = replace(facts, runs=tuple(replace(run, wbgt_c=29.0) for run in facts.runs))
    cool, warm = summarise(facts), summarise(hot)
    assert cool.heat is not None
    assert warm.heat is not None
    assert (warm.short, warm.heat.rows) == (cool.short, cool.heat.rows)
    assert not any(colour in heat_headline(warm.heat, warm.patterns) for colour in COLOURS)
    assert heat_by_itself(cool.heat, METRIC) == ""
