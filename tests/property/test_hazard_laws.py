"""Whatever a plan looks like: risks are probabilities that grow with the run, and contributions add up."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.fit.design import design_matrix, plan_rows
from models.fit.hazard import CrampHazard
from models.fit.posterior import weighted_quantile
from tests.model.runners import clean_runs, hazard_rows, of_runner, varied_plans

RUNNERS = st.sampled_from(["anna", "ben", "somebody new"])


def maybe(low: float, high: float) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(low, high)


PLANS = st.builds(
    plan_rows,
    st.floats(60.0, 8 * 3600.0),
    longest30_s=maybe(0.0, 40_000.0),
    pace_faster_pct=maybe(-120.0, 120.0),
    race=st.booleans(),
    wbgt_c=maybe(-60.0, 999.0),
    descent_m=maybe(0.0, 9_000.0),
    load_3d_z=maybe(-20.0, 20.0),
    start_hour_local=maybe(0.0, 24.0),
)


@cache
def fitted() -> CrampHazard:
    """Two runners: one with three cramps in forty runs, one with twenty clean ones."""
    cramped = hazard_rows(varied_plans(40, np.random.default_rng(3)), {"r005": 4, "r020": 7, "r039": 30})
    return CrampHazard().fit(pl.concat([cramped, of_runner(clean_runs(20), "ben")]))


HILLY = plan_rows(16050.0, pace_faster_pct=7.25, descent_m=3087.0, load_3d_z=3.0, start_hour_local=5.5)


@given(PLANS, RUNNERS)
@example(HILLY, "somebody new")  # draws of unequal weight overtake each other at the edge of the range
@example(plan_rows(16050.0, longest30_s=0.0, race=True, wbgt_c=0.0), "anna")
@settings(max_examples=40, deadline=None)
def test_risk_is_a_probability_that_never_falls_on_the_way(plan, runner) -> None:
    so_far = fitted().risk_so_far(plan, runner=runner)
    assert all(0 <= risk.low <= risk.high <= 1 and 0 <= risk.mean <= 1 for risk in so_far)
    for said in ("mean", "low", "high"):
        assert np.all(np.diff([getattr(risk, said) for risk in so_far]) >= -1e-12)


DRAWS = st.lists(st.tuples(*[st.floats(0.0, 1.0)] * 2, st.floats(0.0, 1.0)), min_size=1, max_size=12)


@given(DRAWS.filter(lambda draws: sum(weight for *_, weight in draws) > 1e-3), st.floats(0, 1), st.floats(0, 1))
def test_a_quantile_never_falls_where_no_draw_falls_nor_for_a_larger_share(draws, q, larger) -> None:
    before, rise, weights = np.array(draws).T
    q, larger = sorted((q, larger))
    here = weighted_quantile(before, weights, q)
    assert before.min() <= here <= before.max()
    assert here <= weighted_quantile(before + rise, weights, q) + 1e-12
    assert here <= weighted_quantile(before, weights, larger) + 1e-12


def test_a_quantile_is_the_mean_of_the_quantile_function_around_it() -> None:
    """Weights 0.5, 0.25, 0.25 are worth 8/3 draws: half the window is 3/16."""
    draws, weights = np.array([30.0, 10.0, 20.0]), np.array([0.25, 0.5, 0.25])
    assert weighted_quantile(draws, weights, 0.5) == pytest.approx(15.0)  # 5/16..11/16: as much at 10 as at 20
    assert weighted_quantile(draws, weights, 0.25) == 10.0
    assert weighted_quantile(draws, weights, 0.75) == pytest.approx(25.0)
    assert weighted_quantile(draws, weights, 1.0) == 30.0


def test_of_equal_draws_a_quantile_lies_between_the_middles() -> None:
    draws, weights = np.array([4.0, 1.0, 3.0, 2.0]), np.ones(4)
    shares = (0.0, 0.125, 0.25, 0.5, 0.6875, 0.875, 1.0)
    assert [weighted_quantile(draws, weights, q) for q in shares] == pytest.approx([1, 1, 1.5, 2.5, 3.25, 4, 4])


@given(PLANS, PLANS, RUNNERS)
@settings(max_examples=40, deadline=None)
def test_contributions_add_up_to_the_difference_between_any_two_runs(plan, reference, runner) -> None:
    model = fitted()
    coefficients = model.runner_posterior(runner).coefficients.T
    here, there = (
        np.log(run["minutes"].to_numpy() @ np.exp(design_matrix(run) @ coefficients)) for run in (plan, reference)
    )
    total = sum(one.draws for one in model.explain(plan, reference, runner=runner))
    np.testing.assert_allclose(total, here - there, atol=1e-3)


@given(PLANS, RUNNERS, st.floats(0.001, 0.9))
@settings(max_examples=40, deadline=None)
def test_the_longest_run_under_a_risk_is_never_over_it(plan, runner, risk) -> None:
    longest_s, whole_s = fitted().longest_under(risk, plan, runner=runner), 60 * plan["minutes"].sum()
    assert 0 < longest_s <= whole_s + 1e-6
    if longest_s < whole_s - 1e-6:
        assert fitted().run_risk(plan, runner=runner).quantile(0.9) >= risk - 1e-9
    else:
        assert fitted().run_risk(plan, runner=runner).quantile(0.9) <= risk + 1e-9
