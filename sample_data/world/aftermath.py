"""The effect of a simulated cramp on its run, its recurrence, and how the runner reports it.

No I/O, numpy only. Called by sample_data; the hazard of the cramp is in sample_data/world/simulate.py.
Shares of severities are published, those of muscles follow published counts, the rest is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sample_data.world.simulate import Numbers, Offered, Truth, World, log_hazard, onset_probability

SEVERITY = {"mild": 0.775, "moderate": 0.175, "severe": 0.05}
ENDS_THE_RUN = {"mild": 0.05, "moderate": 0.25, "severe": 0.80}
MUSCLE = {"calf": 0.54, "hamstring": 0.22, "quadriceps": 0.18, "foot": 0.04, "other": 0.02}
SIDE = {"left": 0.35, "right": 0.35, "both": 0.30}
SAME_MUSCLE_AGAIN = 0.7
TWINGES_PER_CRAMP = 1.9
ONSET_ERROR_S, ONSET_ROUNDING_S = 180.0, 300.0
SIDE_WRONG = 0.02


@dataclass(frozen=True, slots=True)
class Cramp:
    """One cramp at a minute of moving time: per cent slower for 10 minutes after it, minutes of standing."""

    minute: float
    muscle: str
    side: str
    severity: str
    slower_pct: float
    stop_min: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's cramps and twinges in order of moving time, and the minute a cramp ended it, else None."""

    cramps: tuple[Cramp, ...]
    twinges: tuple[float, ...]
    ended_min: float | None


def recurrence(since_min: Numbers) -> Numbers:
    """Returns what a cramp that many minutes ago adds to the log hazard: 1.1, halved every 30 minutes."""
    return 1.1 * 0.5 ** (since_min / 30.0)


def draw_run(world: World, truth: Truth, offered: Offered, distance_km: float, rng: np.random.Generator) -> Outcome:
    """Returns the events of one run: twinges, a first cramp, and recurrences until a cramp or the plan ends the run."""
    eta = log_hazard(world, truth, offered) + rng.normal(0.0, world.sd_run)
    width = np.broadcast_to(np.asarray(offered.width_min, dtype=np.float64), eta.shape)
    descent_km = np.broadcast_to(np.asarray(offered.descent_m, dtype=np.float64), eta.shape) / 1000.0
    cramps: list[Cramp] = []
    twinges: list[float] = []
    for level, middle, length, down_km in zip(eta, offered.minute, width, descent_km, strict=True):
        at, after = middle + length * (rng.random() - 0.5), 0.0
        if cramps:
            after = float(recurrence(at - cramps[-1].minute))
        elif rng.random() < onset_probability(level + np.log(TWINGES_PER_CRAMP), length):
            twinges.append(float(at))
        if rng.random() < onset_probability(level + after, length):
            cramps.append(draw_cramp(float(at), cramps, distance_km, float(down_km), rng))
            if rng.random() < ENDS_THE_RUN[cramps[-1].severity]:
                return Outcome(tuple(cramps), tuple(twinges), float(at))
    return Outcome(tuple(cramps), tuple(twinges), None)


def draw_cramp(
    minute: float, before: Sequence[Cramp], distance_km: float, down_km: float, rng: np.random.Generator
) -> Cramp:
    """Returns a cramp at that minute: more hamstrings over 40 km, more quadriceps with each km of descent up to 1."""
    again = bool(before) and rng.random() < SAME_MUSCLE_AGAIN
    odds = dict(MUSCLE)
    odds["hamstring"] += 0.1 * (distance_km > 40.0)
    odds["quadriceps"] += 0.1 * min(down_km, 1.0)
    return Cramp(
        minute=minute,
        muscle=before[-1].muscle if again else pick(odds, rng),
        side=before[-1].side if again else pick(SIDE, rng),
        severity=pick(SEVERITY, rng),
        slower_pct=float(max(rng.normal(15.0, 8.0), 0.0)),
        stop_min=float(rng.uniform(1.0, 3.0)),
    )


def pick(odds: dict[str, float], rng: np.random.Generator) -> str:
    """Returns one of the keys, with a probability in proportion to its odds."""
    share = np.array(list(odds.values()))
    return list(odds)[int(rng.choice(len(share), p=share / share.sum()))]


def remembered_onset_s(onset_s: float, end_s: float, rng: np.random.Generator) -> float:
    """Returns the onset as reported: a few minutes wrong, rounded to 5 minutes, inside the run."""
    reported_s = round((onset_s + rng.normal(0.0, ONSET_ERROR_S)) / ONSET_ROUNDING_S) * ONSET_ROUNDING_S
    return float(np.clip(reported_s, 0.0, end_s))


def remembered_side(side: str, rng: np.random.Generator) -> str:
    """Returns the side as reported: wrong in 2 of 100."""
    others = [word for word in SIDE if word != side]
    return others[int(rng.integers(len(others)))] if rng.random() < SIDE_WRONG else side
