"""A cohort of the `bench` world split in time, forecast by our hazard, and the best possible forecast from the same data.

Called by benchmarks.model_quality and its peers. The first 70 % of each runner's runs, as reported, are for fitting; the rest
is forecast to the planned end, from what was known at the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.worlds.bench_cohort import BenchCohort, draw_bench_cohort
from benchmarks.worlds.bench_world import BenchRun, BenchRunners, bench_log_odds, cramp_chance, draw_bench_runners
from models.fit.hazard import CrampHazard, RunRisk

Floats = NDArray[np.float64]
Done = TypeVar("Done")

FITTED_SHARE = 0.7
CEILING_DRAWS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """`past`: hazard rows for fitting. `plans`, `coming`: segments and runs to forecast, in the same order."""

    cohort: BenchCohort
    past: pl.DataFrame
    plans: pl.DataFrame
    coming: pl.DataFrame

    @property
    def true(self) -> Floats:
        """The true risk of each run to forecast (n_runs,)."""
        return self.coming["true_risk"].to_numpy()


Forecaster = Callable[[Task], Floats]


def draw_task(n_runners: int, rng: np.random.Generator) -> Task:
    """Returns a new cohort, split in time per runner."""
    cohort = draw_bench_cohort(n_runners, rng)
    place = pl.int_range(pl.len()).over("runner_id") / pl.len().over("runner_id")
    coming = cohort.runs.filter(place >= FITTED_SHARE)
    later = pl.col("run_id").is_in(coming["run_id"].to_list())
    return Task(cohort, cohort.rows.filter(~later), cohort.plans.filter(later), coming)


def timed(work: Callable[[Task], Done], task: Task) -> tuple[Done, float]:
    """Returns the result of `work` and its CPU seconds, in one thread, because waiting threads would count too."""
    with threadpool_limits(1):
        begun_s = time.process_time()
        done = work(task)
        return done, time.process_time() - begun_s


def hazard_risks(model: CrampHazard, task: Task) -> list[RunRisk]:
    """Returns the risks of the runs to forecast (n_runs), each with its own runner."""
    return [
        risk
        for (runner,), plans in task.plans.group_by("runner_id", maintain_order=True)
        for risk in model.run_risks(plans, runner=str(runner)).values()
    ]


def ceiling(task: Task, rng: np.random.Generator) -> Floats:
    """Returns the best possible forecasts: the population is known exactly, each runner's deviation from their reported runs.

    The deviation comes from weighted draws of the true spread between runners; weather and course are known.
    """
    first = task.cohort.plans.with_row_index("row").group_by("run_id", maintain_order=True).agg(pl.col("row").first())
    first_rows = dict(zip(first["run_id"].to_list(), first["row"].to_list(), strict=True))
    predicted = []
    draws = draw_bench_runners(CEILING_DRAWS, rng)
    past = {str(runner): rows for (runner,), rows in task.past.group_by("runner_id")}
    for (runner,), plans in task.plans.group_by("runner_id", maintain_order=True):
        rows = past[str(runner)]
        onset, hazard = rows["onset"].to_numpy()[:, None], _true_hazard(task, rows, first_rows, draws)
        fit = (onset * np.log(hazard) - rows["minutes"].to_numpy()[:, None] * hazard).sum(axis=0)
        weights = np.exp(fit - fit.max())
        expected = plans["minutes"].to_numpy()[:, None] * _true_hazard(task, plans, first_rows, draws)
        run = plans["run_id"].rle_id().to_numpy()
        risks = [-np.expm1(-expected[run == k].sum(axis=0)) @ weights / weights.sum() for k in range(run[-1] + 1)]
        predicted += risks
    return np.array(predicted)


def _true_hazard(task: Task, rows: pl.DataFrame, first_rows: dict[str, int], draws: BenchRunners) -> Floats:
    """Returns the hazard per minute (n_rows, n_draws) for drawn runners instead of the true one."""
    row = np.array([first_rows[run_id] for run_id in rows["run_id"]]) + rows["segment_no"].to_numpy()
    acting = BenchRun(*(getattr(task.cohort.acting, field.name)[row, None] for field in fields(BenchRun)))
    odds = bench_log_odds(draws, acting)
    return -np.log1p(-cramp_chance(odds, np.float64(5.0))) / 5.0
