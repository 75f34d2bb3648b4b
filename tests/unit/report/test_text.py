"""The report's words: each follows docs/method.md#wording-of-a-report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.report.numbers import wording as words
from pipeline.report.numbers.counts import count_basis
from pipeline.report.numbers.facts import PlanRisk, Risk
from pipeline.report.numbers.of_100 import Said, say_risk, whole_of_100
from pipeline.report.numbers.summary import RiskReport, Short, summarise
from pipeline.report.page import render_page
from pipeline.report.text import findings
from pipeline.report.text import forecast_record as record_words
from pipeline.report.text import sentences as text
from pipeline.units import METRIC, Units, plural
from tests.support.report_examples import EXAMPLES

IMPERIAL = Units("miles", "F")


def said(mean: float, low: float, high: float, say: str = "number") -> Said:
    plan = PlanRisk(10800.0, 24.0, 0.0, 9.0, False, Risk(mean, low, high), say, False)  # type: ignore[arg-type]
    return say_risk(plan)


def report_of(example: str) -> RiskReport:
    return summarise(EXAMPLES[example]())


def short_of(example: str) -> Short:
    short = report_of(example).short
    assert short is not None
    return short


@pytest.mark.parametrize(
    ("probability", "of_100"),
    [(0.0, 0), (0.0099, 0), (0.01, 1), (0.014, 1), (0.015, 2), (0.22, 22), (0.95, 95), (0.951, 96), (1.0, 96)],
)
def test_probabilities_become_whole_runs_of_100_with_open_ends(probability: float, of_100: int) -> None:
    assert whole_of_100(probability) == of_100


@pytest.mark.parametrize(
    ("count", "phrase", "cell"),
    [(0, "fewer than 1 of 100", "<1"), (22, "22 of 100", "22"), (96, "more than 95 of 100", ">95")],
)
def test_nothing_finer_than_1_or_95_of_100_is_said(count: int, phrase: str, cell: str) -> None:
    assert words.of_100(count) == phrase
    assert words.brief(count) == cell


@pytest.mark.parametrize(
    ("mean", "pill"),
    [
        (0.004, "low (fewer than 1 of 100)"),
        (0.01, "low (1 to 4 of 100)"),
        (0.044, "low (1 to 4 of 100)"),
        (0.05, "some (5 to 9 of 100)"),
        (0.10, "raised (10 to 19 of 100)"),
        (0.22, "high (20 to 34 of 100)"),
        (0.35, "very high (35 or more of 100)"),
    ],
)
def test_the_pill_puts_the_numbers_next_to_the_word(mean: float, pill: str) -> None:
    assert words.pill(said(mean, mean / 2, min(2 * mean, 0.9))) == pill


def test_a_range_is_told_in_words_and_numbers_without_a_single_number() -> None:
    wide = said(0.22, 0.06, 0.50, "range")
    assert wide.of_100 is None
    assert words.big(wide) == "6 to 50"
    assert words.square(wide) == "6–50"
    assert words.pill(wide) == "from some to very high"


def test_the_plausible_range_is_told_in_the_words_of_the_design() -> None:
    assert words.plausible(said(0.22, 0.12, 0.35)) == "plausible: 12 to 35"
    assert words.plausible(said(0.02, 0.004, 0.04)) == "plausible: fewer than 1 to 4"
    assert words.plausible(said(0.004, 0.001, 0.008)) == "plausible: fewer than 1"


def test_a_declined_plan_fills_no_sign_and_says_no_number() -> None:
    declined = said(0.22, 0.12, 0.35, "nothing")
    assert (declined.filled, declined.could_be) == (0, 0)
    assert words.cell(declined) == words.square(declined) == "–"


def test_fewer_than_one_is_never_drawn_as_none() -> None:
    assert (said(0.004, 0.001, 0.008).filled, said(0.004, 0.001, 0.008).could_be) == (0, 1)


def test_signs_show_the_estimate_and_the_upper_end() -> None:
    assert (said(0.22, 0.12, 0.35).filled, said(0.22, 0.12, 0.35).could_be) == (22, 13)
    assert (said(0.22, 0.12, 0.35, "range").filled, said(0.22, 0.12, 0.35, "range").could_be) == (12, 23)


def test_in_short_names_the_runs_the_numbers_and_the_one_change() -> None:
    assert text.in_short(short_of("many_cramps"), METRIC) == (
        "On a run of **3 h at 24 °C**, about **16 of 100** runs like it would bring you a cramp.",
        "On the same run, but **2 h long**, about **6 of 100**.",
    )
    assert text.in_short(short_of("range_only"), METRIC)[0] == (
        "On a run of **3 h at 18 °C**, somewhere from **7 to 64 of 100** runs like it would bring you a cramp."
    )


def test_a_plan_beyond_the_own_runs_says_in_which_way() -> None:
    short = short_of("beyond")
    assert text.beyond(short.plan) == "longer than any run of yours: a rough guess"
    assert short.compared is not None
    assert text.beyond(short.compared) == "too far from any run of yours for a number"
    assert len(text.in_short(short, METRIC)) == 1


def test_the_basis_counts_runs_cramps_and_answers() -> None:
    assert text.basis(report_of("many_cramps").basis) == (
        "From 64 runs between 3 March and 10 November 2026, 9 cramps in 8 of those runs. "
        "You answered “cramp or no cramp?” for 60 of them."
    )
    assert text.basis(report_of("no_runs").basis) == "There is no run of yours here yet."


def test_missing_answers_are_counted_not_passed_over() -> None:
    answers = report_of("not_enough").answers
    assert text.missing_headline(answers) == "15 more answers to a number of your own"
    assert text.missing(answers) == "7 of 22 answered runs that it takes. 15 to go."


def test_the_number_of_a_lonely_store_is_said_to_rest_on_studies() -> None:
    assert "published studies" in text.sureness(short_of("few_cramps"), report_of("few_cramps").basis)[0]
    assert "2,310 runs of 38 other runners" in text.sureness(short_of("many_cramps"), report_of("many_cramps").basis)[0]


def test_a_claim_comes_only_with_its_permission_and_its_counts() -> None:
    plain, claimed = report_of("many_cramps").patterns, report_of("claimed").patterns
    heat = report_of("many_cramps").heat
    assert heat is not None
    assert findings.heat_headline(heat, plain) == "Time weighs more than heat in your numbers"
    assert findings.heat_headline(heat, claimed) == "Your cramps came more often on warmer runs"
    assert findings.pace_headline(claimed) == "Your cramps came more often on faster runs"
    assert findings.heat_patterns(claimed, METRIC) == (
        "At 21 °C or warmer: 5 of your 8 runs with a cramp, and 24 of your 52 other answered runs. "
        "Going along is not the same as causing.",
    )


def test_counts_without_a_claim_say_that_they_prove_little() -> None:
    (sentence,) = findings.heat_patterns(report_of("many_cramps").patterns, METRIC)
    assert sentence.endswith("or such runs may be your longer ones. There may also be a link we have missed.")


def test_the_time_of_day_is_never_a_finding() -> None:
    assert findings.hour_headline(report_of("claimed").patterns) == "Time of day: no clear link"
    assert findings.hour_headline(report_of("few_cramps").patterns) == "Time of day: too early to tell"


def test_under_five_cramps_no_counts_are_compared() -> None:
    patterns = report_of("few_cramps").patterns
    assert (findings.heat_patterns(patterns, METRIC), findings.pace_notes(patterns)) == ((), ())
    assert findings.hour_notes(patterns) == (
        "Your runs with a cramp are counted for and against from 5 on; so far there are 2.",
    )


def test_forecasts_that_went_wrong_say_so() -> None:
    report = report_of("claimed")
    assert record_words.back_headline(report.looking_back, report.kept) == "Our forecasts have been off so far"
    assert record_words.back_headline(report.looking_back, None) == "Had we told you then: 9 expected, 8 came"
    assert record_words.back_headline(None, None) == "Had we told you then: too early to say"


@pytest.mark.parametrize(
    ("temps", "heats", "aside", "headline"),
    [
        (3, 3, "", "Heat: the weather of 3 of 3 runs is not enough"),
        (2, 2, "The weather is known for 2 of 3 runs.", "Heat: the weather of 2 of 3 runs is not enough"),
        (
            3,
            1,
            "The weather is known for 3 of 3 runs, for 2 of them only as a temperature.",
            "Heat: the weather of 1 of 3 runs is not enough",
        ),
        (
            2,
            0,
            "The weather is known for 2 of 3 runs, for 2 of them only as a temperature.",
            "Heat: only the temperature of your runs is known, not the whole weather",
        ),
        (0, 0, "The weather is known for 0 of 3 runs.", "Heat: no weather for your runs yet"),
    ],
)
def test_a_temperature_alone_is_not_called_the_weather(temps: int, heats: int, aside: str, headline: str) -> None:
    facts = EXAMPLES["claimed"]()
    runs = tuple(
        replace(run, air_temp_c=20.0 if n < temps else None, wbgt_c=17.0 if n < heats else None)
        for n, run in enumerate(facts.runs[:3])
    )
    basis = count_basis(replace(facts, runs=runs, cramps=()))
    assert [line for line in text.asides(basis) if "weather" in line] == ([aside] if aside else [])
    assert findings.no_heat_headline(basis) == headline


@pytest.mark.parametrize(
    ("providers", "said"),
    [
        ((), ""),
        (("open-meteo",), ""),
        (("open-meteo", "simulated"), "Weather: simulated."),
        (
            ("open-meteo", "strava export", "watch"),
            "Where no weather hours are known, the temperature is what your watch or your Strava export said. "
            "That knows nothing of the sun, so the model learns nothing about heat from it.",
        ),
        (
            ("apple health", "my station"),
            "Weather: my station. Where no weather hours are known, the temperature is what Apple Health said. "
            "That knows nothing of the sun, so the model learns nothing about heat from it.",
        ),
    ],
)
def test_the_page_says_where_temperatures_came_from(providers: tuple[str, ...], said: str) -> None:
    facts = EXAMPLES["claimed"]()
    facts = replace(facts, provenance=replace(facts.provenance, weather_providers=providers))
    assert text.weather_source(summarise(facts)) == said


def test_weather_that_may_still_be_corrected_is_said_to_be_provisional() -> None:
    facts = EXAMPLES["claimed"]()
    facts = replace(facts, provenance=replace(facts.provenance, provisional_runs=3))
    said = "The weather of 3 runs is provisional: its source may still correct it."
    assert text.weather_source(summarise(facts)) == said
    assert said in render_page(summarise(facts))


@pytest.mark.parametrize(
    ("first", "last", "phrase"),
    [
        (date(2026, 3, 3), date(2026, 11, 21), "between 3 March and 21 November 2026"),
        (date(2025, 12, 30), date(2026, 1, 2), "between 30 December 2025 and 2 January 2026"),
        (date(2026, 3, 3), date(2026, 3, 3), "on 3 March 2026"),
    ],
)
def test_dates_are_written_out(first: date, last: date, phrase: str) -> None:
    assert words.days_between(first, last) == phrase


def test_small_words() -> None:
    assert words.temp(-3.4, METRIC) == "−3 °C"
    assert words.temp(-30.0, IMPERIAL) == "−22 °F"
    assert [words.degrees(t, IMPERIAL) for t in (24.0, None)] == ["75°", "–"]
    assert [words.way(m, METRIC) for m in (25100.0, None)] == ["25", "–"]
    assert words.way(25100.0, IMPERIAL) == "16"
    assert words.clock(18.5) == "18:30"
    assert [words.hours_brief(s) for s in (1800, 3600, 5400, 8400)] == ["½", "1", "1½", "2:20"]
    assert words.pace(-4.0) == "4 % slower than your usual"
    assert plural(1, "cramp") == "1 cramp"
    assert plural(1204, "run") == "1,204 runs"
