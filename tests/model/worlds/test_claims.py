"""Small, with fixed seeds, what benchmarks/claims.py measures: hardly a false claim, and a strong effect found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.claims import claimed, false_share, found_share
from benchmarks.worlds.claim_worlds import NOTHING_ACTS, NULL_WORLDS, STRONG, STRONG_HEAT, draw_log
from benchmarks.worlds.published_year import true_hazard
from models.fit.design import HAZARD_ROW_COLUMNS
from models.scoring.crossover import case_crossover
from sample_data.world.simulate import Truth

N0, N1, MNAR = NULL_WORLDS


@pytest.mark.parametrize("kind", NULL_WORLDS, ids=lambda kind: kind.name)
def test_hardly_a_report_claims_what_is_not_there(kind) -> None:
    """The goal is 3 of 100; two of 24 would happen by chance in one of six such tests even so."""
    assert false_share(kind, 10, 24, np.random.default_rng(41)) <= 2 / 24


def test_a_strong_effect_of_heat_is_found_at_thirty_cramps() -> None:
    """The goal is 70 of 100."""
    assert found_share(30, 16, np.random.default_rng(42)) >= 10 / 16


def test_four_cramps_are_no_pattern_however_hot_they_were() -> None:
    assert claimed(draw_log(STRONG, 4, np.random.default_rng(43))) == ()


def test_uneven_answers_silence_a_claim() -> None:
    """The same cramps, but of the cool clean runs half is not answered: what was found may be who answered."""
    rng = np.random.default_rng(44)
    log = next(log for log in (draw_log(STRONG, 30, rng) for _ in range(20)) if "heat" in claimed(log))
    cool = (pl.col("wbgt_c") <= pl.col("wbgt_c").median()) & (pl.col("answer") == "no cramp")
    silent = cool & (pl.int_range(pl.len()) % 2 == 0)
    runs = log.runs.with_columns(pl.when(silent).then(pl.lit("unanswered")).otherwise("answer").alias("answer"))
    assert "heat" not in claimed(type(log)(log.rows, runs))


# --- the worlds are what they say


@pytest.mark.parametrize("kind", [*NULL_WORLDS, STRONG], ids=lambda kind: kind.name)
def test_a_log_holds_the_cramps_asked_for_and_only_answered_runs(kind) -> None:
    log = draw_log(kind, 12, np.random.default_rng(1))
    assert tuple(log.rows.columns) == HAZARD_ROW_COLUMNS
    assert log.rows["onset"].sum() == 12
    assert (log.runs["answer"] == "cramp").sum() == 12
    assert set(log.rows["run_id"]) == set(log.runs.filter(pl.col("answer") != "unanswered")["run_id"])


def test_in_the_null_world_neither_heat_nor_pace_moves_the_hazard() -> None:
    rows = draw_log(N0, 5, np.random.default_rng(2)).rows
    hot_and_fast = rows.with_columns(pl.lit(30.0).alias("wbgt_c"), pl.lit(15.0).alias("pace_faster_pct"))
    truth = Truth(s_heat=0.0, s_pace=0.0)
    np.testing.assert_array_equal(*(true_hazard(NOTHING_ACTS, truth, which) for which in (rows, hot_and_fast)))


def test_long_runs_are_warm_where_they_fall_in_summer() -> None:
    """Else the world would not tempt anyone to a false claim."""
    warmer = []
    for kind in (N0, N1):
        rng = np.random.default_rng(3)
        runs = pl.concat([draw_log(kind, 5, rng).rows for _ in range(5)]).filter(pl.col("segment_no") == 0)
        long = pl.col("planned_s") > 5400
        warmer.append(runs.filter(long)["wbgt_c"].mean() - runs.filter(~long)["wbgt_c"].mean())
    assert abs(warmer[0]) < 1.5
    assert warmer[1] > 4.0


def test_cramps_of_warm_or_fast_runs_are_told_more_often_in_the_world_of_uneven_answers() -> None:
    answering = MNAR.answering
    assert answering.cramp_above / answering.cramp_below > 1.2
    assert answering.clean_above < answering.clean_below


def test_the_strong_runner_cramps_on_warm_runs() -> None:
    assert STRONG_HEAT == 0.12
    rng = np.random.default_rng(5)
    assert np.mean([case_crossover(draw_log(STRONG, 20, rng).rows, "heat").higher_by for _ in range(6)]) > 2.0
