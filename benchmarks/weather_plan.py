"""Measures what five years of one runner cost at the weather service, with the real planner: 2,000 runs, 200 of them away.

The same runs twice: home in the middle of a weather cell, and home at the corner of four cells. Compared with one call per
run. At most 330 call-weights for the first and 450 for the second; exit code 1 above.
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
AROUND_DEG = 0.02  # the middle of a run is within 2 km of home
MOST = {"one_cell": 330, "corner": 450}


def runs_of(home: tuple[float, float], rng: Random) -> list[tuple[str, date]]:
    """Returns cell and UTC day of every run; runs away from home are at random places and days."""
    at_home = [
        (cell_of(*(degrees + rng.uniform(-AROUND_DEG, AROUND_DEG) for degrees in home)), _some_day(rng))
        for _ in range(RUNS - AWAY)
    ]
    away = [(cell_of(rng.uniform(-45.0, 60.0), rng.uniform(-180.0, 180.0)), _some_day(rng)) for _ in range(AWAY)]
    return at_home + away


def needs_of(runs: Iterable[tuple[str, date]]) -> list[CellNeed]:
    """Returns the days per cell, all at one elevation."""
    days: dict[str, set[date]] = defaultdict(set)
    for cell, day in runs:
        days[cell].add(day)
    return [CellNeed(cell, 200.0, tuple(sorted(found))) for cell, found in days.items()]


def _some_day(rng: Random) -> date:
    return FIRST + timedelta(days=rng.randrange(DAYS))


def main() -> int:
    """Plans both and prints requests and weights, with a last line for checks."""
    weights: dict[str, float] = {}
    for name, home in (("one_cell", MIDDLE), ("corner", CORNER)):
        needs = needs_of(runs_of(home, Random(5)))
        begun_s = time.process_time()
        plan = plan_requests("archive", needs)
        took_s = time.process_time() - begun_s
        weights[name] = sum(request.weight for request in plan.requests)
        places = sum(len(request.cells) for request in plan.requests)
        print(
            f"{name}: {len(needs)} cells, {len(plan.requests)} requests for {places} windows,"
            f" {weights[name]:.1f} weights, planned in {took_s * 1000:.0f} ms"
        )
    print(f"weights one_cell={weights['one_cell']:.0f} corner={weights['corner']:.0f} naive={RUNS}")
    return int(any(weights[name] > most for name, most in MOST.items()))


if __name__ == "__main__":
    sys.exit(main())
