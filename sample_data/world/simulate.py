"""Simulated runners with a known truth: the published hazard of a first cramp.

No I/O, numpy only. Called by sample_data (the sample cohort) and by the tests of models;
nothing here is evidence about people. The effects of a cramp on the run are in sample_data/world/aftermath.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = float | Floats  # one runner's value, or a column (n_runners, 1)

BIN_MIN = 5.0
STATION_ERROR_C = 2.4  # SD of the course's WBGT around the weather hour's


@dataclass(frozen=True, slots=True)
class World:
    """The population's coefficients on the log hazard per minute; sd_: spread between runners or runs."""

    b0: float = -11.30
    k: float = 2.2  # per ln(tau / 60 min)
    alpha: float = 0.6  # how much habit discounts the minutes
    b_rel: float = 0.50  # per longest run of the last 30 days, beyond it
    b_pace: float = 0.07  # per 1 % faster than usual
    b_race: float = 1.20
    b_heat: float = 0.03  # per degree WBGT around 15
    b_desc: float = 0.04  # per 100 m of descent so far
    b_load: float = 0.25  # per own SD of the load of the last 3 days
    b_male: float = 0.5
    b_age: float = 0.01  # per year around 42
    b_disease: float = 0.25
    b_injury: float = 0.35
    sd_u: float = 1.6
    sd_run: float = 0.5
    sd_pace: float = 0.03
    sd_heat: float = 0.04
    sd_morning: float = 0.15


HIGH, MID, LOW = World(), World(b0=-12.30), World(b0=-13.30)


@dataclass(frozen=True, slots=True)
class Truth:
    """The true parameters of a runner (floats) or of many (columns of shape (n_runners, 1)); slopes as in World."""

    u: Numbers = 0.0
    k: Numbers = HIGH.k
    s_pace: Numbers = HIGH.b_pace
    s_heat: Numbers = HIGH.b_heat
    s_morning: Numbers = 0.0
    male: Numbers = 0.65
    age: Numbers = 42.0
    diseases: Numbers = 0.25
    injured: Numbers = 0.4


