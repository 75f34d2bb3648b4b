"""The report's sentences: each follows docs/method.md#wording-of-a-report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.report.numbers import wording
from pipeline.report.numbers.counts import count_basis
from pipeline.report.numbers.facts import PlanRisk, Risk
from pipeline.report.numbers.of_100 import ShownRisk, runs_of_100, show_risk
from pipeline.report.numbers.summary import RiskReport, Short, summarise
from pipeline.report.page import render_page
from pipeline.report.text import findings, forecast_record, sentences
from pipeline.units import METRIC, Units, plural
from tests.support.report_examples import EXAMPLES

IMPERIAL = Units("miles", "F")


def shown(mean: float, low: float, high: float, form: str = "number") -> ShownRisk:
    plan = PlanRisk(10800.0, 24.0, 0.0, 9.0, False, Risk(mean, low, high), form, False)  # type: ignore[arg-type]
    return show_risk(plan)


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
    assert runs_of_100(probability) == of_100


@pytest.mark.parametrize(
    ("count", "phrase", "cell"),
    [(0, "fewer than 1 of 100", "<1"), (22, "22 of 100", "22"), (96, "more than 95 of 100", ">95")],
)
def test_nothing_finer_than_1_or_95_of_100_is_shown(count: int, phrase: str, cell: str) -> None:
    assert wording.of_100(count) == phrase
    assert wording.brief(count) == cell


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
    assert wording.pill(shown(mean, mean / 2, min(2 * mean, 0.9))) == pill


def test_a_range_is_shown_in_words_and_numbers_without_a_single_number() -> None:
    wide = shown(0.22, 0.06, 0.50, "range")
    assert wide.of_100 is None
    assert wording.big(wide) == "6 to 50"
    assert wording.heat_cell(wide) == "6–50"
    assert wording.pill(wide) == "from some to very high"


def test_the_plausible_range_has_one_wording() -> None:
    assert wording.plausible(shown(0.22, 0.12, 0.35)) == "plausible: 12 to 35"
    assert wording.plausible(shown(0.02, 0.004, 0.04)) == "plausible: fewer than 1 to 4"
    assert wording.plausible(shown(0.004, 0.001, 0.008)) == "plausible: fewer than 1"


def test_a_declined_plan_fills_no_sign_and_says_no_number() -> None:
    declined = shown(0.22, 0.12, 0.35, "nothing")
    assert (declined.filled, declined.could_be) == (0, 0)
    assert wording.cell(declined) == wording.heat_cell(declined) == "–"


def test_fewer_than_one_is_never_drawn_as_none() -> None:
    assert (shown(0.004, 0.001, 0.008).filled, shown(0.004, 0.001, 0.008).could_be) == (0, 1)


def test_signs_show_the_estimate_and_the_upper_end() -> None:
    assert (shown(0.22, 0.12, 0.35).filled, shown(0.22, 0.12, 0.35).could_be) == (22, 13)
    assert (shown(0.22, 0.12, 0.35, "range").filled, shown(0.22, 0.12, 0.35, "range").could_be) == (12, 23)


def test_in_short_names_the_runs_the_numbers_and_the_one_change() -> None:
    assert sentences.in_short(short_of("many_cramps"), METRIC) == (
        "For a run of **3 h at 24 °C**: about **16 of 100** runs like it would bring you a cramp.",
        "For the same run, but **2 h long**: about **6 of 100**.",
    )
    assert sentences.in_short(short_of("range_only"), METRIC)[0] == (
        "For a run of **3 h at 18 °C**: anywhere from **7 to 64 of 100** runs like it would bring you a cramp."
    )


def test_a_plan_beyond_the_own_runs_says_in_which_way() -> None:
    short = short_of("beyond")
    assert sentences.beyond(short.plan) == "longer than any of your runs: a rough guess"
    assert short.compared is not None
    assert sentences.beyond(short.compared) == "too far from any of your runs for a number"
    assert len(sentences.in_short(short, METRIC)) == 1


def test_the_basis_counts_runs_cramps_and_answers() -> None:
    assert sentences.basis(report_of("many_cramps").basis) == (
        "Based on 64 runs between 3 March and 10 November 2026, with 9 cramps in 8 of them. "
        "You answered “cramp or no cramp?” for 60 of the runs."
    )
    assert sentences.basis(report_of("no_runs").basis) == "You have no runs here yet."


def test_missing_answers_are_counted_not_passed_over() -> None:
    answers = report_of("not_enough").answers
    assert sentences.missing_headline(answers) == "15 more answers to your personal number"
    assert sentences.missing(answers) == "You have 7 of 22 answered runs. 15 to go."


def test_without_other_runners_the_number_is_said_to_rest_on_studies() -> None:
    assert "published studies" in sentences.sureness(short_of("few_cramps"), report_of("few_cramps").basis)[0]
    assert (
        "2,310 runs of 38 other runners"
        in sentences.sureness(short_of("many_cramps"), report_of("many_cramps").basis)[0]
    )


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
        "From 5 runs with a cramp on, your morning starts are compared with your other runs; so far you have 2.",
    )


def test_forecasts_that_went_wrong_say_so() -> None:
    report = report_of("claimed")
    assert (
        forecast_record.back_headline(report.looking_back, report.track_record) == "Our forecasts have been off so far"
    )
    assert forecast_record.back_headline(report.looking_back, None) == "Looking back: 9 cramps predicted, 8 happened"
    assert forecast_record.back_headline(None, None) == "Looking back: too early to say"


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
            "Heat: only the temperature of your runs is known, not the full weather",
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
    assert [line for line in sentences.asides(basis) if "weather" in line] == ([aside] if aside else [])
    assert findings.no_heat_headline(basis) == headline


@pytest.mark.parametrize(
    ("providers", "sentence"),
    [
        ((), ""),
        (("open-meteo",), ""),
        (("open-meteo", "simulated"), "Weather: simulated."),
        (
            ("open-meteo", "strava export", "watch"),
            "Where there is no hourly weather, the temperature is the one from your watch or your Strava export. "
            "It does not include the sun, so the model learns nothing about heat from it.",
        ),
        (
            ("apple health", "my station"),
            "Weather: my station. Where there is no hourly weather, the temperature is the one from Apple Health. "
            "It does not include the sun, so the model learns nothing about heat from it.",
        ),
    ],
)
def test_the_page_says_where_temperatures_came_from(providers: tuple[str, ...], sentence: str) -> None:
    facts = EXAMPLES["claimed"]()
    facts = replace(facts, provenance=replace(facts.provenance, weather_providers=providers))
    assert sentences.weather_source(summarise(facts)) == sentence


def test_weather_that_may_still_be_corrected_is_said_to_be_provisional() -> None:
    facts = EXAMPLES["claimed"]()
    facts = replace(facts, provenance=replace(facts.provenance, provisional_runs=3))
    sentence = "The weather of 3 runs is provisional: its source may still correct it."
    assert sentences.weather_source(summarise(facts)) == sentence
    assert sentence in render_page(summarise(facts))


@pytest.mark.parametrize(
    ("first", "last", "phrase"),
    [
        (date(2026, 3, 3), date(2026, 11, 21), "between 3 March and 21 November 2026"),
        (date(2025, 12, 30), date(2026, 1, 2), "between 30 December 2025 and 2 January 2026"),
        (date(2026, 3, 3), date(2026, 3, 3), "on 3 March 2026"),
    ],
)
def test_dates_are_written_out(first: date, last: date, phrase: str) -> None:
    assert wording.days_between(first, last) == phrase


def test_small_words() -> None:
    assert wording.temp(-3.4, METRIC) == "−3 °C"
    assert wording.temp(-30.0, IMPERIAL) == "−22 °F"
    assert [wording.degrees(t, IMPERIAL) for t in (24.0, None)] == ["75°", "–"]
    assert [wording.distance(m, METRIC) for m in (25100.0, None)] == ["25", "–"]
    assert wording.distance(25100.0, IMPERIAL) == "16"
    assert wording.clock(18.5) == "18:30"
    assert [wording.hours_brief(s) for s in (1800, 3600, 5400, 8400)] == ["½", "1", "1½", "2:20"]
    assert wording.pace(-4.0) == "4 % slower than your usual"
    assert plural(1, "cramp") == "1 cramp"
    assert plural(1204, "run") == "1,204 runs"
