"""A cohort in the `bench` world: each runner's seasonal year of 20-150 runs, as planned, as run and as reported.

Reports differ from the truth: some cramps are not reported, onsets are minutes wrong, cramps end runs, weather is missing.
Calendar and weather are assumed. Called by benchmarks and tests; the hazard itself is benchmarks/worlds/bench_world.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.worlds.bench_world import (
    CRAMP_BEFORE_DAYS,
    BenchRun,
    BenchRunners,
    bench_log_odds,
    cramp_chance,
    draw_bench_runners,
)
from benchmarks.worlds.published_year import cut
from models.fit.design import HAZARD_ROW_COLUMNS

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

FEWEST_RUNS, MOST_RUNS = 20, 150
MISSED, ONSET_OFF, ENDS_THE_RUN, NO_WEATHER = 0.10, 0.30, 0.70, 0.10
ONSET_OFF_MIN = 5.0
# Planned minutes, their spread, % faster than usual, share of the runs, race.
KINDS = {
    "easy": (48.0, 0.20, 0.0, 0.74, False),
    "long run": (115.0, 0.15, 0.0, 0.18, False),
    "10k": (57.0, 0.12, 11.0, 0.03, True),
    "half": (119.0, 0.12, 9.0, 0.03, True),
    "marathon": (245.0, 0.12, 5.5, 0.02, True),
}
SPEED_M_S = 2.8


@dataclass(frozen=True, slots=True, eq=False)
class BenchCohort:
    """`plans`: PLAN_COLUMNS, runner_id, start_at of every run to its planned end, as known at its start.

    `rows`: HAZARD_ROW_COLUMNS as reported. `runs`: one row per run, in the order of the plans, with `reported` (a cramp) and
    `true_risk` before the run. `acting` (n_plan_rows): the true covariates; `runner` (n_runs,): indices in `truth`.
    """

    plans: pl.DataFrame
    rows: pl.DataFrame
    runs: pl.DataFrame
    acting: BenchRun
    truth: BenchRunners
    runner: Indices


def draw_bench_cohort(n_runners: int, rng: np.random.Generator) -> BenchCohort:
    """Returns n runners and their years; the same generator state gives the same cohort."""
    truth = draw_bench_runners(n_runners, rng)
    runner, calendar = _calendar(rng.integers(FEWEST_RUNS, MOST_RUNS + 1, n_runners), rng)
    plans = cut(calendar)
    run = plans["run_id"].rle_id().to_numpy().astype(np.int64)
    acting = BenchRun(
        minute=plans["moving_start_s"].to_numpy() / 60.0 + plans["minutes"].to_numpy() / 2.0,
        wbgt_c=plans["wbgt_c"].to_numpy(),
        pace_faster_pct=plans["pace_faster_pct"].to_numpy(),
        downhill_pct=_downhill_pct(calendar)[run],
        load_z=plans["load_3d_z"].to_numpy(),
        hour=plans["start_hour_local"].to_numpy(),
        cramp_before=np.zeros(run.size),
    )
    before, onset_min, risk = _years(truth, runner, calendar["start_at"], plans, run, acting, rng)
    acting = replace(acting, cramp_before=before[run].astype(np.float64))
    names = pl.Series("runner_id", [f"b{k:04d}" for k in runner])
    plans = plans.with_columns(
        names.gather(run), pl.when(pl.Series(rng.random(runner.size) >= NO_WEATHER).gather(run)).then("wbgt_c")
    )
    rows, reported = _reported(plans, run, onset_min, rng)
    runs = plans.group_by("run_id", maintain_order=True).agg(
        pl.col("runner_id", "start_at", "planned_s", "race").first()
    )
    runs = runs.with_columns(pl.Series("reported", reported), pl.Series("true_risk", risk))
    return BenchCohort(plans, rows, runs, acting, truth, runner)


def _calendar(n_runs: Indices, rng: np.random.Generator) -> tuple[Indices, dict[str, NDArray[Any]]]:
    """Returns the runner of each run (n_runs,), and the runs as columns; ordered by runner and time."""
    runner = np.repeat(np.arange(n_runs.size), n_runs)
    n = runner.size
    day = rng.uniform(0.0, 365.0, n)
    day = day[np.lexsort((day, runner))]
    minutes, spread, faster_pct, share, race = (np.array(column) for column in zip(*KINDS.values(), strict=True))
    kind = rng.choice(len(KINDS), n, p=share / share.sum())
    planned_s = np.round(60.0 * minutes[kind] * np.clip(rng.normal(1.0, spread[kind]), 0.5, 1.5))
    climate_c, warmest = rng.normal(15.0, 3.0, n_runs.size)[runner], rng.uniform(180.0, 220.0)
    return runner, {
        "race": race[kind],
        "planned_s": planned_s,
        "longest30_s": _longest30_s(runner, day, planned_s),
        "pace_faster_pct": faster_pct[kind] + rng.normal(0.0, 5.0, n),
        "wbgt_c": climate_c + 8.0 * np.cos(2 * np.pi * (day - warmest) / 365.0) + rng.normal(0.0, 3.0, n),
        "load_3d_z": rng.normal(-0.4 * race[kind], 1.0),
        "start_hour_local": np.where(race[kind], 9.0, rng.choice([7.0, 12.0, 18.5], n)),
        "descent_m": rng.gamma(1.5, 0.6, n) / 100.0 * SPEED_M_S * planned_s,
        "start_at": np.datetime64("2024-01-01", "us") + (day * 86_400e6).astype("timedelta64[us]"),
    }


def _downhill_pct(calendar: dict[str, NDArray[Any]]) -> Floats:
    """Returns the mean downhill grade of each run (n_runs,)."""
    return np.asarray(100.0 * calendar["descent_m"] / (SPEED_M_S * calendar["planned_s"]))


def _longest30_s(runner: Indices, day: Floats, planned_s: Floats) -> Floats:
    """Returns the longest run in the 30 days before each run (n_runs,), 45 min if there is none."""
    longest = np.full(runner.size, 2700.0)
    for back in range(1, MOST_RUNS):
        near = (runner[back:] == runner[:-back]) & (day[back:] - day[:-back] <= 30.0)
        if not near.any():
            break
        longest[back:] = np.where(near, np.maximum(longest[back:], planned_s[:-back]), longest[back:])
    return longest


def _years(
    truth: BenchRunners,
    runner: Indices,
    start_at: NDArray[np.generic],
    plans: pl.DataFrame,
    run: Indices,
    acting: BenchRun,
    rng: np.random.Generator,
) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Returns per run (n_runs,): a cramp in the 30 days before or not, the minute of the onset or NaN, and the risk."""
    patience = rng.exponential(size=runner.size)
    minutes = plans["minutes"].to_numpy()
    onsets, risks = [], []
    for flag in (0.0, 1.0):
        odds = bench_log_odds(truth.at(runner[run]), replace(acting, cramp_before=np.full(run.size, flag)))
        onset, risk = _onset_minutes(-np.log1p(-cramp_chance(odds, minutes)), minutes, run, patience)
        onsets.append(onset)
        risks.append(risk)
    days = start_at.astype("datetime64[us]").astype(np.int64) / 86_400e6
    before, last = np.zeros(runner.size, dtype=np.bool_), (-1, -np.inf)
    for k in range(runner.size):
        before[k] = last[0] == runner[k] and days[k] - last[1] <= CRAMP_BEFORE_DAYS
        if not np.isnan(onsets[int(before[k])][k]):
            last = (int(runner[k]), float(days[k]))
    return before, np.where(before, onsets[1], onsets[0]), np.where(before, risks[1], risks[0])


