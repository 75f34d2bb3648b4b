"""The time-forward record: nothing from later, scores worked out by hand, honest words for few runs."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import polars as pl
import pytest

from models.design import EVIDENCE_PRIORS
from models.evaluate import evaluate, forecast_groups, run_losses
from tests.model.runners import clean_runs, drawn_onsets, hazard_rows, varied_plans


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """70 runs with five cramps, the marathon's among them."""
    onsets = {"r012": 5, "r022": 5, "r039": 38, "r051": 6, "r063": 7}
    return hazard_rows(varied_plans(70, np.random.default_rng(12)), onsets)


def test_every_run_after_the_tenth_is_forecast_once_in_order(rows) -> None:
    record = evaluate(rows)
    assert record.verdict == "enough"
    assert [forecast.run_id for forecast in record.forecasts] == [f"r{k:03d}" for k in range(10, 70)]
    assert (record.runs, record.cramps) == (60, 5)
    assert record.forecasts[0].start_at == "2024-01-31T06:00:00"


def test_what_comes_later_changes_no_earlier_forecast(rows) -> None:
    changed = rows.with_columns(
        pl.when(pl.col("run_id") >= "r050").then(1.0).otherwise("onset").alias("onset"),
        pl.when(pl.col("run_id") >= "r050").then(30.0).otherwise("wbgt_c").alias("wbgt_c"),
    )
    assert evaluate(changed).forecasts[:40] == evaluate(rows).forecasts[:40]


def test_how_a_run_ended_does_not_touch_its_own_forecast(rows) -> None:
    ended = rows.filter((pl.col("run_id") != "r066") | (pl.col("segment_no") < 2))
    last = [f.said for f in evaluate(ended).forecasts if f.run_id == "r066"]
    assert last == [f.said for f in evaluate(rows).forecasts if f.run_id == "r066"]


def test_scores_are_those_of_the_forecasts(rows) -> None:
    record = evaluate(rows)
    said = np.array([forecast.said for forecast in record.forecasts])
    cramp = np.array([forecast.cramp for forecast in record.forecasts])
    assert record.brier == pytest.approx(np.mean((said - cramp) ** 2))
    assert record.log_loss == pytest.approx(-np.mean(np.where(cramp, np.log(said), np.log(1 - said))))
    assert record.expected == pytest.approx(said.sum())
    assert [score.name for score in record.baselines] == [
        "own rate",
        "planned duration",
        "own level x published shape",
    ]
    for score in record.baselines:
        assert score.worse_by == pytest.approx(score.log_loss - record.log_loss)
        assert score.worse_by_se > 0


def test_run_losses_are_logs_of_what_was_given_to_what_came() -> None:
    losses = run_losses(np.array([0.25, 0.25, 0.0]), np.array([True, False, False]))
    assert losses == pytest.approx([1.3862944, 0.2876821, 0.0], abs=1e-6)


def test_groups_count_what_was_said_and_what_came() -> None:
    said = np.array([0.005, 0.01, 0.03, 0.12, 0.18, 1.0])
    groups = forecast_groups(said, np.array([False, False, True, False, True, True]))
    assert [(g.low, g.high, g.runs, g.cramps) for g in groups] == [
        (0.0, 0.01, 1, 0),
        (0.01, 0.05, 2, 1),
        (0.10, 0.20, 2, 1),
        (0.35, 1.0, 1, 1),
    ]
    assert groups[2].said == pytest.approx(0.15)


def test_without_a_cramp_there_are_counts_and_no_scores() -> None:
    record = evaluate(clean_runs(30))
    assert (record.verdict, record.runs, record.cramps) == ("no cramp", 20, 0)
    assert (record.log_loss, record.brier, record.baselines) == (None, None, ())
    assert 0 < record.expected < 1


@pytest.mark.parametrize("n", [0, 1, 10, 19])
def test_under_twenty_runs_nothing_is_scored(n) -> None:
    record = evaluate(clean_runs(n))
    assert (record.verdict, record.forecasts, record.log_loss) == ("too few runs", (), None)


def test_runs_without_a_plan_are_counted_and_not_forecast(rows) -> None:
    unplanned = rows.with_columns(
        pl.when(pl.col("run_id").is_in(["r020", "r021"])).then(None).otherwise("planned_s").alias("planned_s")
    )
    record = evaluate(unplanned)
    assert (record.without_plan, record.runs) == (2, 58)


def test_the_first_answer_is_known_from_the_start(rows) -> None:
    none, many = (evaluate(rows, answer, "marathon").expected for answer in ("0", "3+"))
    assert none < many


def test_the_record_is_plain_json(rows) -> None:
    record = json.loads(json.dumps(asdict(evaluate(rows))))
    assert record["forecasts"][0]["run_id"] == "r010"


def test_the_hazard_beats_the_own_rate_on_runners_like_the_prior() -> None:
    """The own rate knows no duration; over twelve simulated runners with cramps the mean must show it."""
    rng, gains = np.random.default_rng(23), []
    means = np.array([prior.mean for prior in EVIDENCE_PRIORS])
    for _ in range(12):
        plans = varied_plans(70, rng)
        truth = means + np.eye(means.size)[0] * 1.5
        record = evaluate(hazard_rows(plans, drawn_onsets(plans, truth, rng)), runs_a_refit=30)
        gains += [score.worse_by for score in record.baselines if score.name == "own rate"]
    assert len(gains) >= 5
    assert np.mean(gains) > 0
