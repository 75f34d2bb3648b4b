"""Logs of one runner in worlds where a claim about heat or pace would be false, and in one where it is true.

N0: only duration has an effect. N1: heat has no effect, but long runs are in summer. MNAR: neither has an effect, but cramps
in warm or fast runs are reported more often. R: one runner with a strong effect of heat. No I/O; called by
benchmarks/claims.py and tests/model/worlds/test_claims.py. Nothing here is evidence about people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq

from benchmarks.worlds.published_year import YEAR, ended_by_onset, runners, true_hazard, year
from models.fit.design import HAZARD_ROW_COLUMNS
from sample_data.world.simulate import HIGH, MID, Truth, World

Floats = NDArray[np.float64]

RUNS_A_YEAR = sum(YEAR.values())
CRAMPS_PER_YEAR = 10  # more cramps than this need a log of two years
STRONG_HEAT = 0.12  # log hazard per C


@dataclass(frozen=True, slots=True)
class Answering:
    """P(the cramp question is answered), by whether the run cramped and whether it was warmer (faster) than usual."""

    cramp_above: float = 0.9
    cramp_below: float = 0.9
    clean_above: float = 0.9
    clean_below: float = 0.9


@dataclass(frozen=True, slots=True)
class ClaimWorld:
    """`false_claims`: factors with a false claim; claims of other factors are true or not judged."""

    name: str
    world: World
    false_claims: tuple[str, ...]
    long_in_summer: bool = False
    answering: Answering = Answering()
    strong_heat: bool = False


NOTHING_ACTS = replace(
    HIGH, b_pace=0.0, sd_pace=0.0, b_race=0.0, b_heat=0.0, sd_heat=0.0, b_desc=0.0, b_load=0.0, sd_morning=0.0
)
NULL_WORLDS = (
    ClaimWorld("N0", NOTHING_ACTS, ("heat", "pace")),
    ClaimWorld("N1", replace(HIGH, b_heat=0.0, sd_heat=0.0), ("heat",), long_in_summer=True),
    ClaimWorld(
        "MNAR",
        replace(HIGH, b_heat=0.0, sd_heat=0.0, b_pace=0.0, sd_pace=0.0),
        ("heat", "pace"),
        answering=Answering(cramp_above=0.95, cramp_below=0.75, clean_above=0.8, clean_below=0.9),
    ),
)
STRONG = ClaimWorld("R", MID, (), strong_heat=True)


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """`rows`: HAZARD_ROW_COLUMNS of the answered runs. `runs`: one row a run, answered or not, as actions read them."""

    rows: pl.DataFrame
    runs: pl.DataFrame


def draw_log(kind: ClaimWorld, cramps: int, rng: np.random.Generator) -> Log:
    """Returns a runner's log with exactly this many reported cramps: sets the level, and draws logs until one fits."""
    truth = next(runners(kind.world, 1, 0.0, rng))
    truth = replace(truth, s_heat=STRONG_HEAT) if kind.strong_heat else truth
    rows = _years(1 if cramps <= CRAMPS_PER_YEAR else 2, kind.long_in_summer, rng)
    truth = replace(truth, u=_level(kind.world, truth, rows, cramps / kind.answering.cramp_above))
    noted_by = str(rng.choice(["wbgt_c", "pace_faster_pct"]))  # what this runner believes to be the reason
    while True:
        log = _draw_answered(kind, truth, rows, noted_by, rng)
        if log.rows["onset"].sum() == cramps:
            return log


def _years(n: int, long_in_summer: bool, rng: np.random.Generator) -> pl.DataFrame:
    """Returns the plans of n years, oldest first, with unique run ids."""
    drawn = [
        year(RUNS_A_YEAR, rng, long_in_summer=long_in_summer, first=f"{2023 + k}-01-01").with_columns(
            pl.format("{}-{}", pl.lit(k), "run_id").alias("run_id")
        )
        for k in range(n)
    ]
    return pl.concat(drawn)


def _level(world: World, truth: Truth, rows: pl.DataFrame, cramps: float) -> float:
    """Returns the runner's u at which this many runs are expected to cramp."""
    hazard = true_hazard(world, replace(truth, u=0.0), rows)
    run = rows["run_id"].rle_id().to_numpy()
    exposure = np.bincount(run, rows["minutes"].to_numpy() * hazard)
    return float(brentq(lambda u: -np.expm1(-exposure * np.exp(u)).sum() - cramps, -10.0, 25.0))


def _draw_answered(kind: ClaimWorld, truth: Truth, rows: pl.DataFrame, noted_by: str, rng: np.random.Generator) -> Log:
    """Returns the log: the years as run, and their answered runs."""
    run = rows["run_id"].rle_id().to_numpy()
    noise = rng.normal(0.0, kind.world.sd_run, run[-1] + 1)
    happened = ended_by_onset(rows, true_hazard(kind.world, truth, rows) * np.exp(noise[run]), rng)
    runs = happened.group_by("run_id", maintain_order=True).agg(
        pl.col("wbgt_c", "pace_faster_pct").first(), (pl.col("onset").sum() > 0).alias("cramp")
    )
    answered = rng.random(runs.height) < _answer_chance(kind.answering, runs, noted_by)
    answer = pl.when(~pl.Series(answered)).then(pl.lit("unanswered")).when("cramp").then(pl.lit("cramp"))
    runs = runs.with_columns(answer.otherwise(pl.lit("no cramp")).alias("answer"), pl.lit("running").alias("sport"))
    rows_answered = happened.filter(pl.col("run_id").is_in(runs.filter(pl.Series(answered))["run_id"].to_list()))
    return Log(rows_answered.with_columns(pl.lit("one").alias("runner_id")).select(HAZARD_ROW_COLUMNS), runs)


def _answer_chance(answering: Answering, runs: pl.DataFrame, noted_by: str) -> Floats:
    """Returns P(answered) of each run (n_runs,)."""
    above, cramp = (runs[noted_by] > runs[noted_by].median()).to_numpy(), runs["cramp"].to_numpy()
    cramped = np.where(above, answering.cramp_above, answering.cramp_below)
    return np.where(cramp, cramped, np.where(above, answering.clean_above, answering.clean_below))
