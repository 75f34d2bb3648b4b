"""Contributions add up to the difference they explain, draw by draw; the longest run ends where the bound is."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.fit.design import EVIDENCE_PRIORS, design_matrix, plan_rows
from models.fit.explain import extend_reference
from models.fit.hazard import CrampHazard
from tests.model.runners import hazard_rows, varied_plans

HOT_RACE = plan_rows(
    4 * 3600.0, longest30_s=7200.0, race=True, wbgt_c=27.0, pace_faster_pct=8.0, descent_m=900.0, start_hour_local=14.0
)
USUAL = plan_rows(
    3600.0, longest30_s=7200.0, wbgt_c=12.0, pace_faster_pct=0.0, descent_m=100.0, load_3d_z=0.4, start_hour_local=7.0
)


@pytest.fixture(scope="module")
def fitted() -> CrampHazard:
    return CrampHazard().fit(
        hazard_rows(varied_plans(80, np.random.default_rng(3)), {"r039": 40, "r050": 7, "r061": 9})
    )


def expected_onsets(fitted: CrampHazard, plan: pl.DataFrame) -> np.ndarray:
    """sum(minutes exp(eta)) of each draw."""
    return np.asarray(
        plan["minutes"].to_numpy() @ np.exp(design_matrix(plan) @ fitted.runner_posterior().coefficients.T)
    )


def test_contributions_of_every_draw_add_up_to_the_difference_of_log_expected_onsets(fitted) -> None:
    told = fitted.explain(HOT_RACE, USUAL)
    difference = np.log(expected_onsets(fitted, HOT_RACE)) - np.log(expected_onsets(fitted, USUAL))
    np.testing.assert_allclose(sum(one.draws for one in told), difference, rtol=1e-7, atol=1e-7)
    assert [one.factor for one in told] == [
        "duration", "longest run lately", "heat", "pace", "race", "time of day", "load", "descent",
    ]  # fmt: skip


def test_where_a_factor_is_the_same_all_along_its_part_is_the_coefficient_times_the_difference(fitted) -> None:
    heat = next(one for one in fitted.explain(HOT_RACE, USUAL) if one.factor == "heat")
    slope = fitted.runner_posterior().coefficients[:, [prior.column for prior in EVIDENCE_PRIORS].index("heat")]
    np.testing.assert_allclose(heat.draws, 1.5 * slope)  # 27 against 12 C: 1.2 - (-.3)
    assert heat.positive == pytest.approx(fitted.probability_positive("heat"))
    assert heat.low < heat.mean < heat.high


def test_a_plan_that_is_only_longer_owes_everything_to_duration(fitted) -> None:
    same = {"longest30_s": 7200.0, "wbgt_c": 20.0, "pace_faster_pct": 3.0, "start_hour_local": 9.0}
    duration, *others = fitted.explain(
        plan_rows(7200.0, descent_m=400.0, **same), plan_rows(3600.0, descent_m=200.0, **same)
    )
    assert duration.low > np.log(2)  # twice the minutes, and later ones weigh more
    for other in others:
        np.testing.assert_allclose(other.draws, 0.0, atol=0.03 if other.factor == "descent" else 1e-12)


def test_a_run_explains_nothing_against_itself(fitted) -> None:
    assert {(one.mean, one.low, one.high) for one in fitted.explain(HOT_RACE, HOT_RACE)} == {(0.0, 0.0, 0.0)}


def test_the_way_back_has_the_opposite_sign_where_only_conditions_differ(fitted) -> None:
    cool = plan_rows(4 * 3600.0, longest30_s=7200.0, wbgt_c=10.0, descent_m=100.0)
    there, back = fitted.explain(HOT_RACE, cool), fitted.explain(cool, HOT_RACE)
    for one, other in zip(there, back, strict=True):
        np.testing.assert_allclose(one.draws, -other.draws, rtol=1e-9, atol=1e-9)


def test_the_references_conditions_are_carried_on_to_the_plans_length() -> None:
    carried = extend_reference(USUAL, plan_rows(7200.0))
    assert carried["wbgt_c"].to_list() == [12.0] * 24
    assert carried["descent_so_far_m"][12] == pytest.approx(100.0)  # 100 m in the first hour, 100 m a further hour
    assert carried["minutes"].sum() == 120.0


def test_unknown_covariates_explain_nothing(fitted) -> None:
    unknown = fitted.explain(plan_rows(3600.0), plan_rows(3600.0, wbgt_c=15.0))
    assert [one.mean for one in unknown] == [0.0] * 8


def test_a_run_without_a_minute_is_refused(fitted) -> None:
    with pytest.raises(ValueError, match="of 0 minutes"):
        fitted.explain(HOT_RACE, USUAL.with_columns(pl.lit(0.0).alias("minutes")))


# --- the longest run


def race_of(duration_s: float) -> pl.DataFrame:
    return plan_rows(duration_s, longest30_s=7200.0, race=True, wbgt_c=25.0)


@pytest.mark.parametrize("risk", [0.02, 0.10, 0.30])
def test_the_longest_run_is_where_the_sure_quantile_meets_the_risk(fitted, risk) -> None:
    longest_s = fitted.longest_under(risk, race_of(6 * 3600.0))
    assert 0 < longest_s < 6 * 3600
    until = race_of(6 * 3600.0).filter(pl.col("moving_start_s") < longest_s)
    last_min = (longest_s - until["moving_start_s"][-1]) / 60
    minutes = np.append(until["minutes"].to_numpy()[:-1], last_min)
    assert fitted.run_risk(until, minutes).quantile(0.9) == pytest.approx(risk, rel=1e-6)


def test_a_surer_or_lower_bound_is_met_sooner(fitted) -> None:
    plan = race_of(6 * 3600.0)
    assert fitted.longest_under(0.05, plan) < fitted.longest_under(0.10, plan)
    assert fitted.longest_under(0.10, plan, sure=0.95) < fitted.longest_under(0.10, plan, sure=0.5)


def test_a_bound_never_met_gives_the_whole_length(fitted) -> None:
    assert fitted.longest_under(0.9, plan_rows(1800.0)) == 1800.0


@pytest.mark.parametrize(("risk", "sure"), [(0.0, 0.9), (1.0, 0.9), (0.1, 1.0)])
def test_a_bound_that_is_no_probability_is_refused(fitted, risk, sure) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        fitted.longest_under(risk, race_of(3600.0), sure=sure)
