"""Runners who learn from each other, against quadrature, dense algebra, simulated truth, and hostile stores."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.fit.design import EVIDENCE_PRIORS, Prior, design_matrix, plan_rows
from models.fit.hazard import CrampHazard
from models.fit.marginal import MarginalTerm, marginal_term, schur
from models.fit.pooled import estimate_sds
from models.fit.runner_history import split_histories
from tests.model.runners import clean_runs, cohort, hazard_rows, no_rows, of_runner, varied_plans

GROUP = np.array([-8.2, 2.2, 1.2, 0.4, 0.6, 1.1, 0.25, 0.3, 0.2, 0.0, 0.0])
SDS = np.array([1.2, 0.4, 0.0, 0.0, 0.4, 0.0, 0.5, 0.0, 0.0, 0.15, 0.15])
MARATHON = plan_rows(4 * 3600.0, longest30_s=7200.0, race=True, wbgt_c=15.0)
TWO_HOURS = plan_rows(7200.0, longest30_s=7200.0, wbgt_c=25.0)


@pytest.fixture(scope="module")
def many() -> tuple[pl.DataFrame, dict[str, np.ndarray]]:
    """30 runners of a group that cramps more than the studies say."""
    return cohort(30, 30, GROUP, SDS, np.random.default_rng(12))


@pytest.fixture(scope="module")
def pooled(many) -> CrampHazard:
    return CrampHazard().fit(many[0])


@pytest.fixture(scope="module")
def three() -> pl.DataFrame:
    """One runner who cramps in the heat, one who never does, one with few runs and as many cramps."""
    return pl.concat(
        [hot_and_cool("a", (30, 30), (6, 0)), hot_and_cool("b", (20, 40), (0, 0)), hot_and_cool("c", (10, 20), (3, 3))]
    )


@pytest.fixture(scope="module")
def few(three) -> CrampHazard:
    return CrampHazard(priors=TWO_PRIORS).fit(three)


TWO_PRIORS = (Prior("intercept", -9.0, 1.3, 1.6), Prior("heat", 0.25, 0.35, 0.4))


def hot_and_cool(runner: str, runs: tuple[int, int], cramps: tuple[int, int]) -> pl.DataFrame:
    """Hours at WBGT 30 and at 10; the first runs of either kind cramp after half an hour."""
    plans, onsets = [], {}
    for kind, wbgt_c in enumerate((30.0, 10.0)):
        names = [f"{runner}{kind}{k:02d}" for k in range(runs[kind])]
        plans += [plan_rows(3600.0, run_id=name, wbgt_c=wbgt_c) for name in names]
        onsets |= dict.fromkeys(names[: cramps[kind]], 6)
    return of_runner(hazard_rows(pl.concat(plans), onsets), runner)


def true_risk(plan: pl.DataFrame, truth: np.ndarray) -> float:
    return float(-np.expm1(-(plan["minutes"].to_numpy() @ np.exp(design_matrix(plan) @ truth))))


# --- references


def quadrature(three: pl.DataFrame, runner: str) -> tuple[float, float, float]:
    """Mean, 5 % and 95 % quantile of the risk of two hours at WBGT 30, over a grid of beta and of own parts."""
    beta = np.stack(np.meshgrid(np.linspace(-14, -3.5, 36), np.linspace(-1.1, 1.6, 22), indexing="ij"), -1).reshape(
        -1, 2
    )
    own = np.stack(np.meshgrid(np.linspace(-7, 7, 57), np.linspace(-1.8, 1.8, 25), indexing="ij"), -1).reshape(-1, 2)
    log_belief = -0.5 * (((beta - [-9.0, 0.25]) / [1.3, 0.35]) ** 2).sum(axis=1)
    log_own = -0.5 * ((own / [1.6, 0.4]) ** 2).sum(axis=1)
    level, slope = (beta[:, None, k] + own[None, :, k] for k in (0, 1))
    joint = log_own + np.zeros_like(level)
    for name in ("a", "b", "c"):
        rows = three.filter(pl.col("runner_id") == name)
        found = log_own + np.zeros_like(level)
        for wbgt_c, x in ((30.0, 1.5), (10.0, -0.5)):
            kind = rows.filter(pl.col("wbgt_c") == wbgt_c)
            eta = level + slope * x
            found = found + kind["onset"].sum() * eta - kind["minutes"].sum() * np.exp(eta)
        if name == runner:
            joint = found
        else:  # the other runners' own parts are averaged out
            log_belief = log_belief + np.log(np.exp(found - found.max()).sum(axis=1))
    weight = log_belief[:, None] + joint
    weight = np.exp(weight - weight.max()).ravel() / np.exp(weight - weight.max()).sum()
    risk = -np.expm1(-120.0 * np.exp(level + 1.5 * slope)).ravel()
    order = np.argsort(risk)
    low, high = risk[order][np.searchsorted(np.cumsum(weight[order]), [0.05, 0.95])]
    return float(risk @ weight), float(low), float(high)


@pytest.mark.parametrize("runner", ["a", "b", "c", "somebody new"])
def test_a_few_runners_risks_agree_with_a_grid_over_group_and_own_parts(three, few, runner) -> None:
    mean, low, high = quadrature(three, runner)
    said = few.run_risk(plan_rows(7200.0, wbgt_c=30.0), runner=runner)
    assert few.regime_ == "few"
    assert said.mean == pytest.approx(mean, rel=0.10)
    assert said.low == pytest.approx(low, rel=0.20)
    assert said.high == pytest.approx(high, rel=0.10)


def test_the_groups_curvature_is_that_of_the_dense_system_of_all_runners() -> None:
    rng = np.random.default_rng(4)
    sds_between = np.array([1.6, 0.0, 0.4, 0.3])
    own, roots = [0, 2, 3], [rng.standard_normal((30, 4)) for _ in range(3)]
    curvatures = [root.T @ root for root in roots]
    dense = np.zeros((13, 13))
    dense[:4, :4] = np.eye(4)
    for k, curvature in enumerate(curvatures):
        place = slice(4 + 3 * k, 7 + 3 * k)
        dense[:4, :4] += curvature
        dense[:4, place], dense[place, :4] = curvature[:, own], curvature[own, :]
        dense[place, place] = curvature[np.ix_(own, own)] + np.diag(1 / sds_between[own] ** 2)
    reduced = np.eye(4) + sum(schur(curvature, sds_between) for curvature in curvatures)
    np.testing.assert_allclose(np.linalg.inv(reduced), np.linalg.inv(dense)[:4, :4], rtol=1e-9)


@pytest.mark.parametrize("answer", [{}, {"a": ("0", "half")}, {"a": ("3+", "half")}])
def test_a_runners_score_is_the_slope_of_the_likelihood_with_the_own_part_summed_out(three, answer) -> None:
    own_rows = three.filter(pl.col("runner_id") == "a")
    (history,) = split_histories(own_rows, TWO_PRIORS, None, None, None, answer)
    beta, sds_between = np.array([-8.5, 0.3]), np.array([1.6, 0.4])
    grid = np.stack(np.meshgrid(np.linspace(-6, 6, 121), np.linspace(-5, 5, 41), indexing="ij"), -1).reshape(-1, 2)

    def log_marginal(beta: np.ndarray) -> float:
        log_density = history.likelihood_under(beta, np.diag(sds_between)).log_density(grid)
        own_part = log_density.max() + np.log(np.exp(log_density - log_density.max()).sum())
        return float(own_part + history.onset @ history.design @ beta)  # the density leaves out what no own part moves

    steps = 1e-3 * np.eye(2)
    slope = [(log_marginal(beta + step) - log_marginal(beta - step)) / 2e-3 for step in steps]
    np.testing.assert_allclose(
        marginal_term(history, beta, sds_between, None, seed=1).score, slope, rtol=0.05, atol=0.05
    )


def test_the_sds_follow_mackays_fixed_point_worked_by_hand() -> None:
    """Two runners 1 and -3 off, half known (V = 2 of sigma^2 = 4); nu = 15 at .5: (10 + 3.75) / (2 - 1 + 15)."""
    one, other = (
        MarginalTerm(np.zeros(2), np.zeros((2, 2)), np.array([m]), np.array([2.0]), np.zeros((1, 1)))
        for m in (1.0, -3.0)
    )
    found = estimate_sds([one, other], sds_between=np.array([2.0, 0.0]), expected_sds=np.array([0.5, 0.0]))
    np.testing.assert_allclose(found, [0.9270248108869579, 0.0])


# --- against simulated truth


@pytest.mark.slow
def test_from_20_runners_with_20_cramps_the_groups_level_is_found(many, pooled) -> None:
    assert pooled.regime_ == "pooled"
    truth = np.mean(list(many[1].values()), axis=0)
    doubt = np.sqrt(np.diag(pooled.group_.belief.covariance))
    assert doubt[0] < 0.6  # the evidence's is 1.3
    assert np.all(np.abs(pooled.group_.belief.mean - truth) < 3.0 * doubt)


@pytest.mark.slow
def test_learning_from_others_comes_nearer_to_the_truth_than_each_runner_alone(many, pooled) -> None:
    rows, truths = many
    lost = {"pooled": 0.0, "alone": 0.0}
    for runner, truth in truths.items():
        alone = CrampHazard().fit(rows.filter(pl.col("runner_id") == runner))
        p = true_risk(TWO_HOURS, truth)
        for name, said in (
            ("pooled", pooled.run_risk(TWO_HOURS, runner=runner).mean),
            ("alone", alone.run_risk(TWO_HOURS).mean),
        ):
            lost[name] -= p * np.log(said) + (1 - p) * np.log1p(-said)
    assert lost["pooled"] < lost["alone"]


@pytest.mark.slow
def test_the_90_percent_ranges_of_a_cohort_cover_the_truth(many, pooled) -> None:
    covered = 0
    for plan in (MARATHON, TWO_HOURS):
        for runner, truth in many[1].items():
            risk = pooled.run_risk(plan, runner=runner)
            covered += risk.low <= true_risk(plan, truth) <= risk.high
    assert 48 <= covered <= 59  # of 60


@pytest.mark.slow
def test_the_range_of_a_newcomer_is_wider_than_that_of_runners_with_runs(many, pooled) -> None:
    new = pooled.run_risk(TWO_HOURS, runner="somebody new")
    known = [pooled.run_risk(TWO_HOURS, runner=runner) for runner in many[1]]
    assert new.high - new.low > np.median([risk.high - risk.low for risk in known])
    assert (
        new.mean > CrampHazard().fit(no_rows()).run_risk(TWO_HOURS).mean
    )  # this group cramps more than the studies' do


@pytest.mark.slow
def test_runners_who_are_all_alike_make_the_sd_between_them_smaller() -> None:
    rows, _ = cohort(25, 15, GROUP + 3.0 * np.eye(11)[0], np.zeros(11), np.random.default_rng(5))
    assert CrampHazard().fit(rows).group_.sds_between[0] < 1.3  # the evidence's is 1.6


# --- laws


def test_the_store_may_hold_runners_and_rows_in_any_order(three) -> None:
    turned = three.sample(fraction=1.0, shuffle=True, seed=5)
    assert CrampHazard().fit(turned).to_json() == CrampHazard().fit(three).to_json()


def test_arrays_beside_the_rows_go_with_their_rows_in_any_order(three) -> None:
    turned = three.sample(fraction=1.0, shuffle=True, seed=5)
    bare = turned.drop("runner_id").with_columns(onset=pl.lit(0.0), minutes=pl.lit(1.0))
    beside = CrampHazard().fit(
        bare, turned["onset"].to_numpy(), minutes=turned["minutes"].to_numpy(), runner=turned["runner_id"].to_list()
    )
    assert beside.to_json() == CrampHazard().fit(three).to_json()


def test_the_number_of_runners_and_cramps_sets_the_regime() -> None:
    crowd = pl.concat([of_runner(clean_runs(1), f"r{k:02d}") for k in range(19)])
    cramped = of_runner(
        hazard_rows(varied_plans(30, np.random.default_rng(1)), {f"r{k:03d}": 3 for k in range(20)}), "x"
    )
    assert CrampHazard().fit(no_rows()).regime_ == "alone"
    assert CrampHazard().fit(clean_runs(1)).regime_ == "alone"
    assert CrampHazard().fit(pl.concat([clean_runs(1), crowd])).regime_ == "few"  # 20 runners, no cramp
    assert CrampHazard().fit(pl.concat([crowd[:3], cramped])).regime_ == "few"  # 20 cramps, 2 runners
    assert CrampHazard().fit(pl.concat([crowd, cramped])).regime_ == "pooled"


def test_several_runners_must_be_told_apart(few) -> None:
    with pytest.raises(ValueError, match="pass `runner`"):
        few.run_risk(TWO_HOURS)
    with pytest.raises(ValueError, match="pass `runner`"):
        few.predict_proba(TWO_HOURS)


def test_each_row_is_told_its_own_runners_risk(three, few) -> None:
    found = few.predict_proba(three)
    for runner in ("a", "b", "c"):
        mine = (three["runner_id"] == runner).to_numpy()
        np.testing.assert_allclose(few.predict_proba(three.filter(mine), runner=runner), found[mine], rtol=1e-12)
    one_row = few.predict_proba(three[7:8])
    np.testing.assert_allclose(one_row[0], found[7], rtol=1e-12)


def test_a_runner_with_only_a_first_answer_learns_from_others_too(three) -> None:
    said = {}
    for answer in ("0", "3+"):
        model = CrampHazard().fit(three, first_answers={"d": (answer, "marathon")})
        assert list(model.posteriors_) == ["a", "b", "c", "d"]
        said[answer] = model.run_risk(MARATHON, runner="d").mean
    unanswered = CrampHazard().fit(three, first_answers={"d": (None, None)}).run_risk(MARATHON, runner="d").mean
    assert said["0"] < unanswered < said["3+"]


def test_what_others_live_through_moves_a_runners_risk(three) -> None:
    own = three.filter(pl.col("runner_id") == "b")
    clean, cramping = (
        of_runner(hazard_rows(varied_plans(40, np.random.default_rng(2)), onsets), "z")
        for onsets in ({}, dict.fromkeys([f"r{k:03d}" for k in range(30)], 7))
    )
    said = [
        CrampHazard().fit(pl.concat([own, other])).run_risk(plan_rows(2700.0), runner="b").mean
        for other in (clean, cramping)
    ]
    assert said[0] < CrampHazard().fit(own).run_risk(plan_rows(2700.0)).mean < said[1]


# --- a new run


def test_folding_in_what_is_known_already_changes_nothing(three, few) -> None:
    own = three.filter(pl.col("runner_id") == "b")
    again = few.fold_in(own, runner="b")
    assert again.to_json("b") == few.to_json("b")


@pytest.mark.slow
def test_a_new_run_folded_in_is_close_to_a_refit(many, pooled) -> None:
    rows = many[0]
    cramped = of_runner(
        hazard_rows(plan_rows(7200.0, run_id="new", wbgt_c=25.0, longest30_s=7200.0), {"new": 15}), "runner004"
    )
    folded = pooled.fold_in(pl.concat([rows.filter(pl.col("runner_id") == "runner004"), cramped]), runner="runner004")
    refit = CrampHazard().fit(pl.concat([rows, cramped])).run_risk(TWO_HOURS, runner="runner004")
    before, after = (model.run_risk(TWO_HOURS, runner="runner004") for model in (pooled, folded))
    assert after.mean > 1.2 * before.mean
    assert after.mean == pytest.approx(refit.mean, rel=0.1)
    assert folded.run_risk(TWO_HOURS, runner="runner005").mean == pooled.run_risk(TWO_HOURS, runner="runner005").mean


def test_for_one_runner_alone_folding_in_is_the_fit_itself() -> None:
    answers = {"anna": ("1-2", "half")}
    rows = hazard_rows(varied_plans(30, np.random.default_rng(8)), {"r005": 4})
    first = CrampHazard().fit(rows.filter(pl.col("run_id") < "r020"), first_answers=answers)
    assert first.fold_in(rows).to_json() == CrampHazard().fit(rows, first_answers=answers).to_json()


def test_a_newcomer_can_be_folded_in(few) -> None:
    rows = of_runner(clean_runs(100), "d")
    assert few.fold_in(rows, runner="d").run_risk(TWO_HOURS, runner="d").mean < few.run_risk(TWO_HOURS, runner="d").mean


# --- written and read


@pytest.mark.slow
def test_one_runners_json_stands_alone(pooled) -> None:
    text = pooled.to_json("runner003")
    assert len(text) < 100_000
    back = CrampHazard.from_json(text)
    assert list(back.posteriors_) == ["runner003"]
    assert back.run_risk(MARATHON).draws.tolist() == pooled.run_risk(MARATHON, runner="runner003").draws.tolist()
    new = pooled.run_risk(MARATHON, runner="somebody new")
    assert back.run_risk(MARATHON, runner="somebody new").mean == new.mean
    assert back.to_json() == text


def test_a_whole_stores_json_holds_everyone(few) -> None:
    back = CrampHazard.from_json(few.to_json())
    assert back.to_json() == few.to_json()
    assert list(back.posteriors_) == ["a", "b", "c"]


# --- what breaks models


@pytest.mark.parametrize("onset", [0.0, 1.0])
def test_a_store_without_a_cramp_or_with_nothing_else_gives_finite_risks(onset) -> None:
    rows = pl.concat([of_runner(clean_runs(2), f"r{k:02d}") for k in range(20)]).with_columns(
        pl.lit(onset).alias("onset")
    )
    model = CrampHazard().fit(rows)
    assert model.regime_ == ("pooled" if onset else "few")
    for runner in ("r00", "somebody new"):
        risk = model.run_risk(MARATHON, runner=runner)
        assert np.isfinite(risk.draws).all()
        assert 0 <= risk.low <= risk.high <= 1
    before, after = CrampHazard().fit(no_rows()).run_risk(MARATHON).mean, model.run_risk(MARATHON, runner="r00").mean
    assert after > 0.99 if onset else after < before


def test_outliers_and_no_weather_at_all_leave_the_group_with_what_studies_say(three) -> None:
    wild = three.with_columns(pl.lit(999.0).alias("wbgt_c"), pl.lit(-80.0).alias("pace_faster_pct"))
    empty = three.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("wbgt_c", "pace_faster_pct"))
    model = CrampHazard().fit(wild)
    assert model.to_json() == CrampHazard().fit(empty).to_json()
    for column, mean, sd in (("heat", 0.25, 0.35), ("pace", 0.6, 0.35)):
        place = [prior.column for prior in EVIDENCE_PRIORS].index(column)
        assert model.group_.belief.mean[place] == pytest.approx(mean)
        assert model.group_.belief.covariance[place, place] == pytest.approx(sd**2)


def test_a_column_that_never_changes_stays_within_what_studies_say(three) -> None:
    model = CrampHazard().fit(three.with_columns(pl.lit(25.0).alias("wbgt_c")))
    heat = [prior.column for prior in EVIDENCE_PRIORS].index("heat")
    assert abs(model.group_.belief.mean[heat] - 0.25) < 0.35
    assert model.group_.belief.covariance[heat, heat] <= 0.35**2


def test_cramps_in_the_heat_only_are_held_by_the_prior() -> None:
    rows = pl.concat([hot_and_cool(f"r{k:02d}", (5, 10), (2, 0)) for k in range(20)])
    model = CrampHazard().fit(rows)
    assert model.regime_ == "pooled"
    assert model.probability_positive("heat", "r03") > 0.95
    assert np.abs(model.runner_posterior("r03").coefficients).max() < 60


def test_one_runner_who_always_cramps_does_not_carry_the_others_away(three) -> None:
    always = of_runner(clean_runs(40).with_columns(pl.lit(1.0).alias("onset")), "z")
    model = CrampHazard().fit(pl.concat([three, always]))
    assert model.run_risk(MARATHON, runner="z").low > 0.99
    assert model.run_risk(TWO_HOURS, runner="b").mean < 0.3


def test_priors_without_a_difference_between_runners_are_refused(three) -> None:
    with pytest.raises(ValueError, match="differs between them"):
        CrampHazard(priors=(Prior("intercept", -9.0, 1.3, 0.0),)).fit(three)