def _onset_minutes(hazard: Floats, minutes: Floats, run: Indices, patience: Floats) -> tuple[Floats, Floats]:
    """Returns each run's onset (n_runs,), when its summed hazard (n_rows,) passes its patience, else NaN; and its risk."""
    total = np.bincount(run, hazard)
    first = np.searchsorted(run, np.arange(patience.size))
    so_far = np.cumsum(hazard) - (np.cumsum(total) - total)[run]  # within the run, this segment included
    row = first + np.bincount(run, (so_far < patience[run]).astype(np.float64)).astype(np.int64)
    cramped = patience <= total
    row = np.minimum(row, run.size - 1)
    share = 1.0 - (so_far[row] - patience) / hazard[row]
    start = np.cumsum(minutes) - minutes
    onset = start[row] - start[first] + np.clip(share, 1e-3, 1.0) * minutes[row]
    return np.where(cramped, onset, np.nan), -np.expm1(-total)


def _reported(
    plans: pl.DataFrame, run: Indices, onset_min: Floats, rng: np.random.Generator
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Returns HAZARD_ROW_COLUMNS as reported, and whether each run was reported with a cramp."""
    n = onset_min.size
    cramped = ~np.isnan(onset_min)
    reported = cramped & (rng.random(n) >= MISSED)
    planned_min = np.bincount(run, plans["minutes"].to_numpy())
    recorded_min = np.where(cramped & (rng.random(n) < ENDS_THE_RUN), onset_min, planned_min)
    off_min = ONSET_OFF_MIN * rng.choice([-1.0, 1.0], n) * (rng.random(n) < ONSET_OFF)
    end_min = np.where(reported, np.clip(onset_min + off_min, 0.1, recorded_min), recorded_min)
    start = pl.col("moving_start_s") / 60.0
    end = pl.Series(end_min[run])
    last = (start < end) & (start + pl.col("minutes") >= end - 1e-9)
    rows = plans.with_columns(
        pl.min_horizontal("minutes", end - start).alias("minutes"),
        (last & pl.Series(reported[run])).cast(pl.Float64).alias("onset"),
        pl.lit(True).alias("simulated"),
    ).filter(pl.col("minutes") > 0)
    return rows.select(HAZARD_ROW_COLUMNS), reported
