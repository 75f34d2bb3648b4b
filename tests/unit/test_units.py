"""Durations and paces read and written as runners do."""

from __future__ import annotations

import pytest

from pipeline.errors import WrongInput
from pipeline.units import format_duration, format_hours, format_pace, parse_duration_s


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


def test_pace_is_minutes_a_kilometre() -> None:
    assert format_pace(1000 / 312) == "5:12 /km"
