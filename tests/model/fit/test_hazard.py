"""The hazard against scikit-learn's Poisson regression, brute force, its laws, and hostile rows."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from sklearn.base import clone
from sklearn.linear_model import PoissonRegressor

from models.fit.design import EVIDENCE_PRIORS, Prior, design_matrix, plan_rows
from models.fit.first_answer import FIRST_ANSWERS, REFERENCE_RACES
from models.fit.hazard import CrampHazard
from tests.model.runners import (
    clean_runs,
    drawn_coefficients,
    drawn_onsets,
    hazard_rows,
    no_rows,
    varied_plans,
)

MEANS = np.array([prior.mean for prior in EVIDENCE_PRIORS])
SDS = np.array([prior.sd_alone for prior in EVIDENCE_PRIORS])


@pytest.fixture(scope="module")
def runner() -> pl.DataFrame:
    """80 runs with three cramps."""
    return hazard_rows(varied_plans(80, np.random.default_rng(3)), {"r039": 40, "r050": 7, "r061": 9})


@pytest.fixture(scope="module")
def fitted(runner: pl.DataFrame) -> CrampHazard:
    return CrampHazard().fit(runner)


def marathon(**changed) -> pl.DataFrame:
    """Four hours of racing at WBGT 15 after a longest run of two hours, at the usual pace."""
    plan = {"longest30_s": 7200.0, "race": True, "wbgt_c": 15.0} | changed
    return plan_rows(4 * 3600.0, **plan)


def logit(p: float) -> float:
    return float(np.log(p / (1 - p)))


# --- references


def test_the_mode_is_that_of_scikit_learns_poisson_regression(runner, fitted) -> None:
    X = design_matrix(runner)
    expected = runner["minutes"].to_numpy() * np.exp(X @ MEANS)
    oracle = PoissonRegressor(
        alpha=1 / expected.sum(), fit_intercept=False, tol=1e-12, max_iter=10_000, solver="newton-cholesky"
    )
    oracle.fit(X * SDS, runner["onset"].to_numpy() / expected, sample_weight=expected)
    np.testing.assert_allclose(fitted.runner_posterior().sample.modes[0], oracle.coef_, atol=1e-5)


def test_risk_agrees_with_a_grid_in_two_dimensions() -> None:
    priors = (Prior("intercept", -9.0, 1.3, 1.6), Prior("heat", 0.25, 0.35, 0.4))
    rows = hazard_rows(varied_plans(40, np.random.default_rng(5)), {"r010": 3, "r020": 4})
    plan = plan_rows(7200.0, wbgt_c=28.0)
    level = np.linspace(-20.0, 1.0, 600)[:, None]
    slope = np.linspace(-3.5, 4.0, 500)[None, :]
    log_density = norm.logpdf(level, -9.0, np.hypot(1.3, 1.6)) + norm.logpdf(slope, 0.25, np.hypot(0.35, 0.4))
    for minutes, onset, wbgt in rows.select("minutes", "onset", "wbgt_c").iter_rows():
        eta = level + slope * np.clip((wbgt - 15) / 10, -1, 2)
        log_density = log_density + onset * eta - minutes * np.exp(eta)
    weight = np.exp(log_density - log_density.max())
    risk = -np.expm1(-120.0 * np.exp(level + slope * 1.3))
    mean = float((weight * risk).sum() / weight.sum())
    order = np.argsort(risk, axis=None)
    share = np.cumsum(weight.ravel()[order]) / weight.sum()
    low, high = (risk.ravel()[order][np.searchsorted(share, q)] for q in (0.05, 0.95))
    said = CrampHazard(priors=priors).fit(rows).run_risk(plan)
    assert said.mean == pytest.approx(mean, rel=0.02)
    assert said.low == pytest.approx(low, rel=0.06)
    assert said.high == pytest.approx(high, rel=0.06)


@pytest.mark.parametrize(("answer", "race"), [(None, None), ("3+", "half"), ("1-2", "marathon")])
def test_risk_agrees_with_the_priors_own_draws_weighed_by_the_runs(answer, race) -> None:
    rows, plan = hazard_rows(varied_plans(20, np.random.default_rng(6)), {"r010": 7}), marathon()
    theta, weight = weighed_draws(rows, answer, race, np.random.default_rng(11))
    assert 1 / np.square(weight).sum() > 10_000  # worth so many draws of the posterior itself
    risk = -np.expm1(-(5.0 * np.exp(design_matrix(plan) @ theta)).sum(axis=0))
    order = np.argsort(risk)
    low, high = risk[order][np.searchsorted(np.cumsum(weight[order]), [0.05, 0.95])]
    said = CrampHazard().fit(rows, first_answers={"anna": (answer, race)}).run_risk(plan)
    assert said.mean == pytest.approx((weight * risk).sum(), abs=0.015)
    assert said.low == pytest.approx(low, abs=0.015)
    assert said.high == pytest.approx(high, abs=0.03)


def weighed_draws(rows, answer, race, rng) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (n_features, n_draws) from the prior; the likelihood of each as weights (n_draws,) of sum 1."""
    X, y, minutes = design_matrix(rows), rows["onset"].to_numpy(), rows["minutes"].to_numpy()
    theta = MEANS[:, None] + SDS[:, None] * rng.standard_normal((MEANS.size, 200_000))
    log_likelihood = [
        (y @ X) @ some - minutes @ np.exp(X @ some) + np.log(answer_chance(some, answer, race))
        for some in np.split(theta, 10, axis=1)  # all at once would fill the memory
    ]
    weight = np.exp(np.hstack(log_likelihood))
    return theta, weight / weight.sum()


