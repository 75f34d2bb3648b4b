"""The record: counts and verdicts, scores that are those of the forecasts, and the hazard against simpler ways."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest

from models.scoring.as_of import HistoryAsOf
from models.scoring.comparison import mean_loss_difference
from models.scoring.evaluate import ModelEvaluation, evaluate, score
from models.scoring.forward import forward_forecasts
from tests.model.cohorts import cohort_rows
from tests.model.runners import clean_runs, hazard_rows, varied_plans


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """70 runs of one runner with five cramps, the marathon's among them."""
    onsets = {"r012": 5, "r022": 5, "r039": 38, "r051": 6, "r063": 7}
    return hazard_rows(varied_plans(70, np.random.default_rng(12)), onsets)


@pytest.fixture(scope="module")
def record(rows: pl.DataFrame) -> ModelEvaluation:
    return evaluate(rows)


@pytest.fixture(scope="module")
def cohort() -> ModelEvaluation:
    """Six runners, 40 runs each; runners differ much."""
    return evaluate(cohort_rows(6, 40, seed=4, level=2.5, spread=1.6))


def test_one_runner_alone_is_forecast_from_the_eleventh_run_on(record: ModelEvaluation) -> None:
    own = record.by_runner["anna"]
    assert own == record.together
    assert (own.verdict, own.runners, own.runs, own.cramps) == ("enough", 1, 60, 5)
    assert [forecast.run_id for forecast in own.forecasts] == [f"r{k:03d}" for k in range(10, 70)]
    assert own.forecasts[0].start_at == "2024-01-31T06:00:00"
    assert record.newcomers.verdict == "too few runs"


def test_scores_are_those_of_the_forecasts(record: ModelEvaluation) -> None:
    own = record.together
    predicted = np.array([forecast.predicted for forecast in own.forecasts])
    cramp = np.array([forecast.cramp for forecast in own.forecasts])
    assert own.scores is not None
    assert own.scores.brier == pytest.approx(np.mean((predicted - cramp) ** 2))
    assert own.scores.log_loss == pytest.approx(-np.mean(np.where(cramp, np.log(predicted), np.log(1 - predicted))))
    assert own.expected == pytest.approx(predicted.sum())
    names = [one.name for one in own.baselines]
    assert names == ["own rate", "own level x published shape", "planned duration"]
    for one in own.baselines:
        assert one.worse_by == pytest.approx(one.log_loss - own.scores.log_loss)


def test_the_kinds_of_run_add_up(cohort: ModelEvaluation) -> None:
    for part in (cohort.together, cohort.newcomers):
        assert [one.kind for one in part.kinds] == ["race", "long", "other"]
        assert sum(one.runs for one in part.kinds) == part.runs
        assert sum(one.cramps for one in part.kinds) == part.cramps
        assert sum(one.expected for one in part.kinds) == pytest.approx(part.expected)


def test_ranges_go_by_runner_where_there_are_five_and_by_run_below(
    record: ModelEvaluation, cohort: ModelEvaluation
) -> None:
    assert record.together.scores is not None
    assert cohort.together.scores is not None
    assert (record.together.scores.by, cohort.together.scores.by) == ("run", "runner")


def test_the_store_is_its_runners_together(cohort: ModelEvaluation) -> None:
    own = cohort.by_runner.values()
    assert sum(one.runs for one in own) == cohort.together.runs == 6 * 30
    assert sum(one.cramps for one in own) == cohort.together.cramps
    assert sum(one.expected for one in own) == pytest.approx(cohort.together.expected)
    assert cohort.together.forecasts == ()
    assert (cohort.newcomers.runs, cohort.newcomers.runners) == (6 * 40, 6)


def test_own_runs_tell_more_than_being_one_of_many(cohort: ModelEvaluation) -> None:
    """Runners who differ much: the hazard with own parts comes closer than everyone alike, and than itself as a newcomer."""
    pooled = next(one for one in cohort.together.baselines if one.name == "pooled hazard")
    assert pooled.worse_by > 2 * pooled.worse_by_se
    assert cohort.together.scores is not None
    assert cohort.newcomers.scores is not None
    assert cohort.together.scores.log_loss < cohort.newcomers.scores.log_loss


def test_forecasts_that_know_what_came_raise_the_alarm(rows: pl.DataFrame) -> None:
    forecasts = forward_forecasts(HistoryAsOf(rows, {}, {}))
    assert not any(one.looks_leaked for one in score(forecasts).kinds)
    leaking = forecasts.with_columns(
        pl.lit("other").alias("kind"), pl.when("cramp").then(0.9).otherwise("predicted").alias("predicted")
    )
    assert [one.kind for one in score(leaking).kinds if one.looks_leaked] == ["other"]


def test_without_a_cramp_there_are_counts_and_no_scores() -> None:
    own = evaluate(clean_runs(30)).together
    assert (own.verdict, own.runs, own.cramps) == ("no cramp", 20, 0)
    assert (own.scores, own.baselines) == (None, ())
    assert 0 < own.expected < 1


@pytest.mark.parametrize("n", [0, 1, 10, 19])
def test_under_twenty_runs_nothing_is_scored(n: int) -> None:
    record = evaluate(clean_runs(n))
    own = record.together
    assert (own.verdict, own.forecasts, own.scores) == ("too few runs", (), None)
    assert set(record.by_runner) == ({"anna"} if n else set())


def test_runs_without_a_plan_are_counted_and_not_forecast(rows: pl.DataFrame) -> None:
    unplanned = rows.with_columns(
        pl.when(pl.col("run_id").is_in(["r020", "r021"])).then(None).otherwise("planned_s").alias("planned_s")
    )
    record = evaluate(unplanned)
    assert (record.without_plan, record.together.runs) == (2, 58)


def test_the_record_is_plain_json(record: ModelEvaluation) -> None:
    plain = json.loads(json.dumps(asdict(record)))
    assert plain["together"]["forecasts"][0]["run_id"] == "r010"


def observed(cramps: list[bool]) -> pl.DataFrame:
    names = [f"r{k}" for k in range(len(cramps))]
    return pl.DataFrame({"runner_id": ["anna"] * len(cramps), "run_id": names, "cramp": cramps})


def test_two_records_are_compared_on_the_runs_both_told_as_known_today() -> None:
    one, other = {"r0": 0.5, "r1": 0.5, "gone": 0.1}, {"r0": 0.25, "r1": 0.25, "r2": 0.3}
    runs, worse, se = mean_loss_difference(one, other, observed([True, False, False]))
    assert runs == 2
    assert worse == pytest.approx((np.log(0.25 / 0.5) + np.log(0.75 / 0.5)) / 2)
    assert se == pytest.approx((np.log(0.75 / 0.5) - np.log(0.25 / 0.5)) / 2)
    corrected = mean_loss_difference(one, other, observed([False, False, False]))
    assert corrected[1] == pytest.approx(np.log(0.75 / 0.5))
    assert mean_loss_difference(one, {}, observed([True])) == (0, 0.0, np.inf)
