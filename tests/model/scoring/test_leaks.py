"""The ten leaks of a cramp model, each planted, and the guard that holds it (SQL guards also: tests/sql/test_hazard_rows.py).

1 how long the run became; 2 what follows the onset; 3 means over the whole run; 4 words and feelings afterwards;
5 baselines that hold this or later runs; 6 what is missing only after cramps; 7 a run on both sides of a split;
8 being cramped already; 9 heat or hour at the onset; 10 scaling before the split. And an alarm for the eleventh.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from benchmarks.cohort import Task, draw_task, hazard_risks
from benchmarks.model_peers import runner_rates
from models.fit.dataset import planned_rows, runs_of
from models.fit.design import design_matrix, plan_rows
from models.fit.hazard import CrampHazard
from models.scoring.canary import looks_leaked
from models.scoring.evaluate import evaluate
from models.scoring.forward import LONG_S
from models.scoring.scores import order_within_kind
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from tests.model.runners import hazard_rows, varied_plans
from tests.support.stores import START, answer, cramp_at, even_run, make_store, put_runs

Store = tuple[duckdb.DuckDBPyConnection, Runner]
PLAN = plan_rows(2 * 3600.0, wbgt_c=22.0, longest30_s=7200.0)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """60 runs with four cramps."""
    onsets = {"r012": 5, "r022": 5, "r039": 38, "r051": 6}
    return hazard_rows(varied_plans(60, np.random.default_rng(12)), onsets)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        yield con, runner


def view_rows(con: duckdb.DuckDBPyConnection, columns: str = "*") -> list[tuple[object, ...]]:
    return con.execute(f"SELECT {columns} FROM v_hazard_row ORDER BY start_at, run_id, segment_no").fetchall()


# --- 1, 3, 4, 6: columns that give the onset away


@pytest.mark.parametrize(
    "planted",
    [
        "finish_s",
        "moving_share",
        "mean_heart_rate_bpm",
        "ascent_m",
        "effort_told",
        "title_says_cramp",
        "checklist_filled",
    ],
)
def test_a_column_that_tells_the_outcome_reaches_no_number(rows: pl.DataFrame, planted: str) -> None:
    cramped = (pl.col("onset").sum().over("run_id") > 0).cast(pl.Float64)
    told = rows.with_columns(cramped.alias(planted))
    assert CrampHazard().fit(told).run_risk(PLAN).mean == CrampHazard().fit(rows).run_risk(PLAN).mean


def test_how_long_a_run_became_changes_no_row_of_it_and_no_plan(rows: pl.DataFrame) -> None:
    """Leak 1: a cramp ends the run, so its length says too much."""
    kept = (rows["run_id"] != "r030") | (rows["segment_no"] < 3)
    ended = rows.filter(kept)
    assert ended.height < rows.height
    np.testing.assert_array_equal(design_matrix(ended), design_matrix(rows)[kept.to_numpy()])
    assert planned_rows(runs_of(ended)).equals(planned_rows(runs_of(rows)))


# --- 2, 8: the onset and what follows it


def test_the_slow_down_after_an_onset_reaches_no_row(store: Store) -> None:
    """Leak 2, planted: the runner stands almost still from the onset on, to the end of the run."""
    con, runner = store
    earlier = [even_run(minutes=60, start_at=START - timedelta(days=day), speed_ms=3.0) for day in range(2, 8)]
    run = even_run(minutes=60, speed_ms=3.0)
    elapsed = run.records["elapsed_s"]
    run.records["distance_m"] = 3.0 * elapsed.clip(max=2400) + 0.8 * (elapsed - 2400).clip(min=0)
    put_runs(con, runner, [*earlier, run])
    cramp_at(con, runner, run, 2400)
    told = con.execute(
        "SELECT max(moving_start_s), min(pace_faster_pct) FROM v_hazard_row WHERE run_id = ?", [run.run_id]
    ).fetchone()
    assert told == (2100, pytest.approx(0.0, abs=0.5))


def test_a_runner_who_has_cramped_is_no_longer_at_risk(store: Store) -> None:
    """Leak 8, planted: three cramps in one run must not make two rows that begin in a cramped state."""
    con, runner = store
    run = even_run(minutes=60)
    put_runs(con, runner, [run])
    for moment in (1000, 2000, 3000):
        cramp_at(con, runner, run, moment)
    assert view_rows(con, "onset") == [(0,), (0,), (0,), (1,)]


# --- 5, 7: earlier runs only


def test_a_later_run_changes_no_row_of_an_earlier_one(store: Store) -> None:
    """Leak 5, planted: a run of four hours at another pace, after all others, with a cramp."""
    con, runner = store
    runs = [even_run(minutes=50 + day, start_at=START + timedelta(days=day), speed_ms=3.0) for day in range(8)]
    put_runs(con, runner, runs)
    for run in runs:
        answer(con, run)
    before = view_rows(con)
    later = even_run(minutes=240, start_at=START + timedelta(days=9), speed_ms=4.0)
    put_runs(con, runner, [later])
    cramp_at(con, runner, later, 9000)
    assert view_rows(con)[: len(before)] == before


def test_the_peers_own_rate_rests_on_earlier_runs_only() -> None:
    """Leak 5 in the rivals: given this run's outcome they would look better than they are."""
    task = draw_task(20, np.random.default_rng(3))
    last = task.past["run_id"][-1]
    told = task.past.with_columns(pl.when(pl.col("run_id") == last).then(0.0).otherwise("onset").alias("onset"))
    changed = told.with_columns(
        pl.when((pl.col("run_id") == last) & (pl.col("segment_no") == 0)).then(1.0).otherwise("onset").alias("onset")
    )
    one, other = (runner_rates(Task(task.cohort, past, task.plans, task.coming)) for past in (told, changed))
    runner = task.past["runner_id"][-1]
    own = task.past.filter(pl.col("runner_id") == runner)["run_id"].unique().to_list()
    ranks = [np.argsort([rates[run_id] for run_id in own]).tolist() for rates in (one, other)]
    assert ranks[0] == ranks[1]
    ahead = task.coming.filter(pl.col("runner_id") == runner)["run_id"][0]
    assert other[ahead] > one[ahead]