def answer_chance(theta: np.ndarray, answer: str | None, race: str | None) -> np.ndarray:
    """P(answer), summed over 41 values of a race's own luck and the counts of ten races written out."""
    if answer is None or race is None:
        return np.ones(theta.shape[1])
    duration_min, longest_min = REFERENCE_RACES[race]
    plan = plan_rows(duration_min * 60, race=True, longest30_s=longest_min * 60, wbgt_c=15.0)
    exposure = plan["minutes"].to_numpy() @ np.exp(design_matrix(plan) @ theta)
    luck = np.linspace(-4.0, 4.0, 41)
    share = norm.pdf(luck) / norm.pdf(luck).sum()
    clean = np.exp(-np.exp(0.8 * luck)[:, None] * exposure)
    none, few = clean**10, 10 * (1 - clean) * clean**9 + 45 * (1 - clean) ** 2 * clean**8
    chance = {"0": none, "1-2": few, "3+": 1 - none - few}[answer]
    return np.asarray(0.9 * share @ chance + 0.1 / 3)


def test_without_own_runs_the_risk_is_the_priors_own_monte_carlo() -> None:
    theta = MEANS + SDS * np.random.default_rng(0).standard_normal((100_000, MEANS.size))
    plan = marathon()
    risk = -np.expm1(-(np.exp(design_matrix(plan) @ theta.T) * 5.0).sum(axis=0))
    said = CrampHazard().fit(no_rows()).run_risk(plan)
    assert said.mean == pytest.approx(risk.mean(), abs=0.01)
    assert said.low == pytest.approx(np.quantile(risk, 0.05), abs=0.003)
    assert said.high == pytest.approx(np.quantile(risk, 0.95), abs=0.02)


@pytest.mark.parametrize(("answer", "of_100"), [(None, 22), ("0", 10), ("1-2", 33), ("3+", 64)])
def test_a_marathon_before_any_run_is_as_published(answer, of_100) -> None:
    said = CrampHazard().fit(no_rows(), first_answers={"anna": (answer, "half")}).run_risk(marathon())
    assert 100 * said.mean == pytest.approx(of_100, abs=5)


@pytest.mark.parametrize("answer", FIRST_ANSWERS)
def test_the_answer_is_found_whole_whatever_the_seed(answer) -> None:
    """Many clean runs and "3+" leave two humps: remembered right or wrong. One proposal sees but one."""
    rows = clean_runs(150)
    said = [
        CrampHazard(seed=seed).fit(rows, first_answers={"anna": (answer, "half")}).run_risk(marathon()).mean
        for seed in range(4)
    ]
    assert max(said) - min(said) < 0.015


# --- laws


def test_risk_rises_with_duration(fitted) -> None:
    risks = [risk.mean for risk in fitted.risk_so_far(marathon())]
    assert risks == sorted(risks)
    assert risks[0] > 0
    assert fitted.risk_so_far(marathon())[-1].mean == fitted.run_risk(marathon()).mean


def test_half_as_long_segments_give_the_same_risk(runner) -> None:
    halves = pl.concat([halved(runner, 0.0), halved(runner, 150.0)])
    whole = CrampHazard().fit(runner).run_risk(marathon()).mean
    cut = CrampHazard().fit(halves).run_risk(marathon()).mean
    assert abs(logit(cut) - logit(whole)) < 0.1


def halved(rows: pl.DataFrame, offset_s: float) -> pl.DataFrame:
    """Each segment's first or second half, start + 150 s moved to its middle; onsets fall in the second."""
    return rows.with_columns(
        pl.col("minutes") / 2,
        pl.col("moving_start_s") + offset_s - 75.0,
        pl.col("onset") * (1.0 if offset_s else 0.0),
    )


