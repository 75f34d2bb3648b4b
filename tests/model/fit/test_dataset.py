"""Rows become runs, and a fingerprint that depends on their values and on nothing else."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from models.fit.dataset import check_rows, data_hash, planned_rows, runs_of
from models.fit.design import PLAN_COLUMNS, plan_rows
from tests.model.runners import clean_runs, hazard_rows, no_rows, varied_plans


def test_a_run_is_told_by_its_first_segment_and_its_onset() -> None:
    plans = pl.concat([plan_rows(3600.0, run_id="a", wbgt_c=20.0), plan_rows(7200.0, run_id="b", race=True)])
    rows = hazard_rows(plans, {"b": 11}).with_columns(
        pl.when(pl.col("segment_no") > 0).then(30.0).otherwise("wbgt_c").alias("wbgt_c")
    )
    runs = runs_of(rows.reverse())
    assert runs["run_id"].to_list() == ["a", "b"]
    assert runs["wbgt_c"].to_list() == [20.0, None]
    assert runs["planned_s"].to_list() == [3600.0, 7200.0]
    assert runs["at_risk_min"].to_list() == [60.0, 60.0]
    assert runs["cramp"].to_list() == [False, True]
    assert runs["race"].to_list() == [False, True]


@pytest.mark.parametrize(("shares", "cramp"), [((0.3, 0.7), True), ((0.2, 0.2), False)])
def test_an_onset_mostly_inside_the_run_makes_a_cramp_run(shares, cramp) -> None:
    onset = pl.Series("onset", [*shares, *[0.0] * 10])
    assert runs_of(clean_runs(1).with_columns(onset))["cramp"].to_list() == [cramp]


def test_a_planned_run_keeps_its_planned_length_whatever_became_of_it() -> None:
    rows = hazard_rows(plan_rows(7200.0, run_id="a", wbgt_c=21.0, pace_faster_pct=9.0, descent_m=500.0), {"a": 2})
    plan = planned_rows(runs_of(rows))
    assert tuple(plan.columns) == PLAN_COLUMNS
    assert plan["minutes"].sum() == 120.0
    assert plan["wbgt_c"].unique().to_list() == [21.0]
    assert plan["pace_faster_pct"].unique().to_list() == [0.0]
    assert plan["descent_so_far_m"].is_null().all()


def test_runs_without_a_plan_are_left_out() -> None:
    rows = clean_runs(3).with_columns(
        pl.when(pl.col("run_id") == "r001").then(None).otherwise("planned_s").alias("planned_s")
    )
    assert planned_rows(runs_of(rows))["run_id"].unique(maintain_order=True).to_list() == ["r000", "r002"]
    assert planned_rows(runs_of(no_rows())).height == 0


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="lack wbgt_c"):
        check_rows(clean_runs(1).drop("wbgt_c"))


def test_the_fingerprint_ignores_order_and_sees_every_value() -> None:
    rows = hazard_rows(varied_plans(5, np.random.default_rng(1)), {"r003": 2})
    mark = data_hash(rows)
    assert len(mark) == 64
    assert data_hash(rows.reverse().select(reversed(rows.columns))) == mark
    changed = [
        rows.with_columns(pl.lit(None, dtype=pl.Float64).alias("wbgt_c")),
        rows.with_columns(pl.col("minutes") + 1e-9),
        rows.with_columns(~pl.col("race")),
        rows.with_columns(pl.col("start_at").dt.offset_by("1s")),
        rows.with_columns(pl.lit("berta").alias("runner_id")),
        rows.head(rows.height - 1),
    ]
    assert len({mark, *(data_hash(other) for other in changed)}) == 7


def test_the_fingerprint_tells_unknown_from_zero() -> None:
    unknown = clean_runs(1).with_columns(pl.lit(None, dtype=pl.Float64).alias("load_3d_z"))
    assert data_hash(unknown) != data_hash(unknown.with_columns(pl.lit(0.0).alias("load_3d_z")))


def test_the_fingerprint_is_the_same_on_every_machine() -> None:
    assert data_hash(clean_runs(1)) == "6cc1d3fada2f19ea0df646e4a90a2e353f16e9b072d759460da4cac5b2082c72"