@dataclass(frozen=True, slots=True)
class Offered:
    """The covariates of a run: per bin of moving time, shape (n_bins,) or (n_runs, n_bins), else per run.

    `minute` is the middle of the bin, `width_min` its length; descent is the sum until then.
    """

    minute: Floats
    width_min: Numbers
    longest30_min: Numbers
    pace_faster_pct: Numbers = 0.0
    wbgt_c: Numbers = 15.0
    descent_m: Numbers = 0.0
    load_z: Numbers = 0.0
    race: Numbers = 0.0
    morning: Numbers = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of run of an average runner; the published runs of docs/method.md, with assumed spreads."""

    moving_min: float
    longest30_min: float
    faster_pct: float
    descent_m: float
    race: bool


SCENARIOS = {
    "5k": Scenario(26.0, 75.0, 12.0, 25.0, True),
    "10k": Scenario(57.0, 86.0, 11.0, 50.0, True),
    "half": Scenario(119.0, 97.0, 9.0, 100.0, True),
    "marathon": Scenario(245.0, 150.0, 5.5, 200.0, True),
    "ultra": Scenario(400.0, 180.0, 3.0, 800.0, True),
    "long run": Scenario(115.0, 110.0, 0.0, 150.0, False),
    "easy": Scenario(48.0, 95.0, 0.0, 60.0, False),
}


def draw_runners(world: World, n: int, rng: np.random.Generator, shift: float = 0.0) -> Truth:
    """n runners of the world, every column (n, 1).

    `shift` moves all intercepts: people who install such a tool cramp more than others (+1.5 is assumed).
    """
    column = (n, 1)
    return Truth(
        u=shift + rng.normal(0.0, world.sd_u, column),
        k=np.full(column, world.k),
        s_pace=np.maximum(rng.normal(world.b_pace, world.sd_pace, column), 0.0),
        s_heat=rng.normal(world.b_heat, world.sd_heat, column),
        s_morning=rng.normal(0.0, world.sd_morning, column),
        male=(rng.random(column) < 0.65).astype(np.float64),
        age=rng.normal(42.0, 11.0, column),
        diseases=rng.poisson(0.25, column).astype(np.float64),
        injured=(rng.random(column) < 0.4).astype(np.float64),
    )


def bins(moving_min: float) -> tuple[Floats, Floats]:
    """(middle, width) in minutes of the 5-minute bins of a run, each (n_bins,); the last is what remains."""
    edges = np.append(np.arange(0.0, moving_min, BIN_MIN), moving_min)
    return (edges[:-1] + edges[1:]) / 2.0, np.diff(edges)


def offer(scenario: Scenario, n: int, rng: np.random.Generator) -> Offered:
    """n runs of that kind, bins along axis 1.

    Assumed spreads: duration 14 %, longest run 20 %, pace 5 points, WBGT 13 +- 6.2, tapered load in races.
    """
    column = (n, 1)
    middle, _ = bins(scenario.moving_min * 1.5)
    moving_min = scenario.moving_min * np.clip(rng.normal(1.0, 0.14, column), 0.6, 1.5)
    return Offered(
        minute=middle,
        width_min=np.clip(moving_min - (middle - BIN_MIN / 2.0), 0.0, BIN_MIN),
        longest30_min=scenario.longest30_min * np.exp(rng.normal(0.0, 0.2, column)),
        pace_faster_pct=rng.normal(scenario.faster_pct, 5.0, column),
        wbgt_c=rng.normal(13.0, 6.2, column),
        descent_m=scenario.descent_m * middle / moving_min,
        load_z=rng.normal(-0.4 if scenario.race else 0.0, 1.0, column),
        race=float(scenario.race),
        morning=1.0,
    )


def log_hazard(world: World, truth: Truth, offered: Offered) -> Floats:
    """Log hazard of a first cramp per minute, (n_bins,) or (n_runs, n_bins), without the run's own noise."""
    habit = (120.0 / np.asarray(offered.longest30_min)) ** world.alpha
    tau = np.minimum(offered.minute * habit, 300.0)
    beyond = np.clip(offered.minute / np.asarray(offered.longest30_min) - 1.0, 0.0, 1.0)
    who = (
        world.b_male * (truth.male - 0.65)
        + world.b_age * (truth.age - 42.0)
        + world.b_disease * (truth.diseases - 0.25)
        + world.b_injury * (truth.injured - 0.4)
    )
    where = (
        truth.s_pace * np.clip(offered.pace_faster_pct, -30.0, 20.0)
        + truth.s_heat * np.clip(np.asarray(offered.wbgt_c) - 15.0, -10.0, 20.0)
        + world.b_desc * np.minimum(np.asarray(offered.descent_m) / 100.0, 15.0)
        + world.b_race * offered.race
        + world.b_load * offered.load_z
        + truth.s_morning * offered.morning
    )
    eta = world.b0 + truth.u + who + truth.k * np.log(tau / 60.0) + world.b_rel * beyond + where
    return np.asarray(eta, dtype=np.float64)


def onset_probability(eta: Numbers, width_min: Numbers) -> Floats:
    """P(cramp in the bin | none yet), the complementary log-log of the log hazard per minute."""
    return np.asarray(-np.expm1(-np.asarray(width_min) * np.exp(eta)))


def draw_first_onsets(probability: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Bin number of each run's first cramp, (n_runs,), -1 for none, from P per bin (n_runs, n_bins)."""
    cramped = rng.random(probability.shape) < probability
    return np.where(cramped.any(axis=1), cramped.argmax(axis=1), -1)


def draw_onsets(world: World, truth: Truth, offered: Offered, rng: np.random.Generator) -> NDArray[np.int64]:
    """First cramps of n runs with their run noise, as draw_first_onsets gives them."""
    eta = log_hazard(world, truth, offered)
    noise = rng.normal(0.0, world.sd_run, (len(eta), 1))
    return draw_first_onsets(onset_probability(eta + noise, offered.width_min), rng)
