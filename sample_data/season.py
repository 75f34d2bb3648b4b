"""Plans the year of a simulated runner: days, kinds of run, starts, planned durations and paces.

Called by build.py; drawn from the runner's habits only, before any cramp is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sample_data.cohort import LAST_DAY, Place, Race, SimRunner
from sample_data.world.simulate import SCENARIOS

RACE_KM = {"5k": 5.0, "10k": 10.0, "half": 21.0975, "marathon": 42.195}
LONG_DAY = 6  # Sunday
EASY_DAYS = (1, 3)
EASY_MIN, LONG_MIN, RIDE_MIN = (35.0, 58.0), (80.0, 102.0), (60.0, 140.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned run; `kind` is easy, long, race, treadmill or ride.

    `faster_pct` is the planned pace against usual pace for that duration; `distance_km` is set for races.
    """

    run_no: int
    kind: str
    place: Place
    start_at: datetime
    planned_min: float
    faster_pct: float
    distance_km: float | None = None
    as_gpx: bool = False
    every_second: bool = False


def usual_ms(runner: SimRunner, moving_min: float, kind: str = "easy") -> float:
    """Returns the runner's usual speed over that many minutes: 4 % slower per doubling of an hour."""
    if kind == "ride":
        return 2.4 * runner.usual_ms
    return float(runner.usual_ms * (moving_min / 60.0) ** -0.06)


def plan_year(runner: SimRunner, seed: int) -> list[Plan]:
    """Returns every run of the runner's year in order of time, numbered from 0."""
    rng = np.random.default_rng([seed, runner.number, 0])
    days = _training_days(runner, rng)
    kinds = _kinds(runner, days, rng)
    plans = [_training(runner, day, kind, rng) for day, kind in zip(days, kinds, strict=True)]
    plans += [_race(runner, race, rng) for race in runner.races]
    plans.sort(key=lambda plan: plan.start_at)
    gpx = [i for i, plan in enumerate(plans) if plan.kind == "easy"][: runner.gpx]
    outdoors = [i for i, plan in enumerate(plans) if plan.kind == "easy" and i not in gpx]
    return [
        Plan(i, p.kind, p.place, p.start_at, p.planned_min, p.faster_pct, p.distance_km,
             as_gpx=i in gpx, every_second=runner.every_second and i == outdoors[-1])
        for i, p in enumerate(plans)
    ]  # fmt: skip


def _training_days(runner: SimRunner, rng: np.random.Generator) -> list[date]:
    """Distinct days: habit days more often, the ten weeks before a race most, none around a race."""
    span = (LAST_DAY - runner.first_day).days + 1
    days = [runner.first_day + timedelta(days=i) for i in range(span)]
    weight = np.array([_weight(runner, day) for day in days])
    n = runner.runs + runner.treadmill + runner.rides
    chosen = rng.choice(span, size=n, replace=False, p=weight / weight.sum())
    return [days[i] for i in sorted(chosen)]


def _weight(runner: SimRunner, day: date) -> float:
    habit = {LONG_DAY: 1.1, **dict.fromkeys(EASY_DAYS, 1.0)}.get(day.weekday(), 0.25)
    ahead = [(race.on - day).days for race in runner.races]
    if any(-1 <= gap <= 2 for gap in ahead):
        return 0.0
    return habit * (1.0 + 2.0 * any(2 < gap <= 70 for gap in ahead))


def _kinds(runner: SimRunner, days: list[date], rng: np.random.Generator) -> list[str]:
    """Sundays mostly long; treadmill on the darkest other days, rides on any."""
    kinds = ["long" if day.weekday() == LONG_DAY and rng.random() < 0.8 else "easy" for day in days]
    easy = [i for i, kind in enumerate(kinds) if kind == "easy"]
    darkest = sorted(easy, key=lambda i: abs((days[i] - date(2025, 12, 31)).days))[: runner.treadmill]
    for i in darkest:
        kinds[i] = "treadmill"
    rest = [i for i in range(len(days)) if kinds[i] != "treadmill"]
    for i in rng.choice(rest, size=runner.rides, replace=False):
        kinds[i] = "ride"
    return kinds


def _training(runner: SimRunner, day: date, kind: str, rng: np.random.Generator) -> Plan:
    low, high = {"long": LONG_MIN, "ride": RIDE_MIN}.get(kind, EASY_MIN)
    minutes = rng.uniform(low, high)
    if kind == "long":
        minutes += _build_up_min(runner, day)
    place = runner.place
    if runner.away and runner.away[0] <= day <= runner.away[1]:
        place = runner.away[2]
    hour = 9.0 if kind == "long" and runner.start_hour > 9.0 else runner.start_hour
    pace = rng.normal(0.0, 3.5)
    return Plan(0, kind, place, _start(day, hour, 0.5, place, rng), float(minutes), float(pace))


def _build_up_min(runner: SimRunner, day: date) -> float:
    """Longer long runs two to eight weeks before a half (10) or a marathon (40 minutes)."""
    extra = {"half": 10.0, "marathon": 40.0}
    near = [race for race in runner.races if 14 <= (race.on - day).days <= 56]
    return max((extra.get(race.name, 0.0) for race in near), default=0.0)


def _race(runner: SimRunner, race: Race, rng: np.random.Generator) -> Plan:
    """Returns the plan of a race; its planned duration is the distance at the planned pace."""
    km = RACE_KM[race.name]
    faster = SCENARIOS[race.name].faster_pct + rng.normal(0.0, 2.5)
    minutes = 1000.0 * km / runner.usual_ms / 60.0
    for _ in range(3):
        minutes = 1000.0 * km / (usual_ms(runner, minutes) * (1.0 + faster / 100.0)) / 60.0
    start_at = _start(race.on, 9.5, 0.2, runner.place, rng)
    return Plan(0, "race", runner.place, start_at, float(minutes), float(faster), km)


def _start(day: date, hour: float, spread_h: float, place: Place, rng: np.random.Generator) -> datetime:
    """Returns the start as an instant in UTC, around a local hour."""
    local_s = round(3600.0 * float(np.clip(rng.normal(hour, spread_h), 5.0, 20.5)))
    midnight = datetime.combine(day, time(), ZoneInfo(place.zone))
    return (midnight + timedelta(seconds=local_s)).astimezone(UTC)
