"""Forecasts as they could have been made: what comes later, and what is another's, changes nothing it must not."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from models.fit.dataset import planned_rows
from models.fit.hazard import CrampHazard
from models.scoring.as_of import HistoryAsOf, runner_logs
from models.scoring.forward import (
    FIRST_RUNS,
    FORECAST_SCHEMA,
    forward_forecasts,
    kind_of_run,
    newcomer_forecasts,
    refit_intervals,
)
from tests.model.cohorts import cohort_rows, renamed
from tests.model.runners import FIRST_DAY, clean_runs, hazard_rows, varied_plans

WAYS = ["own rate", "own level x published shape", "planned duration", "pooled hazard"]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """Four runners, 26 runs each, every third day."""
    return cohort_rows(4, 26, seed=5)


@pytest.fixture(scope="module")
def forecasts(rows: pl.DataFrame) -> pl.DataFrame:
    return forward_forecasts(HistoryAsOf(rows, {}, {}))


def forecast(forecasts: pl.DataFrame, run_id: str) -> tuple[float, ...]:
    return forecasts.filter(pl.col("run_id") == run_id).select("predicted", "low", "high", *WAYS).row(0)


def test_each_planned_run_from_the_eleventh_on_is_forecast_once(forecasts: pl.DataFrame) -> None:
    assert forecasts.columns == [*FORECAST_SCHEMA, *WAYS]
    assert sorted(forecasts["run_id"]) == [f"runner{k:02d} r{n:03d}" for k in range(4) for n in range(FIRST_RUNS, 26)]
    assert forecasts["start_at"].is_sorted()
    assert bool(((forecasts["low"] <= forecasts["predicted"]) & (forecasts["predicted"] <= forecasts["high"])).all())


def test_what_comes_later_changes_no_earlier_forecast(rows: pl.DataFrame, forecasts: pl.DataFrame) -> None:
    later = pl.col("start_at") >= FIRST_DAY + timedelta(days=60)
    changed = rows.with_columns(
        pl.when(later).then(1.0).otherwise("onset").alias("onset"),
        pl.when(later).then(30.0).otherwise("wbgt_c").alias("wbgt_c"),
    )
    again = forward_forecasts(HistoryAsOf(changed, {}, {}))
    before = pl.col("start_at") < FIRST_DAY + timedelta(days=60)
    assert forecasts.filter(before).height == 40
    assert again.filter(before).drop("cramp").equals(forecasts.filter(before).drop("cramp"))
    assert not again.filter(~before).drop("cramp").equals(forecasts.filter(~before).drop("cramp"))


def test_how_a_run_ended_does_not_touch_its_own_forecast(rows: pl.DataFrame, forecasts: pl.DataFrame) -> None:
    run_id = "runner02 r022"
    ended = rows.filter((pl.col("run_id") != run_id) | (pl.col("segment_no") < 2))
    assert ended.height < rows.height
    assert forecast(forward_forecasts(HistoryAsOf(ended, {}, {})), run_id) == forecast(forecasts, run_id)


def test_an_own_run_teaches_the_next_forecast_without_waiting_for_the_others(
    rows: pl.DataFrame, forecasts: pl.DataFrame
) -> None:
    cramped = rows.filter(pl.col("run_id") == "runner01 r015")["onset"].sum() > 0
    assert not cramped
    changed = rows.with_columns(
        pl.when((pl.col("run_id") == "runner01 r015") & (pl.col("segment_no") == 3))
        .then(1.0)
        .otherwise("onset")
        .alias("onset")
    )
    again = forward_forecasts(HistoryAsOf(changed, {}, {}))
    assert forecast(again, "runner01 r016")[0] > 1.5 * forecast(forecasts, "runner01 r016")[0]
    assert forecast(again, "runner01 r015")[0] == forecast(forecasts, "runner01 r015")[0]


def test_one_runner_is_forecast_as_by_a_fit_of_their_earlier_runs(rows: pl.DataFrame) -> None:
    """With nobody else the forecast of a run is that of CrampHazard fitted to the runs before it, and no more."""
    own = rows.filter(pl.col("runner_id") == "runner00")
    forecasts = forward_forecasts(HistoryAsOf(own, {}, {}))
    log = runner_logs(own)["runner00"]
    alone = CrampHazard().fit(log.before(20))
    (risk,) = alone.run_risks(planned_rows(log.runs[[20]])).values()
    assert forecasts.filter(pl.col("run_id") == "runner00 r020")["predicted"].item() == pytest.approx(
        risk.mean, abs=1e-12
    )
    assert "pooled hazard" not in forecasts.columns


def test_a_first_answer_counts_only_for_runs_after_it_was_given(rows: pl.DataFrame, forecasts: pl.DataFrame) -> None:
    answer = {"runner03": ("3+", "marathon")}
    given = FIRST_DAY + timedelta(days=60, minutes=1)
    again = forward_forecasts(HistoryAsOf(rows, answer, {"runner03": given}))
    before = (pl.col("runner_id") == "runner03") & (pl.col("start_at") < given)
    after = (pl.col("runner_id") == "runner03") & (pl.col("start_at") >= given)
    assert again.filter(before).equals(forecasts.filter(before))
    assert bool((again.filter(after)["predicted"] > forecasts.filter(after)["predicted"]).all())
    from_the_start = forward_forecasts(HistoryAsOf(rows, answer, {}))
    assert bool((from_the_start.filter(before)["predicted"] > forecasts.filter(before)["predicted"]).all())


def test_a_newcomer_is_forecast_without_a_single_own_run(rows: pl.DataFrame) -> None:
    forecasts = newcomer_forecasts(HistoryAsOf(rows, {}, {}))
    assert forecasts.height == 4 * 26
    mine = pl.col("runner_id") == "runner02"
    first = mine & (pl.col("segment_no") == rows["segment_no"].min())
    flipped = rows.with_columns(pl.when(first).then(1.0).otherwise("onset").alias("onset"))
    again = newcomer_forecasts(HistoryAsOf(flipped, {}, {}))
    same = forecasts.filter(mine).drop("cramp")
    assert again.filter(mine).drop("cramp").equals(same)
    assert not again.filter(~mine).drop("cramp").equals(forecasts.filter(~mine).drop("cramp"))


def test_with_one_runner_nobody_is_new() -> None:
    assert newcomer_forecasts(HistoryAsOf(clean_runs(30), {}, {})).is_empty()


def test_runs_without_a_plan_are_not_forecast(rows: pl.DataFrame) -> None:
    unplanned = rows.with_columns(
        pl.when(pl.col("run_id").is_in(["runner00 r020", "runner01 r021"]))
        .then(None)
        .otherwise("planned_s")
        .alias("planned_s")
    )
    forecasts = forward_forecasts(HistoryAsOf(unplanned, {}, {}))
    assert forecasts.height == 4 * 16 - 2


def test_a_forecast_stays_the_same_when_later_runs_follow(rows: pl.DataFrame, forecasts: pl.DataFrame) -> None:
    fewer = rows.filter(pl.col("start_at") < FIRST_DAY + timedelta(days=65))
    assert forward_forecasts(HistoryAsOf(fewer, {}, {})).equals(
        forecasts.filter(pl.col("start_at") < FIRST_DAY + timedelta(days=65))
    )


def test_refits_come_ever_more_seldom_and_leave_no_run_out() -> None:
    assert refit_intervals(0) == []
    assert refit_intervals(9) == [(0, 9)]
    assert refit_intervals(30) == [(0, 10), (10, 15), (15, 23), (23, 30)]


def test_no_stretch_is_empty_and_together_they_cover_each_run_once() -> None:
    for n_runs in range(3001):
        parts = refit_intervals(n_runs)
        assert all(begin < end for begin, end in parts), n_runs
        assert [run for begin, end in parts for run in range(begin, end)] == list(range(n_runs))


@pytest.mark.parametrize("n_runs", [33, 44])
def test_a_log_that_ends_where_a_refit_is_due_is_looked_back_on(n_runs: int) -> None:
    assert forward_forecasts(HistoryAsOf(clean_runs(n_runs), {}, {})).height == n_runs - 10


def test_a_race_is_a_race_and_long_begins_at_ninety_planned_minutes() -> None:
    runs = pl.DataFrame({"race": [True, True, False, False], "planned_s": [3000.0, 9000.0, 5400.0, 5399.0]})
    assert runs.select(kind_of_run())["kind"].to_list() == ["race", "race", "long", "other"]


def test_runners_who_begin_one_after_the_other_learn_from_those_before() -> None:
    """The second runner's whole log lies after the first's: the first is forecast as if alone, to the last digit."""
    rng = np.random.default_rng(8)
    first = renamed(hazard_rows(varied_plans(20, rng), {"r005": 4, "r012": 3}), "first")
    second = renamed(hazard_rows(varied_plans(20, rng)), "second").with_columns(
        pl.col("start_at") + timedelta(days=900)
    )
    both = forward_forecasts(HistoryAsOf(pl.concat([first, second]), {}, {}))
    alone = forward_forecasts(HistoryAsOf(first, {}, {}))
    of_first = both.filter(pl.col("runner_id") == "first")
    assert of_first["predicted"].to_list() == pytest.approx(alone["predicted"].to_list(), abs=1e-12)
