"""Simulates one run from its plan: the inputs of the hazard, the cramps, and the stops.

Called by build.py; body.py and recording.py derive what a watch records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sample_data.cohort import SimRunner
from sample_data.course import Course
from sample_data.run_path import RunPath, path_with_cramps, planned_path
from sample_data.season import Plan
from sample_data.weather_year import WeatherYear
from sample_data.world.aftermath import Outcome, draw_run
from sample_data.world.simulate import HIGH, STATION_ERROR_C, Offered, Truth, bins

Floats = NDArray[np.float64]
INDOOR_WBGT_C = 17.0
SHORTEST_HABIT_MIN = 45.0
NOTHING = Outcome((), (), None)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of `length_s` at a second of moving time."""

    moving_s: int
    length_s: int


@dataclass(frozen=True, slots=True)
class Outing:
    """A finished run: plan, course (None on the treadmill), path, stops in order, cramps."""

    plan: Plan
    course: Course | None
    path: RunPath
    stops: tuple[Stop, ...]
    outcome: Outcome

    @property
    def moving_s(self) -> int:
        """Seconds of moving time."""
        return len(self.path.distance_m)


def go_out(
    runner: SimRunner,
    truth: Truth,
    plan: Plan,
    course: Course,
    year: WeatherYear,
    habit: tuple[float, float],
    seed: int,
) -> Outing:
    """Returns the simulated run; `habit` is (longest30_min, load_z). Drawn from seed, runner and run number."""
    rng = np.random.default_rng([seed, runner.number, 1, plan.run_no])
    outdoors = None if plan.kind == "treadmill" else course
    planned, end_s = planned_path(runner, plan, outdoors, rng)
    outcome = NOTHING
    if plan.kind != "ride" or runner.bike_cramps:
        offered = _offered(plan, outdoors, planned.until(end_s), year, habit, rng)
        outcome = draw_run(HIGH, truth, offered, planned.distance_m[end_s - 1] / 1000.0, rng)
    path = path_with_cramps(outcome, plan, planned, end_s)
    return Outing(plan, outdoors, path, _stops(plan, len(path.distance_m), outcome, rng), outcome)


def load_z(plans: list[Plan]) -> Floats:
    """Returns planned minutes in the three days before each run, as z within the runner's year, (n_runs,)."""
    none, days3 = timedelta(), timedelta(days=3)
    loads = [sum(p.planned_min for p in plans if none < plan.start_at - p.start_at <= days3) for plan in plans]
    load = np.array(loads, dtype=np.float64)
    return np.asarray(np.clip((load - load.mean()) / max(float(load.std()), 1.0), -2.5, 2.5))


def longest30_min(plan: Plan, before: list[Outing]) -> float:
    """Returns the minutes of the longest run in the 30 days before, without rides, at least 45."""
    days30 = timedelta(days=30)
    recent = [
        outing.moving_s / 60.0
        for outing in before
        if outing.plan.kind != "ride" and plan.start_at - outing.plan.start_at <= days30
    ]
    return max([SHORTEST_HABIT_MIN, *recent])


def _offered(
    plan: Plan,
    course: Course | None,
    path: RunPath,
    year: WeatherYear,
    habit: tuple[float, float],
    rng: np.random.Generator,
) -> Offered:
    """Returns the inputs of the hazard per 5 minutes of the planned path; pace and race do not count on the bike."""
    middle, width = bins(len(path.distance_m) / 60.0)
    edges = np.append(0, np.cumsum(np.round(60.0 * width))).astype(int)
    faster = np.add.reduceat(path.faster_pct, edges[:-1]) / np.diff(edges)
    wbgt, descent = np.full(len(middle), INDOOR_WBGT_C), np.zeros(len(middle))
    if course is not None:
        station = year.wbgt_at(plan.start_at.timestamp() + 60.0 * middle)
        wbgt = station + rng.normal(0.0, STATION_ERROR_C)
        descent = _descent_m(course, path)[(60.0 * middle).astype(int)]
    return Offered(
        minute=middle,
        width_min=width,
        longest30_min=habit[0],
        load_z=habit[1],
        pace_faster_pct=np.zeros(len(middle)) if plan.kind == "ride" else faster,
        wbgt_c=wbgt,
        descent_m=descent,
        race=float(plan.kind == "race"),
        morning=float(plan.start_at.astimezone(ZoneInfo(plan.place.zone)).hour < 10),
    )


def _descent_m(course: Course, path: RunPath) -> Floats:
    """Returns metres of descent since the start, (n,)."""
    altitude = course.altitude_at(path.distance_m)
    return -np.cumsum(np.minimum(np.diff(altitude, prepend=altitude[:1]), 0.0))


def _stops(plan: Plan, moving_s: int, outcome: Outcome, rng: np.random.Generator) -> tuple[Stop, ...]:
    """Returns stops at traffic lights and for water (not in races or on treadmills), and after cramps."""
    n = 0 if plan.kind in ("race", "treadmill") else int(rng.poisson(moving_s / 2400.0))
    last_s = moving_s if outcome.ended_min is None else 60.0 * outcome.ended_min
    lights = [Stop(int(rng.uniform(0.05, 0.95) * last_s), int(rng.uniform(20, 90))) for _ in range(n)]
    cramps = [Stop(int(60.0 * cramp.minute), round(60.0 * cramp.stop_min)) for cramp in outcome.cramps]
    return tuple(sorted(lights + cramps, key=lambda stop: stop.moving_s))