def test_more_clean_runs_lower_the_risk() -> None:
    said = [CrampHazard().fit(clean_runs(n)).run_risk(marathon()) for n in (0, 20, 80, 320)]
    assert [risk.mean for risk in said] == sorted((risk.mean for risk in said), reverse=True)
    assert said[-1].high < said[0].high


def test_a_worse_first_answer_means_a_higher_risk() -> None:
    said = [
        CrampHazard().fit(clean_runs(20), first_answers={"anna": (answer, "marathon")}).run_risk(marathon()).mean
        for answer in ("0", "1-2", "3+")
    ]
    assert said == sorted(said)


def test_an_answer_without_its_race_is_no_answer(runner, fitted) -> None:
    assert (
        CrampHazard().fit(runner, first_answers={"anna": ("3+", None)}).run_risk(marathon()).mean
        == fitted.run_risk(marathon()).mean
    )


@pytest.mark.parametrize(("answer", "race"), [("many", "half"), ("0", "100 miles")])
def test_an_answer_that_was_not_offered_is_refused(answer, race) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        CrampHazard().fit(no_rows(), first_answers={"anna": (answer, race)})


def test_same_seed_same_risk_and_another_seed_nearly_the_same(runner, fitted) -> None:
    again = CrampHazard().fit(runner).run_risk(marathon())
    other = CrampHazard(seed=7).fit(runner).run_risk(marathon())
    assert again.draws.tolist() == fitted.run_risk(marathon()).draws.tolist()
    assert other.mean != again.mean
    assert abs(logit(other.mean) - logit(again.mean)) < 0.08


def test_segments_multiply_up_to_the_run(fitted) -> None:
    plan = plan_rows(600.0, wbgt_c=15.0)
    clean = fitted.predict_proba(plan)
    assert clean.shape == (2, 2)
    np.testing.assert_allclose(clean.sum(axis=1), 1.0)
    assert 1 - clean[:, 0].prod() == pytest.approx(fitted.run_risk(plan).mean, rel=1e-3)


def test_zero_minutes_carry_no_risk(fitted) -> None:
    plan = plan_rows(1800.0)
    assert fitted.predict_proba(plan, minutes=np.zeros(plan.height))[:, 1].tolist() == [0.0] * 6


def test_many_plans_at_once_are_the_plans_one_by_one(fitted) -> None:
    hot, cool = marathon(run_id="hot", wbgt_c=27.0), marathon(run_id="cool", wbgt_c=8.0)
    risks = fitted.run_risks(pl.concat([hot, cool]))
    assert list(risks) == ["hot", "cool"]
    assert risks["hot"].mean == pytest.approx(fitted.run_risk(hot).mean)
    assert risks["cool"].mean == pytest.approx(fitted.run_risk(cool).mean)


def test_the_range_holds_the_middle_and_its_quantiles(fitted) -> None:
    risk = fitted.run_risk(marathon())
    assert 0 <= risk.low < risk.quantile(0.5) < risk.high <= 1
    assert risk.quantile(0.95) == risk.high


def test_an_onset_uncertain_by_a_segment_hardly_moves_the_risk() -> None:
    sharp = hazard_rows(varied_plans(60, np.random.default_rng(8)), {"r039": 40})
    here = pl.col("run_id") == "r039"
    spread = sharp.with_columns(
        pl.when(here & pl.col("segment_no").is_in([39, 40])).then(0.5).otherwise(0.0).alias("onset")
    )
    risks = [CrampHazard().fit(rows).run_risk(marathon()).mean for rows in (sharp, spread)]
    assert abs(logit(risks[1]) - logit(risks[0])) < 0.05


def test_score_prefers_the_runner_who_is_like_the_runs(runner, fitted) -> None:
    other = CrampHazard().fit(
        hazard_rows(varied_plans(80, np.random.default_rng(3)), dict.fromkeys([f"r{k:03d}" for k in range(40)], 4))
    )
    assert fitted.score(runner) > other.score(runner)


def test_a_row_without_a_minute_costs_no_score(runner, fitted) -> None:
    nothing = runner[:1].with_columns(pl.lit(0.0).alias("minutes"), pl.lit(0.0).alias("onset"))
    assert fitted.score(nothing) == 0.0


def test_it_is_a_scikit_learn_estimator(runner, fitted) -> None:
    copy = clone(CrampHazard(seed=5))
    assert copy.get_params()["seed"] == 5
    assert copy.fit(runner).classes_.tolist() == [0, 1]
    assert fitted.runner_posterior().coefficients.shape == (fitted.runner_posterior().weights.size, 11)


# --- written and read


