"""What breaks a model elsewhere: here each ends in a record, a number within its range, or words for why there is none.

Through the action that training is made of, warnings being errors (pyproject.toml).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from models.fit.dataset import planned_rows, runs_of
from models.fit.design import EVIDENCE_PRIORS
from models.fit.hazard import CrampHazard
from pipeline.actions.training.fit_all import Everyone, learn
from pipeline.errors import WrongInput
from pipeline.store.answers.runners import Runner, add_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.fits.fits import Fit
from tests.model.cohorts import renamed
from tests.model.runners import clean_runs, hazard_rows, no_rows, varied_plans
from tests.support.stores import NOW, make_store

LEARNT_AT = datetime(2026, 6, 1)
CRAMPED = {"r007": 5, "r013": 6, "r019": 3, "r026": 4, "r033": 7, "r039": 38}


@pytest.fixture(scope="module")
def usual() -> pl.DataFrame:
    """Forty runs with six cramps, a marathon among them."""
    return hazard_rows(varied_plans(40, np.random.default_rng(4)), CRAMPED)


def learnt(*logs: pl.DataFrame) -> tuple[dict[str, Any], list[Fit]]:
    """The record of the store and everyone's fit."""
    training, fits = learn(Everyone(pl.concat(logs), {}, {}), LEARNT_AT)
    return json.loads(training.evaluation), fits


def own_record(fit: Fit) -> Mapping[str, Any]:
    record: Mapping[str, Any] = json.loads(fit.evaluation)["evaluation"]
    return record


def assert_numbers(fit: Fit, rows: pl.DataFrame) -> None:
    """Every run of the log gets a number and a range, none of them nonsense."""
    plans = planned_rows(runs_of(rows))
    for risk in CrampHazard.from_json(fit.model).run_risks(plans, runner=fit.runner_id).values():
        assert 0.0 <= risk.low <= risk.high <= 1.0
        assert 0.0 <= risk.mean <= 1.0


def test_no_cramp_at_all_is_counted_and_not_scored() -> None:
    record, (fit,) = learnt(clean_runs(40))
    assert (record["together"]["verdict"], own_record(fit)["verdict"]) == ("no cramp", "no cramp")
    assert own_record(fit)["scores"] is None
    assert_numbers(fit, clean_runs(40))


def test_no_cramp_among_several_runners_is_counted_and_not_scored() -> None:
    logs = [renamed(clean_runs(25), name) for name in ("anna", "ben", "carla")]
    record, fits = learnt(*logs)
    assert (record["together"]["verdict"], record["newcomers"]["verdict"]) == ("no cramp", "no cramp")
    assert record["together"]["runs"] == 45
    for fit, log in zip(fits, logs, strict=True):
        assert_numbers(fit, log)


def test_a_cramp_in_every_run_is_said_and_not_scored() -> None:
    """The question to ask is whether the answers are right."""
    plans = varied_plans(30, np.random.default_rng(9))
    rows = hazard_rows(plans, dict.fromkeys(plans["run_id"].unique().to_list(), 2))
    record, (fit,) = learnt(rows)
    assert (record["together"]["verdict"], record["together"]["cramps"]) == ("all cramps", 20)
    assert own_record(fit)["scores"] is None
    assert_numbers(fit, rows)


def test_one_runner_is_nobodys_newcomer(usual: pl.DataFrame) -> None:
    record, (fit,) = learnt(usual)
    assert (record["newcomers"]["verdict"], record["together"]["scores"]["by"]) == ("too few runs", "run")
    assert json.loads(fit.evaluation)["others"] == {"runners": 0, "runs": 0}


@pytest.mark.parametrize("column", ["wbgt_c", "pace_faster_pct", "load_3d_z", "start_hour_local"])
def test_a_column_that_never_changes_teaches_nothing_and_breaks_nothing(usual: pl.DataFrame, column: str) -> None:
    rows = usual.with_columns(pl.lit(12.0).alias(column))
    record, (fit,) = learnt(rows)
    assert record["together"]["verdict"] == "enough"
    assert_numbers(fit, rows)


