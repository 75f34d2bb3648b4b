"""The `bench` world is the one described, its cohort tells less than happened, and the scores know truth from noise."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl
import pytest

from benchmarks.goals import Goal, verdict
from benchmarks.scores import calibration_error, calibration_slope, covered, share_of_gain
from benchmarks.worlds.bench_cohort import BenchCohort, draw_bench_cohort
from benchmarks.worlds.bench_world import BenchRun, BenchRunners, bench_log_odds, cramp_chance, draw_bench_runners
from models.fit.design import HAZARD_ROW_COLUMNS, PLAN_COLUMNS

NOBODY = BenchRunners(*(np.zeros(1) for _ in fields(BenchRunners)))


@pytest.fixture(scope="module")
def cohort() -> BenchCohort:
    return draw_bench_cohort(200, np.random.default_rng(7))


def one(**changed: float) -> float:
    """Log odds of a middling runner after an hour and a half at 18 C, changed as asked."""
    usual = {"minute": 60.0, "wbgt_c": 18.0, "pace_faster_pct": 0.0, "downhill_pct": 0.0}
    usual |= {"load_z": 0.0, "hour": 9.0, "cramp_before": 0.0}
    return float(bench_log_odds(NOBODY, BenchRun(**{k: np.array([v]) for k, v in (usual | changed).items()}))[0])


# --- the hazard


@pytest.mark.parametrize(
    ("changed", "adds"),
    [
        ({"wbgt_c": 22.0}, 0.45),
        ({"wbgt_c": 5.0}, 0.0),
        ({"pace_faster_pct": 8.0}, 0.30 + 0.10),
        ({"pace_faster_pct": -8.0}, -0.30),
        ({"downhill_pct": 2.0}, 0.12),
        ({"load_z": 1.0}, 0.24),
        ({"cramp_before": 1.0}, 0.6),
        ({"hour": 18.5}, 0.15),
    ],
)
def test_each_part_of_the_hazard_adds_what_is_written(changed, adds) -> None:
    assert one(**changed) - one() == pytest.approx(adds)


def test_the_level_is_that_of_an_hours_run() -> None:
    """log1p(60 / 40) - log1p(1.5) is 0: an hour in, the intercept stands alone."""
    assert one() == pytest.approx(-6.4)


def test_a_chance_of_five_minutes_is_that_of_its_odds_and_ten_are_two_of_them() -> None:
    odds = np.array([np.log(0.02 / 0.98)])
    assert cramp_chance(odds, np.array([5.0])) == pytest.approx(0.02)
    assert cramp_chance(odds, np.array([10.0])) == pytest.approx(1 - 0.98**2)


def test_runners_differ_as_written_and_one_in_five_has_one_strong_slope() -> None:
    drawn = draw_bench_runners(40_000, np.random.default_rng(1))
    assert drawn.level.std() == pytest.approx(0.9, rel=0.02)
    # A strong slope of .9 to 1.2 falls on each of three with 1 in 15: the mean rises by 1.05 / 15.
    assert [drawn.heat.mean(), drawn.duration.mean(), drawn.pace.mean()] == pytest.approx([0.07] * 3, abs=0.015)


# --- the cohort


def test_about_five_training_runs_and_forty_marathons_of_100_cramp(cohort) -> None:
    runs = cohort.runs
    training, marathons = runs.filter(~pl.col("race")), runs.filter(pl.col("race") & (pl.col("planned_s") > 3 * 3600))
    assert training["true_risk"].mean() == pytest.approx(0.05, abs=0.007)
    assert marathons["true_risk"].mean() == pytest.approx(0.40, abs=0.06)


def test_a_cohort_is_made_of_hazard_rows(cohort) -> None:
    assert tuple(cohort.rows.columns) == HAZARD_ROW_COLUMNS
    assert set(PLAN_COLUMNS) <= set(cohort.plans.columns)
    assert cohort.rows["simulated"].all()
    runs_each = cohort.runs.group_by("runner_id").len()["len"]
    assert (runs_each.min(), runs_each.max()) >= (20, 140)
    assert runs_each.max() <= 150


def test_one_cramp_in_ten_is_not_told(cohort) -> None:
    expected = cohort.runs["true_risk"].sum()
    assert cohort.rows["onset"].sum() == cohort.runs["reported"].sum()
    assert cohort.runs["reported"].sum() / expected == pytest.approx(0.9, abs=0.06)  # 900 cramps or so


def test_a_row_with_an_onset_is_the_last_of_its_run(cohort) -> None:
    last = cohort.rows.group_by("run_id", maintain_order=True).agg(pl.col("onset"))
    told = last.filter(pl.col("onset").list.sum() > 0)
    assert told.height == cohort.runs["reported"].sum()
    assert (told["onset"].list.last() == 1.0).all()
    assert (told["onset"].list.sum() == 1.0).all()


def test_no_row_is_longer_than_planned_and_clean_runs_mostly_run_to_their_end(cohort) -> None:
    both = cohort.rows.join(cohort.plans, on=["run_id", "segment_no"], suffix="_planned")
    assert both.height == cohort.rows.height
    assert (both["minutes"] <= both["minutes_planned"] + 1e-9).all()
    minutes = cohort.rows.group_by("run_id").agg(pl.col("minutes").sum()).join(cohort.runs, on="run_id")
    whole = minutes.filter(~pl.col("reported")).select((pl.col("minutes") * 60 - pl.col("planned_s")).abs() < 1e-6)
    assert 0.98 < whole.to_series().mean() < 1.0  # the rest are the cramps that ended a run untold


def test_a_tenth_of_the_runs_has_no_weather(cohort) -> None:
    without = cohort.plans.group_by("run_id").agg(pl.col("wbgt_c").is_null().all())["wbgt_c"]
    assert without.mean() == pytest.approx(0.10, abs=0.01)


def test_a_cramp_of_the_last_30_days_is_known_to_the_truth() -> None:
    cohort = draw_bench_cohort(30, np.random.default_rng(2))
    run = cohort.plans["run_id"].rle_id().to_numpy()
    before = cohort.acting.cramp_before[np.flatnonzero(np.append(True, np.diff(run) > 0))]
    runs = cohort.runs.with_columns(pl.Series("before", before))
    told = runs.filter("reported").select("runner_id", cramped_at="start_at")
    near = runs.join(told, on="runner_id").filter(
        (pl.col("cramped_at") < pl.col("start_at"))
        & (pl.col("start_at") - pl.col("cramped_at") <= pl.duration(days=30))
    )
    assert (near["before"] == 1.0).all()
    assert 0 < runs["before"].sum() < runs.height


def test_the_same_seed_gives_the_same_cohort() -> None:
    one, other = (draw_bench_cohort(5, np.random.default_rng(3)) for _ in range(2))
    assert one.rows.equals(other.rows)


# --- scores and goals


def test_the_truth_has_all_of_the_gain_and_the_mean_none() -> None:
    true = np.random.default_rng(1).beta(0.5, 5.0, 1000)
    assert share_of_gain(true, true) == pytest.approx(1.0)
    assert share_of_gain(np.full(1000, true.mean()), true) == pytest.approx(0.0)
    assert share_of_gain(np.full(1000, 0.6), true) < 0


def test_calibration_sees_forecasts_that_are_too_extreme() -> None:
    true = np.random.default_rng(2).uniform(0.05, 0.6, 2000)
    odds = np.log(true / (1 - true))
    assert calibration_slope(true, true) == pytest.approx(1.0)
    assert calibration_slope(1 / (1 + np.exp(-2 * odds)), true) == pytest.approx(0.5)
    assert calibration_error(true, true) == pytest.approx(0.0)
    assert calibration_error(true + 0.03, true) == pytest.approx(0.03)


def test_a_range_covers_what_lies_inside() -> None:
    low, high = np.zeros(4), np.array([0.1, 0.2, 0.3, 0.4])
    assert covered(low, high, np.full(4, 0.25)) == 0.5


@pytest.mark.parametrize(
    ("reached", "missed"), [(0.87, False), (0.93, False), (0.86, True), (0.94, True), (float("nan"), True)]
)
def test_a_goal_is_missed_outside_its_bounds_and_by_no_number(reached, missed) -> None:
    assert Goal("range", reached, least=0.87, most=0.93).missed is missed


def test_one_miss_is_said_and_is_exit_code_1(capsys) -> None:
    assert verdict([Goal("speed", 1.0, most=2.0)]) == 0
    assert verdict([Goal("speed", 1.0, most=2.0), Goal("share", 0.7, least=0.75)]) == 1
    said = capsys.readouterr().out
    assert "MISSED   share: 0.7 (goal: at least 0.75)" in said
    assert "1 of 2 goals reached" in said
