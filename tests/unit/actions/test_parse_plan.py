"""A planned run as it is typed: which words are understood, what they mean, and what is said of others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.actions.risk import parse_plan
from pipeline.actions.risk.parse_plan import PlanText
from pipeline.actions.risk.resolve_plan import resolve_plan
from pipeline.errors import NotFound, WrongInput
from pipeline.units import METRIC, Units

SUNDAY = datetime(2026, 11, 22, 13, 0)
FAHRENHEIT = Units("miles", "F")
VIENNA, ADELAIDE = "48.2,16.4", "-34.8,138.6"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("18:00", "2026-11-22 18:00"),
        ("9:00", "2026-11-23 09:00"),
        ("today 18:00", "2026-11-22 18:00"),
        ("tomorrow 18:00", "2026-11-23 18:00"),
        ("Tomorrow at 6:05", "2026-11-23 06:05"),
        ("saturday 9:00", "2026-11-28 09:00"),
        ("sat 9:00", "2026-11-28 09:00"),
        ("sunday 18:00", "2026-11-22 18:00"),
        ("sunday 9:00", "2026-11-29 09:00"),
        ("2026-11-28 07:30", "2026-11-28 07:30"),
        ("2026-11-28T07:30", "2026-11-28 07:30"),
    ],
)
def test_a_start_is_the_next_moment_that_the_words_fit(words: str, meant: str) -> None:
    assert f"{parse_plan.start_local(words, SUNDAY):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    "words", ["soon", "tomorrow", "25:00", "18:60", "someday 9:00", "2026-02-30 9:00", "9:00 tomorrow"]
)
def test_a_start_that_cannot_be_meant_is_refused_with_the_forms_that_work(words: str) -> None:
    with pytest.raises(WrongInput) as refused:
        parse_plan.start_local(words, SUNDAY)
    assert "tomorrow 18:00" in refused.value.hint


@pytest.mark.parametrize("words", ["today 9:00", "2026-11-21 18:00"])
def test_a_start_that_is_past_is_no_plan(words: str) -> None:
    with pytest.raises(WrongInput, match="is in the past: the local time of the place is 2026-11-22 13:00"):
        parse_plan.start_local(words, SUNDAY)


@pytest.mark.parametrize(
    ("words", "units", "temp_c"),
    [("24", METRIC, 24.0), ("-5", METRIC, -5.0), ("50", METRIC, 50.0), ("77", FAHRENHEIT, 25.0), ("77F", METRIC, 25.0),
     ("25 °C", FAHRENHEIT, 25.0)],
)  # fmt: skip
def test_a_temperature_is_in_the_runners_unit_unless_it_names_one(words: str, units: Units, temp_c: float) -> None:
    assert parse_plan.air_temp_c(words, units) == pytest.approx(temp_c)


@pytest.mark.parametrize(
    ("words", "units", "expected"),
    [
        ("240", METRIC, "expected -20 to 50 C"),
        ("warm", METRIC, "expected -20 to 50 C"),
        ("240", FAHRENHEIT, "expected -4 to 122 F"),
        ("60C", FAHRENHEIT, "expected -20 to 50 C"),
    ],
)
def test_a_temperature_nobody_runs_in_is_refused_in_the_unit_it_was_given_in(
    words: str, units: Units, expected: str
) -> None:
    with pytest.raises(WrongInput) as refused:
        parse_plan.air_temp_c(words, units)
    assert refused.value.hint == expected


def test_a_pace_is_percent_faster_than_usual() -> None:
    assert [parse_plan.pace_faster_pct(words) for words in ("5%", "5", "+5 %", "-10%")] == [5.0, 5.0, 5.0, -10.0]
    for words in ("5:00", "30%", "-40"):
        with pytest.raises(WrongInput):
            parse_plan.pace_faster_pct(words)


def test_of_a_place_only_its_cell_is_kept() -> None:
    assert parse_plan.place_cell("48.21234, 16.38765") == VIENNA
    assert parse_plan.place_cell("Home") is None
    for words in ("Vienna", "91,16", "48.2", "48.2,200"):
        with pytest.raises(WrongInput):
            parse_plan.place_cell(words)


@pytest.mark.parametrize("time", ["0:00", "0:04", "24:01", "soon"])
def test_a_duration_nobody_plans_is_refused(time: str) -> None:
    with pytest.raises(WrongInput):
        parse_plan.planned_s(time)


def test_a_wall_time_that_spring_leaps_over_is_taken_an_hour_on() -> None:
    the_day_before = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    plan = resolve_plan(PlanText("1:00", at="2027-03-28 02:30"), METRIC, VIENNA, None, the_day_before)
    assert (f"{plan.start_local:%H:%M}", plan.moved_clock) == ("03:30", True)
    assert plan.start_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_of_a_wall_time_that_comes_twice_in_autumn_the_first_is_meant() -> None:
    the_day_before = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    plan = resolve_plan(PlanText("1:00", at="tomorrow 02:30"), METRIC, VIENNA, None, the_day_before)
    assert (plan.start_at, plan.moved_clock) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), False)


def test_a_start_is_on_the_clock_of_the_place_half_hours_and_summer_time_too() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # 22:30 in Adelaide
    plan = resolve_plan(PlanText("1:00", at="18:00", place=ADELAIDE), METRIC, VIENNA, None, now)
    assert f"{plan.start_local:%Y-%m-%d %H:%M}" == "2026-11-23 18:00"
    assert plan.start_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert (plan.cell, plan.at_home) == (ADELAIDE, False)


def test_without_a_place_the_plan_is_where_one_usually_runs_on_the_home_zones_clock() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert resolve_plan(PlanText("1:00", at="18:00"), METRIC, VIENNA, None, now).cell == VIENNA
    nowhere = resolve_plan(PlanText("1:00", at="18:00"), METRIC, None, "America/New_York", now)
    assert (nowhere.cell, nowhere.start_at) == (None, datetime(2026, 11, 22, 23, 0, tzinfo=UTC))


def test_a_home_that_nobody_knows_and_a_place_without_a_time_are_refused() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    with pytest.raises(NotFound, match="none of your runs has a place"):
        resolve_plan(PlanText("1:00", at="18:00", place="home"), METRIC, None, None, now)
    with pytest.raises(WrongInput, match="--place needs a start"):
        resolve_plan(PlanText("1:00", place="home"), METRIC, VIENNA, None, now)


def test_alternative_starts_are_those_of_the_plans_day_that_are_still_ahead() -> None:
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # 13:00 in Vienna
    today = resolve_plan(PlanText("1:00", at="today 18:00"), METRIC, VIENNA, None, now)
    assert [start.hour for start in today.alternative_starts(now)] == [14, 16, 20]
    tomorrow = resolve_plan(PlanText("1:00", at="tomorrow 18:30"), METRIC, VIENNA, None, now)
    assert [start.hour for start in tomorrow.alternative_starts(now)] == [6, 8, 10, 12, 14, 16, 18, 20]
