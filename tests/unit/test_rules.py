"""The table in docs/method.md#when-it-must-hold-back: one test per row, at the values where the answer changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.scoring.poisson import poisson_ratio_range
from pipeline.rules import (
    ClaimEvidence,
    Evidence,
    MaySay,
    Plan,
    forecasts_are_off,
    may_say,
)

PLAN = Plan(low=0.02, high=0.09, planned_s=7200.0, longest_run_s=9000.0, wbgt_c=18.0, wbgt_range_c=(2.0, 24.0))
HEAT = ClaimEvidence("heat", slope_positive=0.99, crossover_p=0.01, answered_exposed=0.9, answered_unexposed=0.85)
RUNNER = Evidence(
    red_flag=False,
    store_cramps=40,
    store_runners_with_cramp=9,
    answered_runs=60,
    runs_since_first_answer=70,
    answered_since_first_answer=60,
    cramps=8,
    claims=(HEAT,),
    plan=PLAN,
)


def said(**changes) -> MaySay:
    return may_say(replace(RUNNER, **changes))


def said_of_plan(**changes) -> MaySay:
    return said(plan=replace(PLAN, **changes))


def test_everything_at_hand_says_everything() -> None:
    assert said() == MaySay(
        risk="number and range",
        why_none=None,
        only_red_flag=False,
        answers_missing=0,
        hatched=(),
        others_are_published=False,
        cramp_patterns="counts",
        claims=("heat",),
        could_have_missed=False,
        old_model_is_off=False,
    )


def test_a_red_flag_leaves_only_what_to_do() -> None:
    flagged = said(red_flag=True)
    assert (flagged.risk, flagged.why_none, flagged.only_red_flag) == ("none", "red flag", True)
    assert (flagged.cramp_patterns, flagged.claims, flagged.could_have_missed) == ("none", (), False)


@pytest.mark.parametrize(
    ("cramps", "runners", "published"), [(20, 5, False), (19, 5, True), (20, 4, True), (0, 0, True)]
)
def test_a_small_store_knows_others_from_studies_only(cramps, runners, published) -> None:
    assert said(store_cramps=cramps, store_runners_with_cramp=runners).others_are_published is published


@pytest.mark.parametrize(
    ("answered", "runs", "since", "missing"),
    [
        (10, 10, 10, 0),
        (9, 9, 9, 1),
        (0, 0, 0, 10),
        (70, 100, 70, 0),
        (69, 100, 69, 1),
        (30, 100, 30, 40),
        (7, 10, 7, 3),
    ],
)
def test_a_personal_number_needs_ten_answers_and_seven_in_ten(answered, runs, since, missing) -> None:
    found = said(answered_runs=answered, runs_since_first_answer=runs, answered_since_first_answer=since)
    assert found.answers_missing == missing
    assert found.why_none == ("too few answers" if missing else None)
    assert found.risk == ("none" if missing else "number and range")


def test_ten_clean_runs_are_enough_for_a_number() -> None:
    found = said(answered_runs=10, runs_since_first_answer=10, answered_since_first_answer=10, cramps=0)
    assert (found.risk, found.cramp_patterns) == ("number and range", "none")


@pytest.mark.parametrize(("cramps", "form"), [(0, "none"), (1, "facts"), (4, "facts"), (5, "counts"), (30, "counts")])
def test_patterns_need_five_cramps(cramps, form) -> None:
    found = said(cramps=cramps)
    assert found.cramp_patterns == form
    assert found.claims == (("heat",) if cramps >= 5 else ())


@pytest.mark.parametrize(
    ("changes", "claimed"),
    [
        ({"slope_positive": 0.975}, True),
        ({"slope_positive": 0.974}, False),
        ({"crossover_p": 0.025}, True),
        ({"crossover_p": 0.026}, False),
        ({"answered_exposed": 0.9, "answered_unexposed": 0.8}, True),
        ({"answered_exposed": 0.8, "answered_unexposed": 0.9}, True),
        ({"answered_exposed": 0.9, "answered_unexposed": 0.79}, False),
        ({"factor": "pace"}, True),
        ({"factor": "morning"}, False),
        ({"factor": "duration"}, False),
    ],
)
def test_a_claim_needs_slope_crossover_and_like_answers(changes, claimed) -> None:
    claim = replace(HEAT, **changes)
    assert said(claims=(claim,)).claims == ((claim.factor,) if claimed else ())


@pytest.mark.parametrize(
    ("cramps", "claims", "missed"), [(19, (), True), (20, (), False), (8, (HEAT,), False), (0, (), True)]
)
def test_without_a_claim_under_twenty_cramps_it_could_have_been_missed(cramps, claims, missed) -> None:
    assert said(cramps=cramps, claims=claims).could_have_missed is missed


@pytest.mark.parametrize(
    ("low", "high", "form"),
    [
        (0.0, 0.099, "number and range"),
        (0.02, 0.10, "number and range"),
        (0.20, 0.49, "number and range"),
        (0.20, 0.50, "range"),
        (0.0, 0.30, "range"),
        (0.05, 0.90, "range"),
    ],
)
def test_a_wide_range_carries_no_single_number(low, high, form) -> None:
    assert said_of_plan(low=low, high=high).risk == form


@pytest.mark.parametrize(
    ("changes", "why_none", "hatched"),
    [
        ({"planned_s": 9000.0}, None, ()),
        ({"planned_s": 9001.0}, None, ("longer",)),
        ({"planned_s": 13500.0}, None, ("longer",)),
        ({"planned_s": 13501.0}, "too long", ()),
        ({"longest_run_s": None}, "too long", ()),
        ({"wbgt_c": 24.0}, None, ()),
        ({"wbgt_c": 27.0}, None, ("hotter",)),
        ({"wbgt_c": 27.1}, "too hot", ()),
        ({"wbgt_c": -1.0}, None, ("colder",)),
        ({"wbgt_c": -1.1}, "too cold", ()),
        ({"wbgt_c": None}, None, ()),
        ({"wbgt_range_c": None}, None, ()),
        ({"planned_s": 12000.0, "wbgt_c": 26.0}, None, ("longer", "hotter")),
    ],
)
def test_beyond_the_own_runs_it_is_hatched_and_then_declined(changes, why_none, hatched) -> None:
    found = said_of_plan(**changes)
    assert (found.why_none, found.hatched) == (why_none, hatched)
    assert (found.risk == "none") is (why_none is not None)


def test_without_a_plan_there_is_no_number() -> None:
    assert (said(plan=None).risk, said(plan=None).why_none) == ("none", "no plan")


def test_the_exact_poisson_range_is_garwoods() -> None:
    assert poisson_ratio_range(10, 1.0) == pytest.approx((4.795, 18.390), abs=5e-4)
    assert poisson_ratio_range(0, 1.0) == pytest.approx((0.0, 3.689), abs=5e-4)


@pytest.mark.parametrize(
    ("expected", "observed", "off"),
    [
        (19.9, 0, False),
        (20.0, 9, False),  # 4.12 to 17.08: up to .85
        (20.0, 7, True),  # 2.81 to 14.42: up to .72
        (20.0, 37, True),  # 26.05 to 51.0: from 1.30
        (20.0, 35, False),  # 24.4 to 48.7: from 1.22
        (100.0, 100, False),
    ],
)
def test_forecasts_are_off_when_no_fair_ratio_is_left(expected, observed, off) -> None:
    ratio = poisson_ratio_range(observed, expected)
    assert forecasts_are_off(expected, ratio) is off
    assert said(forecasts_expected=expected, forecasts_ratio=ratio).old_model_is_off is off
