"""The baselines against their formulas written out, and against sampling."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import polygamma

from models.fit.design import plan_rows
from models.scoring.baselines import LevelTimesShape, PlannedLogistic, RunnerRate, baselines
from tests.model.runners import clean_runs, hazard_rows, no_rows, varied_plans

TWO_PLANS = pl.concat([plan_rows(4 * 3600.0, run_id="z", race=True), plan_rows(3600.0, run_id="a")])


def test_own_rate_counts_hours_whatever_the_run() -> None:
    rows = hazard_rows(pl.concat([plan_rows(3600.0, run_id=f"r{k}") for k in range(50)]), {"r7": 11})
    # 50 h and one onset: a = 1.5, b = 100; (100 / 104)^1.5 and (100 / 101)^1.5 stay clean
    assert RunnerRate().fit(rows).predict_runs(TWO_PLANS) == pytest.approx([0.057134, 0.014815], abs=1e-6)


def test_planned_duration_learns_that_long_runs_cramp() -> None:
    plans = pl.concat([plan_rows(3600.0 * (1 + 2 * (k % 2)), run_id=f"r{k}") for k in range(40)])
    rows = hazard_rows(plans, dict.fromkeys([f"r{k}" for k in range(1, 40, 4)], 5))
    long, short = PlannedLogistic().fit(rows).predict_runs(TWO_PLANS)
    assert long > 0.4
    assert short < 0.2


def test_planned_duration_without_a_cramp_is_a_smoothed_share() -> None:
    assert PlannedLogistic().fit(clean_runs(24)).predict_runs(TWO_PLANS).tolist() == [0.02, 0.02]


def test_level_times_shape_is_the_gamma_mixture_it_says() -> None:
    model = LevelTimesShape().fit(no_rows())
    assert polygamma(1, model.shape) == pytest.approx(1.3**2 + 1.6**2)
    level = np.random.default_rng(0).gamma(model.shape, 1 / model.rate, 400_000)
    assert np.log(level).mean() == pytest.approx(0.0, abs=0.02)
    minutes = np.arange(2.5, 60.0, 5.0)
    exposure = 5.0 * np.exp(-11.2 + 2.2 * np.log(minutes / 60)).sum()  # an hour at the reference
    assert model.predict_runs(TWO_PLANS)[1] == pytest.approx(-np.expm1(-level * exposure).mean(), rel=0.02)


def test_own_clean_runs_lower_the_level_and_own_cramps_raise_it() -> None:
    before, clean, cramped = (
        LevelTimesShape().fit(rows).predict_runs(TWO_PLANS)
        for rows in (no_rows(), clean_runs(200), hazard_rows(plan_rows(3600.0, run_id="r"), {"r": 6}))
    )
    assert (clean < before).all()
    assert (before < cramped).all()


def test_each_baseline_gives_one_probability_a_run_in_the_plans_order() -> None:
    rows = hazard_rows(varied_plans(40, np.random.default_rng(1)), {"r039": 30})
    for model in baselines():
        said = model.fit(rows).predict_runs(TWO_PLANS)
        assert said.shape == (2,)
        assert 0 < said[1] < said[0] < 1
