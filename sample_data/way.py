"""The way of a simulated run second by second: as it was meant, and as it went with its cramps.

Called by outing.py. Time here is moving time; standing still comes in later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample_data.cohort import SimRunner
from sample_data.course import Course
from sample_data.season import Plan, usual_ms
from sample_data.world.aftermath import Outcome

Floats = NDArray[np.float64]
SLOWER_FOR_S = 600
WALK_MS, WALK_S = 1.3, 40


@dataclass(frozen=True, slots=True)
class Way:
    """One value a second of moving time, (n,): way made, speed, pace against usual (grade taken out)."""

    distance_m: Floats
    speed_ms: Floats
    faster_pct: Floats

    def until(self, n: int) -> Way:
        """The first n seconds."""
        return Way(self.distance_m[:n], self.speed_ms[:n], self.faster_pct[:n])


def meant_way(runner: SimRunner, plan: Plan, course: Course | None, rng: np.random.Generator) -> tuple[Way, int]:
    """The way without any cramp, with time to spare, and the second at which the run is meant to end."""
    planned_s = 60.0 * plan.planned_min * (1.0 if plan.distance_km else rng.normal(1.0, 0.03))
    second = np.arange(round(planned_s * 1.5))
    share = np.minimum(second / planned_s, 1.0)
    faster = plan.faster_pct + runner.fast_start_pct * (1.0 - 2.0 * share) + 1.5 * smooth_noise(len(second), rng)
    if plan.kind in ("treadmill", "ride"):
        faster = np.full(len(second), plan.faster_pct)
    flat = usual_ms(runner, plan.planned_min, plan.kind) * (1.0 + faster / 100.0)
    speed = flat
    for _ in range(3):  # speed follows the slope, the place on the slope follows speed
        speed = flat if course is None else flat * slope_factor(course.grade_pct_at(np.cumsum(speed)))
    way = Way(np.cumsum(speed), speed, faster)
    return way, _race_end_s(plan, way) if plan.distance_km else round(planned_s)


def slope_factor(grade_pct: Floats) -> Floats:
    """Speed on a slope over speed on the flat: 3 % per cent of grade, at most 30 % slower, 15 % faster."""
    return np.clip(1.0 - 0.03 * grade_pct, 0.7, 1.15)


def way_with(outcome: Outcome, plan: Plan, meant: Way, end_s: int) -> Way:
    """The way as it went: slower for ten minutes after each cramp, walked off where a cramp ended the run."""
    ease = np.ones(len(meant.speed_ms))
    for cramp in outcome.cramps:
        first = int(60.0 * cramp.minute)
        ease[first : first + SLOWER_FOR_S] = max(1.0 - cramp.slower_pct / 100.0, 0.4)
    speed = meant.speed_ms * ease
    if outcome.ended_min is not None:
        last = int(60.0 * outcome.ended_min)
        speed[last:] = WALK_MS
        end_s = last + WALK_S
    way = Way(np.cumsum(speed), speed, meant.faster_pct)
    finished = plan.distance_km and outcome.ended_min is None
    return way.until(_race_end_s(plan, way) if finished else end_s)


def smooth_noise(n: int, rng: np.random.Generator) -> Floats:
    """Noise of about unit variance that changes over minutes: one normal draw a minute, joined by lines."""
    knots = rng.normal(size=n // 60 + 2)
    return np.interp(np.arange(n), 60 * np.arange(len(knots)), knots)


def _race_end_s(plan: Plan, way: Way) -> int:
    return int(np.searchsorted(way.distance_m, 1000.0 * (plan.distance_km or 0.0))) + 1
