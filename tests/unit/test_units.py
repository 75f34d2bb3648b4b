"""Durations, distances, paces and temperatures as runners read and write them."""

from __future__ import annotations

import pytest

from pipeline.errors import WrongInput
from pipeline.units import (
    METRIC,
    Units,
    celsius,
    format_distance,
    format_duration,
    format_hours,
    format_mark,
    format_pace,
    format_speed,
    format_temperature,
    in_temperature_unit,
    parse_duration_s,
)

IMPERIAL = Units("miles", "F")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2:21:10", 8470),
        ("3:00", 10800),
        ("0:45", 2700),
        ("141m", 8460),
        ("90 min", 5400),
        ("2h", 7200),
        ("2h 21", 8460),
    ],
)
def test_durations_as_runners_write_them(text: str, seconds: float) -> None:
    assert parse_duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "abc", "1:2:3", "1:75:00", "-5m", "12"])
def test_what_is_no_duration_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(WrongInput) as refused:
        parse_duration_s(text)
    assert "2:21:10" in refused.value.hint


def test_durations_are_written_back() -> None:
    assert format_duration(8470.4) == "2:21:10"
    assert [format_hours(s) for s in (2700, 7200, 8460)] == ["45 min", "2 h", "2 h 21"]


def test_pace_is_minutes_a_kilometre_or_a_mile() -> None:
    assert format_pace(1000 / 312, METRIC) == "5:12 /km"
    assert [format_pace(1000 / s, IMPERIAL) for s in (300, 360)] == ["8:03 /mile", "9:39 /mile"]  # pace tables


def test_a_pace_never_says_sixty_seconds() -> None:
    assert format_pace(1000 / 359.7, METRIC) == "6:00 /km"


def test_a_marathon_is_26_2_miles() -> None:
    assert format_distance(42195, METRIC) == "42.2 km"
    assert format_distance(42195, IMPERIAL) == "26.2 miles"
    assert format_distance(21097.5, IMPERIAL, 2) == "13.11 miles"
    assert format_mark(42195, IMPERIAL) == "mile 26.2"
    assert format_mark(25100, METRIC) == "km 25.1"


def test_rides_are_told_by_their_speed() -> None:
    assert format_speed(25 / 3.6, METRIC) == "25.0 km/h"
    assert format_speed(0.44704 * 15, IMPERIAL) == "15.0 mph"  # a mile an hour is 0.44704 m/s by definition


@pytest.mark.parametrize(
    ("temp_c", "said"), [(0, "32 °F"), (100, "212 °F"), (37, "99 °F"), (-40, "-40 °F"), (-17.8, "0 °F"), (24, "75 °F")]
)
def test_temperatures_have_their_known_fahrenheit(temp_c: float, said: str) -> None:
    assert format_temperature(temp_c, IMPERIAL) == said
    assert celsius(in_temperature_unit(temp_c, IMPERIAL), IMPERIAL) == pytest.approx(temp_c)


def test_celsius_is_told_in_whole_degrees_without_a_minus_zero() -> None:
    assert [format_temperature(t, METRIC) for t in (24.4, -3.4, -0.4)] == ["24 °C", "-3 °C", "0 °C"]


def test_distance_and_temperature_are_chosen_apart() -> None:
    british = Units("miles", "C")
    assert format_distance(1609.344, british) == "1.0 miles"
    assert format_temperature(20, british) == "20 °C"