def test_without_any_weather_there_is_no_claim_about_heat(usual: pl.DataFrame) -> None:
    unknown = pl.lit(None, dtype=pl.Float64)
    rows = usual.with_columns(unknown.alias("wbgt_c"), unknown.alias("air_temp_c"))
    _, (fit,) = learnt(rows)
    heat = json.loads(fit.evaluation)["claims"]["heat"]
    assert heat["crossover_p"] == 1.0
    assert_numbers(fit, rows)


def test_with_every_covariate_missing_there_is_still_a_number(usual: pl.DataFrame) -> None:
    names = (
        "longest30_s",
        "pace_faster_pct",
        "air_temp_c",
        "wbgt_c",
        "descent_so_far_m",
        "load_3d_z",
        "start_hour_local",
    )
    rows = usual.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in names)
    record, (fit,) = learnt(rows)
    assert record["together"]["verdict"] == "enough"
    assert_numbers(fit, rows)


@pytest.mark.parametrize(
    ("column", "value"),
    [("wbgt_c", 999.0), ("pace_faster_pct", -80.0), ("load_3d_z", 1e6), ("longest30_s", -1.0), ("wbgt_c", np.inf)],
)
def test_a_value_beyond_nature_counts_as_not_measured(usual: pl.DataFrame, column: str, value: float) -> None:
    tenth = pl.col("run_id").str.ends_with("3")
    broken = usual.with_columns(pl.when(tenth).then(pl.lit(value)).otherwise(column).alias(column))
    missing = usual.with_columns(pl.when(tenth).then(None).otherwise(column).alias(column))
    (of_broken,), (of_missing,) = learnt(broken)[1], learnt(missing)[1]
    assert own_record(of_broken) == own_record(of_missing)
    assert json.loads(of_broken.model)["own"] == json.loads(of_missing.model)["own"]


def test_cramps_that_one_column_tells_apart_have_a_number_short_of_certainty() -> None:
    """Separation: every hot run cramped and no other. A plain regression would run to infinity."""
    plans = varied_plans(40, np.random.default_rng(6))
    hot = pl.col("run_id").str.ends_with("5") | pl.col("run_id").str.ends_with("0")
    plans = plans.with_columns(pl.when(hot).then(30.0).otherwise(10.0).alias("wbgt_c"))
    cramped = plans.filter(hot)["run_id"].unique().to_list()
    rows = hazard_rows(plans, dict.fromkeys(cramped, 4))
    record, (fit,) = learnt(rows)
    assert record["together"]["verdict"] == "enough"
    posterior = CrampHazard.from_json(fit.model).runner_posterior("anna")
    heat = [prior.column for prior in EVIDENCE_PRIORS].index("heat")
    slope = float(posterior.coefficients[:, heat] @ posterior.weights / posterior.weights.sum())
    assert EVIDENCE_PRIORS[heat].mean < slope < 3.0  # per 10 C: learnt from, and held by the evidence
    assert_numbers(fit, rows)


def test_unanswered_runs_are_no_rows_and_a_log_of_them_is_no_training() -> None:
    assert no_rows().is_empty()
    record, (fit,) = learnt(clean_runs(1))
    assert (record["together"]["verdict"], own_record(fit)["verdict"]) == ("too few runs", "too few runs")
    assert_numbers(fit, clean_runs(1))


def test_two_runners_with_the_same_log_are_two_and_equal(usual: pl.DataFrame) -> None:
    record, fits = learnt(renamed(usual, "anna"), renamed(usual, "ben"))
    assert record["together"]["runs"] == 60
    for one, other in pairwise(fits):
        assert (one.runs, one.cramps) == (other.runs, other.cramps) == (40, 6)
        assert own_record(one)["expected"] == pytest.approx(own_record(other)["expected"], rel=0.02)


def test_a_second_runner_of_the_same_name_is_refused(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    with (
        open_store(settings, write=True) as con,
        pytest.raises(WrongInput, match="there is a runner called 'anna' already"),
        change(con, "runner add", "", "single", NOW) as step,
    ):
        add_runner(step, Runner("", "anna"))