@pytest.mark.parametrize(("answer", "race"), [(None, None), ("1-2", "10k")])
def test_a_fit_read_back_predicts_the_same(runner, answer, race) -> None:
    model = CrampHazard(seed=3).fit(runner, first_answers={"anna": (answer, race)}, data_hash="abc")
    text = model.to_json()
    back = CrampHazard.from_json(text)
    assert back.run_risk(marathon()).draws.tolist() == model.run_risk(marathon()).draws.tolist()
    assert back.run_risk(marathon()).mean == model.run_risk(marathon()).mean
    assert back.to_json() == text
    assert len(text) < 100_000
    assert (back.data_hash_, back.runner_posterior().n_onsets, back.runner_posterior().first_answer) == (
        "abc",
        3.0,
        answer,
    )


def test_a_fit_of_another_version_or_other_draws_is_refused(fitted) -> None:
    kept = json.loads(fitted.to_json())
    with pytest.raises(ValueError, match="train again"):
        CrampHazard.from_json(json.dumps(kept | {"model_version": "hazard-0"}))
    with pytest.raises(ValueError, match="train again"):
        CrampHazard.from_json(json.dumps(kept | {"seed": 99}))


# --- what breaks models


def finite(rows: pl.DataFrame) -> float:
    risk = CrampHazard().fit(rows).run_risk(marathon())
    assert 0 <= risk.low <= risk.mean <= risk.high <= 1
    return risk.mean


def test_a_runner_who_always_cramps_gets_a_high_finite_risk() -> None:
    plans = varied_plans(60, np.random.default_rng(2))
    assert finite(hazard_rows(plans, dict.fromkeys([f"r{k:03d}" for k in range(60)], 2))) > 0.95


def test_a_single_run_with_a_cramp_in_its_first_segment_is_finite() -> None:
    assert finite(hazard_rows(plan_rows(3600.0, run_id="r0"), {"r0": 0})) > 0.3


@pytest.mark.parametrize("answer", [None, *FIRST_ANSWERS])
def test_an_onset_in_every_segment_is_finite_too(answer) -> None:
    rows = clean_runs(40).with_columns(pl.lit(1.0).alias("onset"))
    risk = CrampHazard().fit(rows, first_answers={"anna": (answer, "half")}).run_risk(marathon())
    assert risk.low > 0.99


def test_a_column_that_never_changes_is_finite() -> None:
    always_hot = clean_runs(60).with_columns(pl.lit(25.0).alias("wbgt_c"), pl.lit(10.0).alias("pace_faster_pct"))
    assert finite(always_hot) < finite(no_rows())


def test_no_weather_at_all_is_the_same_as_the_reference() -> None:
    nothing = clean_runs(30).with_columns(pl.lit(None, dtype=pl.Float64).alias("wbgt_c"))
    assert finite(nothing) == pytest.approx(finite(clean_runs(30)))


def test_outliers_count_as_missing(runner) -> None:
    wild = runner.with_columns(pl.lit(999.0).alias("wbgt_c"), pl.lit(-80.0).alias("pace_faster_pct"))
    empty = runner.with_columns(
        pl.lit(None, dtype=pl.Float64).alias("wbgt_c"),
        pl.lit(None, dtype=pl.Float64).alias("pace_faster_pct"),
    )
    assert finite(wild) == finite(empty)


def test_negative_or_missing_minutes_are_refused(runner) -> None:
    for wrong in (-1.0, None):
        with pytest.raises(ValueError, match="minutes"):
            CrampHazard().fit(runner.with_columns(pl.lit(wrong, dtype=pl.Float64).alias("minutes")))


def test_separation_is_held_by_the_prior() -> None:
    plans = varied_plans(80, np.random.default_rng(4))
    hot = plans.filter(pl.col("wbgt_c") > 22)["run_id"].unique(maintain_order=True).to_list()
    model = CrampHazard().fit(hazard_rows(plans, dict.fromkeys(hot, 5)))
    assert model.probability_positive("heat") > 0.95
    assert abs(model.runner_posterior().coefficients).max() < 100


# --- coverage


def test_the_90_percent_range_covers_the_truth_of_runners_like_the_prior() -> None:
    rng = np.random.default_rng(17)
    plan, covered = marathon(start_hour_local=9.0), 0
    for _ in range(60):
        truth, plans = drawn_coefficients(rng), varied_plans(50, rng)
        risk = CrampHazard().fit(hazard_rows(plans, drawn_onsets(plans, truth, rng))).run_risk(plan)
        true_risk = -np.expm1(-float((5.0 * np.exp(design_matrix(plan) @ truth)).sum()))
        covered += risk.low <= true_risk <= risk.high
    assert 48 <= covered <= 59
