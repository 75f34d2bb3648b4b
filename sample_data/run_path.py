"""The path of a simulated run per second: as planned, and as run with its cramps.

Called by outing.py. Times are moving time; stops are added later.
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
class RunPath:
    """One value per second of moving time, (n,): distance, speed, and pace against usual pace (without grade)."""

    distance_m: Floats
    speed_ms: Floats
    faster_pct: Floats

    def until(self, n: int) -> RunPath:
        """Returns the first n seconds."""
        return RunPath(self.distance_m[:n], self.speed_ms[:n], self.faster_pct[:n])


def planned_path(runner: SimRunner, plan: Plan, course: Course | None, rng: np.random.Generator) -> tuple[RunPath, int]:
    """Returns the path without cramps, longer than planned, and the second at which the run is planned to end."""
    planned_s = 60.0 * plan.planned_min * (1.0 if plan.distance_km else rng.normal(1.0, 0.03))
    second = np.arange(round(planned_s * 1.5))
    share = np.minimum(second / planned_s, 1.0)
    faster = plan.faster_pct + runner.fast_start_pct * (1.0 - 2.0 * share) + 1.5 * smooth_noise(len(second), rng)
    if plan.kind in ("treadmill", "ride"):
        faster = np.full(len(second), plan.faster_pct)
    flat = usual_ms(runner, plan.planned_min, plan.kind) * (1.0 + faster / 100.0)
    speed = flat
    for _ in range(3):  # speed depends on the slope, the position on the slope on speed
        speed = flat if course is None else flat * slope_factor(course.grade_pct_at(np.cumsum(speed)))
    path = RunPath(np.cumsum(speed), speed, faster)
    return path, _race_end_s(plan, path) if plan.distance_km else round(planned_s)


def slope_factor(grade_pct: Floats) -> Floats:
    """Returns speed on a slope over speed on the flat: 3 % per cent of grade, at most 30 % slower, 15 % faster."""
    return np.clip(1.0 - 0.03 * grade_pct, 0.7, 1.15)


def path_with_cramps(outcome: Outcome, plan: Plan, planned: RunPath, end_s: int) -> RunPath:
    """Returns the path as run: slower for ten minutes after each cramp, and a short walk after a cramp that ended the run."""
    ease = np.ones(len(planned.speed_ms))
    for cramp in outcome.cramps:
        first = int(60.0 * cramp.minute)
        ease[first : first + SLOWER_FOR_S] = max(1.0 - cramp.slower_pct / 100.0, 0.4)
    speed = planned.speed_ms * ease
    if outcome.ended_min is not None:
        last = int(60.0 * outcome.ended_min)
        speed[last:] = WALK_MS
        end_s = last + WALK_S
    path = RunPath(np.cumsum(speed), speed, planned.faster_pct)
    finished = plan.distance_km and outcome.ended_min is None
    return path.until(_race_end_s(plan, path) if finished else end_s)


def smooth_noise(n: int, rng: np.random.Generator) -> Floats:
    """Returns noise of about unit variance that changes over minutes: one normal draw per minute, interpolated."""
    knots = rng.normal(size=n // 60 + 2)
    return np.interp(np.arange(n), 60 * np.arange(len(knots)), knots)


def _race_end_s(plan: Plan, path: RunPath) -> int:
    return int(np.searchsorted(path.distance_m, 1000.0 * (plan.distance_km or 0.0))) + 1
