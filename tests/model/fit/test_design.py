"""The columns' units and limits, against numbers worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from models.fit.design import EVIDENCE_PRIORS, PLAN_COLUMNS, Prior, design_matrix, plan_rows

COLUMNS = [prior.column for prior in EVIDENCE_PRIORS]


def value(column: str, rows: pl.DataFrame, row: int = 0) -> float:
    return float(design_matrix(rows)[row, COLUMNS.index(column)])


def test_duration_is_the_segments_nominal_middle() -> None:
    rows = plan_rows(7200.0)
    assert value("log_duration", rows, 0) == pytest.approx(math.log(2.5 / 60))
    assert value("log_duration", rows, 12) == pytest.approx(math.log(62.5 / 60))


def test_an_onset_that_cuts_the_segment_leaves_its_duration() -> None:
    rows = plan_rows(3600.0)
    cut = rows.with_columns(pl.lit(0.5).alias("minutes"))
    np.testing.assert_array_equal(design_matrix(rows), design_matrix(cut))


def test_duration_stops_counting_at_five_hours() -> None:
    assert value("log_duration", plan_rows(8 * 3600.0), 95) == pytest.approx(math.log(5))


@pytest.mark.parametrize(
    ("column", "covariates", "expected"),
    [
        ("log_habit", {"longest30_s": 3600.0}, math.log(2)),
        ("log_habit", {"longest30_s": 600.0}, math.log(120 / 45)),
        ("log_habit", {"longest30_s": None}, 0.0),
        ("pace", {"pace_faster_pct": 10.0}, 1.0),
        ("pace", {"pace_faster_pct": 35.0}, 2.0),
        ("pace", {"pace_faster_pct": -80.0}, 0.0),
        ("heat", {"wbgt_c": 25.0}, 1.0),
        ("heat", {"wbgt_c": -20.0}, -1.0),
        ("heat", {"wbgt_c": 999.0}, 0.0),
        ("heat", {"wbgt_c": None}, 0.0),
        ("load", {"load_3d_z": 4.5}, 3.0),
        ("race", {"race": True}, 1.0),
        ("hour_sin", {"start_hour_local": 6.0}, 1.0),
        ("hour_cos", {"start_hour_local": 6.0}, 0.0),
        ("hour_cos", {"start_hour_local": None}, 0.0),
    ],
)
def test_a_covariate_has_its_unit_its_limits_and_its_reference(column, covariates, expected) -> None:
    assert value(column, plan_rows(3600.0, **covariates)) == pytest.approx(expected, abs=1e-12)


def test_beyond_the_longest_run_rises_to_one() -> None:
    rows = plan_rows(4 * 3600.0, longest30_s=3600.0)
    assert value("beyond_longest", rows, 11) == 0.0  # 57.5 min
    assert value("beyond_longest", rows, 17) == pytest.approx(27.5 / 60)  # 87.5 min
    assert value("beyond_longest", rows, 40) == 1.0


def test_descent_counts_in_km_up_to_one_and_a_half() -> None:
    rows = plan_rows(3600.0, descent_m=3000.0)
    assert value("descent", rows, 4) == pytest.approx(1.0)
    assert value("descent", rows, 11) == 1.5


def test_morning_is_a_start_before_ten() -> None:
    priors = (Prior("morning", 0.0, 1.0, 0.0),)
    starts = [9.99, 10.0, None]
    found = [design_matrix(plan_rows(300.0, start_hour_local=hour), priors)[0, 0] for hour in starts]
    assert found == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("planned_s", "minutes"),
    [(120.0, [2.0]), (449.0, [449 / 60]), (450.0, [5.0, 2.5]), (600.0, [5.0, 5.0]), (749.0, [5.0, 449 / 60])],
)
def test_a_last_piece_under_150_s_joins_the_segment_before(planned_s, minutes) -> None:
    rows = plan_rows(planned_s)
    assert tuple(rows.columns) == PLAN_COLUMNS
    assert rows["minutes"].to_list() == pytest.approx(minutes)


def test_a_plan_without_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="duration above 0"):
        plan_rows(0.0)


def test_missing_and_impossible_values_have_no_effect_alike() -> None:
    missing, impossible = (design_matrix(plan_rows(300.0, wbgt_c=value)) for value in (None, 999.0))
    assert np.array_equal(missing, impossible)
    assert not np.array_equal(missing, design_matrix(plan_rows(300.0, wbgt_c=30.0)))


def test_the_priors_are_the_published_table() -> None:
    table = {prior.column: (prior.mean, prior.sd_group, prior.sd_between) for prior in EVIDENCE_PRIORS}
    assert table["intercept"] == (-11.2, 1.3, 1.6)
    assert table["pace"] == (0.6, 0.35, 0.3)
    assert table["heat"] == (0.25, 0.35, 0.4)
    assert EVIDENCE_PRIORS[0].sd_alone == pytest.approx(2.0615528)
