"""The plan of what to ask: every needed day is in it, nothing costs more than asking run by run, near cells share."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.weather.cells import cell_centre, cell_of, distance_km
from pipeline.weather.service.plan import CellNeed, plan_requests, windows
from pipeline.weather.service.request import CellDays, Request

FIRST = date(2024, 1, 1)
CELLS = [cell_of(48.0 + north / 10, 16.0 + east / 10) for north in range(4) for east in range(4)] + ["-34.8,138.6"]
HEIGHTS_M = [None, 200.0, 450.0, 600.0]

days = st.sets(st.integers(0, 400), min_size=1, max_size=40).map(
    lambda numbers: tuple(FIRST + timedelta(days=number) for number in sorted(numbers))
)
needs = st.lists(
    st.builds(CellNeed, st.sampled_from(CELLS), st.sampled_from(HEIGHTS_M), days),
    max_size=17,
    unique_by=lambda need: need.cell,
)


def weight_of(requests: tuple[Request, ...]) -> float:
    return sum(request.weight for request in requests)


def on(*numbers: int) -> tuple[date, ...]:
    return tuple(FIRST + timedelta(days=number) for number in numbers)


def answers(asked: CellDays, need: CellNeed) -> bool:
    """Whether the hours of that place may be taken for the cell's: itself, or near and as high."""
    if asked.cell == need.cell:
        return True
    if asked.elevation_m is None or need.elevation_m is None or abs(asked.elevation_m - need.elevation_m) >= 300:
        return False
    return distance_km(*cell_centre(asked.cell), *cell_centre(need.cell)) <= 15.0


@settings(max_examples=20, deadline=None)
@given(needs)
def test_every_needed_day_is_asked_of_the_cell_or_of_a_near_one_as_high(wanted: list[CellNeed]) -> None:
    asked = [one for request in plan_requests("archive", wanted).requests for one in request.cells]
    for need in wanted:
        for day in need.days:
            assert any(one.first <= day <= one.last and answers(one, need) for one in asked)


@settings(max_examples=20, deadline=None)
@given(needs)
def test_no_plan_costs_more_than_a_call_a_run_or_asks_over_50_places_at_once(wanted: list[CellNeed]) -> None:
    plan = plan_requests("archive", wanted)
    assert weight_of(plan.requests) <= sum(len(need.days) for need in wanted)
    assert all(1 <= len(request.cells) <= 50 and request.weight <= 150.0 for request in plan.requests)


@settings(max_examples=10, deadline=None)
@given(needs, st.randoms())
def test_the_same_needs_give_the_same_plan_in_whatever_order(wanted: list[CellNeed], shuffler: object) -> None:
    shuffled = list(wanted)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    assert plan_requests("archive", shuffled) == plan_requests("archive", wanted)


@settings(max_examples=20, deadline=None)
@given(needs)
def test_every_cell_with_a_need_is_served_by_one_place_that_is_asked(wanted: list[CellNeed]) -> None:
    plan = plan_requests("forecast", wanted)
    assert sorted(cell for cells in plan.served.values() for cell in cells) == sorted(need.cell for need in wanted)
    assert {one.cell for request in plan.requests for one in request.cells} == set(plan.served)


@cache
def least_weight(numbers: tuple[int, ...]) -> float:
    """The slow reference: the least of all ways to cut the days into windows, as the service counts them."""
    if not numbers:
        return 0.0
    return min(
        max(1.0, 0.9 * (numbers[end] - numbers[0] + 1) / 14.0) + least_weight(numbers[end + 1 :])
        for end in range(len(numbers))
    )


@settings(max_examples=80, deadline=None)
@given(st.sets(st.integers(0, 120), max_size=12))
def test_windows_have_the_least_weight_there_is(numbers: set[int]) -> None:
    wanted = on(*sorted(numbers))
    found = sum(max(1.0, 0.9 * ((last - first).days + 1) / 14.0) for first, last in windows(wanted))
    assert found == pytest.approx(least_weight(tuple(sorted(numbers))))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((), []),
        ((3,), [(3, 3)]),
        ((0, 14), [(0, 14)]),  # 15 days of nine variables count as one call still
        ((0, 30), [(0, 30)]),  # 1.99 calls
        ((0, 31), [(0, 0), (31, 31)]),
        (tuple(range(0, 400)), [(0, 399)]),  # a runner of every day: one window, not thirty
        ((*range(0, 40), *range(60, 100)), [(0, 39), (60, 99)]),
    ],
)
def test_near_days_share_a_window_and_far_ones_do_not(wanted: tuple[int, ...], found: list[tuple[int, int]]) -> None:
    assert windows(on(*wanted)) == [(*on(first), *on(last)) for first, last in found]


def test_a_home_at_a_cells_corner_costs_what_a_home_in_one_cell_does() -> None:
    corner = ("48.2,16.4", "48.2,16.5", "48.3,16.4", "48.3,16.5")
    four = [CellNeed(cell, 200.0, on(*range(at, 1000, 4))) for at, cell in enumerate(corner)]
    one = [CellNeed("48.2,16.4", 200.0, on(*range(1000)))]
    assert weight_of(plan_requests("archive", four).requests) == weight_of(plan_requests("archive", one).requests)


@pytest.mark.parametrize(
    ("other", "height_m", "places"),
    [
        ("47.1,11.4", 899.0, 1),
        ("47.1,11.4", 900.0, 2),
        ("47.1,11.4", None, 2),
        ("47.2,11.4", 600.0, 2),  # 22 km to the north
        ("47.0,11.5", 600.0, 1),  # over the edge of a degree
    ],
)
def test_a_valley_does_not_answer_for_the_ridge_above_it(other: str, height_m: float | None, places: int) -> None:
    valley = CellNeed("47.0,11.4", 600.0, on(1, 2))
    plan = plan_requests("archive", [valley, CellNeed(other, height_m, on(1))])
    assert len(plan.served) == places


def test_neighbours_over_the_antimeridian_share_a_place() -> None:
    plan = plan_requests("archive", [CellNeed("-17.8,179.9", 10.0, on(1, 2)), CellNeed("-17.8,-180.0", 10.0, on(3))])
    assert plan.served == {"-17.8,179.9": ("-17.8,179.9", "-17.8,-180.0")}


def test_ten_years_of_every_day_are_asked_in_requests_the_service_takes() -> None:
    plan = plan_requests("archive", [CellNeed("48.2,16.4", 200.0, on(*range(3652)))])
    assert all(request.weight <= 150.0 for request in plan.requests)
    assert sum((one.last - one.first).days + 1 for request in plan.requests for one in request.cells) == 3652


def test_places_of_unknown_height_do_not_keep_the_others_from_theirs() -> None:
    plan = plan_requests("archive", [CellNeed("48.2,16.4", None, on(1)), CellNeed("47.0,11.4", 600.0, on(1))])
    assert [[one.elevation_m for one in request.cells] for request in plan.requests] == [[600.0], [None]]
