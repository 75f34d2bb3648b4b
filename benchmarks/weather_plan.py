"""How many weather service calls five years of one runner need, by the real planner: 2,000 runs, 200 of them away from home.

The same runs twice: with home in the middle of a weather cell, and at a cell's corner, where runs are in four cells.
Compared with one call per run. Limits: a call-weight of 330 for the first and 450 for the second, else exit code 1.
Run by hand: .venv/bin/python -m benchmarks.weather_plan
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from pipeline.weather.cells import cell_of
from pipeline.weather.service.plan import CellNeed, plan_requests

RUNS, AWAY = 2000, 200
FIRST, DAYS = date(2021, 1, 1), 5 * 365
MIDDLE, CORNER = (48.2, 16.4), (48.25, 16.45)  # degrees
AROUND_DEG = 0.02  # a run's middle lies within 2 km of the door
MOST = {"one_cell": 330, "corner": 450}


def runs_of(home: tuple[float, float], rng: Random) -> list[tuple[str, date]]:
    """Cell and UTC day of every run: at home on any day; away, 200 days apart in place and time."""
    at_home = [
        (cell_of(*(degrees + rng.uniform(-AROUND_DEG, AROUND_DEG) for degrees in home)), _some_day(rng))
        for _ in range(RUNS - AWAY)
    ]
    away = [(cell_of(rng.uniform(-45.0, 60.0), rng.uniform(-180.0, 180.0)), _some_day(rng)) for _ in range(AWAY)]
    return at_home + away


def needs_of(runs: Iterable[tuple[str, date]]) -> list[CellNeed]:
    """The days per cell, all at the same height."""
    days: dict[str, set[date]] = defaultdict(set)
    for cell, day in runs:
        days[cell].add(day)
    return [CellNeed(cell, 200.0, tuple(sorted(found))) for cell, found in days.items()]


def _some_day(rng: Random) -> date:
    return FIRST + timedelta(days=rng.randrange(DAYS))


def main() -> int:
    """Plan both, print requests and weights, and check the limits."""
    weights: dict[str, float] = {}
    for name, home in (("one_cell", MIDDLE), ("corner", CORNER)):
        needs = needs_of(runs_of(home, Random(5)))
        begun_s = time.process_time()
        plan = plan_requests("archive", needs)
        took_s = time.process_time() - begun_s
        weights[name] = sum(request.weight for request in plan.requests)
        places = sum(len(request.asked) for request in plan.requests)
        print(
            f"{name}: {len(needs)} cells, {len(plan.requests)} requests for {places} windows,"
            f" {weights[name]:.1f} weights, planned in {took_s * 1000:.0f} ms"
        )
    print(f"weights one_cell={weights['one_cell']:.0f} corner={weights['corner']:.0f} naive={RUNS}")
    return int(any(weights[name] > most for name, most in MOST.items()))


if __name__ == "__main__":
    sys.exit(main())