def test_no_run_lies_on_both_sides_of_a_split() -> None:
    """Leak 7: of each runner the earlier runs are learnt from and the later ones forecast."""
    task = draw_task(20, np.random.default_rng(4))
    assert not set(task.past["run_id"]) & set(task.coming["run_id"])
    last = task.past.group_by("runner_id").agg(pl.col("start_at").max().alias("last"))
    first = task.coming.group_by("runner_id").agg(pl.col("start_at").min().alias("first"))
    assert (last.join(first, on="runner_id").select(pl.col("last") < pl.col("first")).to_series()).all()


def test_a_forecast_knows_nothing_of_its_own_run(rows: pl.DataFrame) -> None:
    """Leak 7, planted: the run's own rows turned from clean to cramped."""
    cramped = rows.with_columns(
        pl.when((pl.col("run_id") == "r045") & (pl.col("segment_no") == 1)).then(1.0).otherwise("onset").alias("onset")
    )
    one, other = (said_before(which) for which in (rows, cramped))
    assert one["r045"] == other["r045"]
    assert one["r055"] != other["r055"]  # but later runs do


def said_before(rows: pl.DataFrame) -> dict[str, float]:
    return {forecast.run_id: forecast.predicted for forecast in evaluate(rows).by_runner["anna"].forecasts}


# --- 6, 9, 10: what is missing, when it is measured, how it is scaled


def test_weather_missing_only_after_cramps_says_nothing(rows: pl.DataFrame) -> None:
    """Leak 6, planted: an unknown covariate is the reference and nothing else, whatever it went along with."""
    cramped = pl.col("onset").sum().over("run_id") > 0
    model = CrampHazard().fit(rows.with_columns(pl.when(~cramped).then("wbgt_c").alias("wbgt_c")))
    unknown, reference = (plan_rows(2 * 3600.0, wbgt_c=c, longest30_s=7200.0) for c in (None, 15.0))
    assert model.run_risk(unknown).mean == model.run_risk(reference).mean


def test_the_hour_is_that_of_the_start_in_every_row_up_to_the_onset(store: Store) -> None:
    """Leak 9: an hour taken at the onset would be duration in disguise."""
    con, runner = store
    run = even_run(minutes=180)
    put_runs(con, runner, [run])
    cramp_at(con, runner, run, 10_000)
    hours = {row[0] for row in view_rows(con, "start_hour_local")}
    assert len(hours) == 1


def test_a_rows_columns_do_not_depend_on_the_other_rows(rows: pl.DataFrame) -> None:
    """Leak 10: units are fixed, so nothing of the rows to come is in those learnt from."""
    half = rows.height // 2
    extreme = rows[half:].with_columns(pl.lit(40.0).alias("wbgt_c"), pl.lit(3.0).alias("load_3d_z"))
    np.testing.assert_array_equal(design_matrix(pl.concat([rows[:half], extreme]))[:half], design_matrix(rows[:half]))


# --- the alarm


@pytest.mark.parametrize(
    ("order", "kind", "known", "rings"),
    [
        (0.95, "other", True, True),
        (0.90, "other", True, False),
        (0.90, "race", True, True),
        (None, "race", True, False),
        (0.79, "long", False, False),
        (0.81, "long", False, True),
    ],
)
def test_the_alarm_rings_above_what_the_start_of_a_run_can_tell(order, kind, known, rings) -> None:
    assert looks_leaked(order, kind, seen_runners=known) is rings


@pytest.mark.slow
def test_the_alarm_rings_for_a_planted_leak_and_is_silent_without() -> None:
    """Planted: the pace of a cramp run holds the slow-down that the cramp brought."""
    task = draw_task(20, np.random.default_rng(5))
    assert not looks_leaked(order_among_others(task), "other", seen_runners=True)
    cramped = task.cohort.runs.filter("reported")["run_id"].to_list()
    slower = (
        pl.when(pl.col("run_id").is_in(cramped)).then(pl.col("pace_faster_pct") - 20.0).otherwise("pace_faster_pct")
    )
    past, plans = (rows.with_columns(slower.alias("pace_faster_pct")) for rows in (task.past, task.plans))
    assert looks_leaked(order_among_others(Task(task.cohort, past, plans, task.coming)), "other", seen_runners=True)


def order_among_others(task: Task) -> float | None:
    """The AUROC among the runs to come that are neither races nor long."""
    said = np.array([risk.mean for risk in hazard_risks(CrampHazard().fit(task.past), task)])
    others = ((task.coming["planned_s"] < LONG_S) & ~task.coming["race"]).to_numpy()
    return order_within_kind(said[others], task.coming["reported"].to_numpy()[others])
