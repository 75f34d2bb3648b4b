"""How fast the service is asked: at most 500 weights in any minute, 4,500 in any hour, 9,000 in any day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.weather.service.rate_limit import Call, free_at

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)


def ago(seconds: float, weight: float) -> Call:
    return Call(NOW - timedelta(seconds=seconds), weight)


@pytest.mark.parametrize(
    ("calls", "weight", "wait_s"),
    [
        ([], 150.0, 0),
        ([ago(10, 350.0)], 150.0, 0),
        ([ago(10, 350.0)], 150.1, 50),
        ([ago(50, 150.0), ago(30, 150.0), ago(10, 150.0)], 150.0, 10),
        ([ago(61, 400.0)], 150.0, 0),
        ([ago(120 + 60 * number, 450.0) for number in range(10)], 1.0, 3600 - 660),
        ([ago(4000, 4450.0), ago(8000, 4500.0)], 51.0, 86_400 - 8000),
    ],
)
def test_a_request_waits_until_enough_calls_lie_far_enough_back(
    calls: list[Call], weight: float, wait_s: float
) -> None:
    assert free_at(calls, weight, NOW) == NOW + timedelta(seconds=wait_s)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1.0, 150.0), min_size=1, max_size=80))
def test_asking_as_soon_as_allowed_never_passes_a_limit(weights: list[float]) -> None:
    calls: list[Call] = []
    at = NOW
    for weight in weights:
        at = free_at(calls, weight, at)
        calls.append(Call(at, weight))
    for within, most in ((60, 500.0), (3600, 4500.0), (86_400, 9000.0)):
        for last in calls:
            first = last.called_at - timedelta(seconds=within)
            assert sum(call.weight for call in calls if first < call.called_at <= last.called_at) <= most + 1e-6
