"""Laws of the page in the units of its reader: nothing but the units differs, and none of the other system is left."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape

import pytest

from pipeline.actions.risk.plans import grid_temps_c
from pipeline.report.numbers.facts import ReportFacts
from pipeline.report.numbers.summary import summarise
from pipeline.report.page import render_page
from pipeline.units import METRIC, Units, in_temperature_unit
from tests.support.report_examples import EXAMPLES, IMPERIAL, many_cramps

STATES = sorted(set(EXAMPLES) - {"imperial"})
TEMPERATURE = re.compile(r"(−?\d+) ?°[CF]?")
WARM = re.compile(r"(At T or warmer: )\d+(.*?, and )\d+")  # counted from whole degrees of the unit on


@cache
def read_in(state: str, units: Units) -> str:
    return read(replace(EXAMPLES[state](), units=units))


def read(facts: ReportFacts) -> str:
    """What is read on the page, tables and text alternatives with it."""
    body = render_page(summarise(facts)).partition("<body>")[2]
    spoken = re.sub(r'<[^>]*aria-label="([^"]*)"[^>]*>', r" \1 ", body)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", spoken)).split())


def temperatures(said: str) -> list[int]:
    return [int(found.replace("−", "-")) for found in TEMPERATURE.findall(said)]


@pytest.mark.parametrize("state", STATES)
def test_every_celsius_has_its_fahrenheit_at_the_same_place(state: str) -> None:
    temps_c, temps_f = temperatures(read_in(state, METRIC)), temperatures(read_in(state, IMPERIAL))
    assert len(temps_c) == len(temps_f)
    # both are rounded: half a degree C and half a degree F apart at most
    assert [pair for pair in zip(temps_c, temps_f, strict=True) if abs(pair[0] * 9 / 5 + 32 - pair[1]) > 1.4] == []


@pytest.mark.parametrize("state", STATES)
def test_nothing_but_temperatures_distances_and_who_is_warm_differs(state: str) -> None:
    def without_units(units: Units) -> str:
        facts = EXAMPLES[state]()
        cramps = tuple(replace(cramp, distance_m=None) for cramp in facts.cramps)
        said = TEMPERATURE.sub("T", read(replace(facts, cramps=cramps, units=units)))
        said = WARM.sub(r"\1N\2N", said)
        return re.sub(r"°[CF]", "T", said).replace(" miles T ", " km T ")

    assert without_units(METRIC) == without_units(IMPERIAL)


@pytest.mark.parametrize("state", STATES)
def test_no_kilometre_and_no_celsius_is_left_on_an_imperial_page(state: str) -> None:
    assert re.findall(r"\bkm\b|kilomet|°C", read_in(state, IMPERIAL)) == []
    assert re.findall(r"\bmiles?\b|\bmph\b|\bft\b|°F", read_in(state, METRIC)) == []


def test_what_the_runner_wrote_keeps_its_own_units() -> None:
    facts = many_cramps()
    noted = tuple(replace(cramp, note="bad from km 25 on, 30 °C") for cramp in facts.cramps)
    assert "bad from km 25 on, 30 °C" in read(replace(facts, cramps=noted, units=IMPERIAL))


def test_sentences_headings_and_the_list_of_cramps_are_in_the_units_of_the_reader() -> None:
    said = read_in("claimed", IMPERIAL)
    assert "For a run of 3 h at 75 °F : about 16 of 100 runs" in said
    assert "At 69 °F or warmer: 5 of your 8 runs with a cramp" in said
    assert "Day After miles °F Where" in said
    assert "21 October 2026 3 h 31 23 64° calf, right" in said  # 36.7 km, 17.8 °C
    assert "21 October 2026 3 h 31 37 18° calf, right" in read_in("claimed", METRIC)


def test_the_middle_temperature_is_whole_in_the_unit_shown() -> None:
    """A run of 69.9 °F is not 'at 70 °F or warmer'."""
    facts = many_cramps()
    runs = tuple(replace(run, air_temp_c=21.05) for run in facts.runs)  # 69.89 °F
    warm = summarise(replace(facts, runs=runs, units=IMPERIAL)).patterns.warm
    assert warm is not None
    assert in_temperature_unit(warm.threshold, IMPERIAL) == pytest.approx(70)
    assert (warm.cramp_runs_with, warm.control_runs_with) == (0, 0)


@pytest.mark.parametrize(
    ("units", "shown"),
    [
        (METRIC, [4, 8, 12, 16, 20, 24, 28, 32]),
        (IMPERIAL, [40, 50, 60, 70, 80, 90]),
    ],
)
def test_rows_of_the_heat_table_are_round_in_the_unit_shown(units: Units, shown: list[float]) -> None:
    rows = grid_temps_c((8.0, 17.0, 28.0), units)  # 46 and 82 °F
    assert [in_temperature_unit(row, units) for row in rows] == pytest.approx(shown)


def test_the_heat_table_s_heads_are_round_fahrenheit() -> None:
    page = render_page(summarise(EXAMPLES["imperial"]()))
    table = page.partition('<table class="heat">')[2].partition("</table>")[0]
    assert re.findall(r'scope="row">([^<]*)<', table) == ["100°", "90°", "80°", "70°", "60°", "50°", "40°"]
