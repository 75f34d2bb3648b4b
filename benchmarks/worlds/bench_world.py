"""The `bench` world: an easier world that ranks methods for cohorts. Its hazard, and the true parameters of its runners.

A logit hazard of 5 minutes of running, steeper and more varied between runners than any study says, so that methods
part: about 5 of 100 training runs and 40 of 100 marathon efforts cramp. Its calendar is in benchmarks/worlds/bench_cohort.py.
No I/O; called by benchmarks and tests. Nothing here is evidence about people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

INTERCEPT = -6.4
DURATION, DURATION_MIN, DURATION_CENTRE, DURATION_SD = 0.55, 40.0, np.log1p(1.5), 0.45
HINGE_AT_MIN, HINGE_AN_HOUR = 120.0, 0.35  # assumed: marathons come out at about 40 of 100
HEAT, HEAT_FROM_C, HEAT_STEP_C = 0.45, 18.0, 4.0
PACE, PACE_STEP_PCT, PACE_CONVEX = 0.30, 8.0, 0.10  # the convex part is assumed
DOWNHILL = 0.06  # per % of grade
LOAD = 0.8  # per unit of the load ratio; its SD within a runner is assumed:
LOAD_SD = 0.3
CRAMP_BEFORE, CRAMP_BEFORE_DAYS = 0.6, 30.0
EVENING, EVENING_HOUR = 0.15, 17.0

SD_LEVEL, SD_HEAT, SD_DURATION, SD_PACE = 0.9, 0.5, 0.4, 0.4
STRONG_SHARE, STRONG_SLOPES = 0.2, (0.9, 1.2)


@dataclass(frozen=True, slots=True)
class BenchRunners:
    """The true parameters of runners, each (n_runners,): the deviations of the intercept and of three slopes."""

    level: Floats
    heat: Floats
    duration: Floats
    pace: Floats

    def at(self, k: int | NDArray[np.int64]) -> BenchRunners:
        """Returns the runner at an index, or the runners at several."""
        return BenchRunners(self.level[k], self.heat[k], self.duration[k], self.pace[k])


@dataclass(frozen=True, slots=True)
class BenchRun:
    """The covariates of segments, each (n_rows,) or a number for all; `minute` is the middle of the segment."""

    minute: Floats
    wbgt_c: Floats
    pace_faster_pct: Floats
    downhill_pct: Floats
    load_z: Floats
    hour: Floats
    cramp_before: Floats  # 1 where the runner cramped in the 30 days before


def draw_bench_runners(n: int, rng: np.random.Generator) -> BenchRunners:
    """Returns n runners; one in five has one strong slope, on heat, duration or pace, added to the deviation."""
    deviations = rng.normal(0.0, 1.0, (4, n)) * np.array([[SD_LEVEL], [SD_HEAT], [SD_DURATION], [SD_PACE]])
    strong = np.flatnonzero(rng.random(n) < STRONG_SHARE)
    deviations[rng.integers(1, 4, strong.size), strong] += rng.uniform(*STRONG_SLOPES, strong.size)
    return BenchRunners(*deviations)


def bench_log_odds(truth: BenchRunners, run: BenchRun) -> Floats:
    """Returns the log odds of a cramp in 5 minutes of running with none before, (n_rows,).

    `truth` holds one runner's numbers, or columns that broadcast against the rows.
    """
    heat, duration, pace = bench_units(run)
    common = (
        INTERCEPT
        + HINGE_AN_HOUR * np.maximum(run.minute - HINGE_AT_MIN, 0.0) / 60.0
        + PACE_CONVEX * np.square(np.maximum(pace, 0.0))
        + DOWNHILL * run.downhill_pct
        + LOAD * LOAD_SD * run.load_z
        + CRAMP_BEFORE * run.cramp_before
        + EVENING * (run.hour >= EVENING_HOUR)
    )
    by_runner = (HEAT + truth.heat) * heat + (DURATION + truth.duration) * duration + (PACE + truth.pace) * pace
    return np.asarray(common + truth.level + by_runner)


def bench_units(run: BenchRun) -> tuple[Floats, Floats, Floats]:
    """Returns heat, duration and pace in the units of the world, each (n_rows,): the runners' slopes multiply them."""
    heat = np.maximum(run.wbgt_c - HEAT_FROM_C, 0.0) / HEAT_STEP_C
    duration = (np.log1p(run.minute / DURATION_MIN) - DURATION_CENTRE) / DURATION_SD
    return heat, duration, np.asarray(run.pace_faster_pct / PACE_STEP_PCT)


def cramp_chance(log_odds: Floats, minutes: Floats) -> Floats:
    """Returns P(cramp) in a segment of so many minutes, none before it: 1 - (1 - p)^(minutes / 5)."""
    return np.asarray(-np.expm1(-(minutes / 5.0) * np.logaddexp(0.0, log_odds)))
