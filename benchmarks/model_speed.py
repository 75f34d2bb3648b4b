"""Measures the cost of the fit against scikit-learn's pooled logistic regression on the same rows, and its growth.

By hand: python -m benchmarks.model_speed [--runners 20 100 500 2000]     about 4 CPU minutes; exit code 1 if a goal is missed
Cohorts of the `bench` world, about 750 segments per runner; CPU time of all threads, both in the same process.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from benchmarks.cohort import draw_task, timed
from benchmarks.goals import Goal, verdict
from benchmarks.model_peers import pooled_hazard
from benchmarks.worlds.published_year import lived, runners, year
from models.fit.hazard import CrampHazard
from sample_data.world.simulate import HIGH

SEED = 20261125
RUNNERS = (20, 100, 500, 2000)
GOAL_SEGMENTS, GOAL_S = 73_000, 8.0
GROWTH = 1.3  # CPU per segment in the largest cohort over that in the smallest of at least 100 runners
RUNNER_ALONE_S, FOLD_IN_S, ROUNDS = 0.020, 0.020, 15


def cohort_costs(sizes: list[int]) -> list[Goal]:
    """Prints a line per cohort size; the goal in seconds is scaled to 73,000 segments."""
    print(f"{'runners':>8s} {'segments':>10s} {'fit CPU s':>10s} {'logistic':>10s} {'ratio':>7s} {'us/segment':>11s}")
    per_segment = {}
    for n in sizes:
        task = draw_task(n, np.random.default_rng([SEED, n]))
        _, ours_s = timed(lambda task: CrampHazard().fit(task.past), task)
        _, theirs_s = timed(pooled_hazard, task)
        per_segment[n] = ours_s / task.past.height
        ratio, micro = ours_s / theirs_s, 1e6 * per_segment[n]
        print(f"{n:8d} {task.past.height:10,d} {ours_s:10.2f} {theirs_s:10.2f} {ratio:7.1f} {micro:11.1f}", flush=True)
    many = [n for n in per_segment if n >= 100]
    goals = [Goal("CPU s at 73,000 segments", GOAL_SEGMENTS * per_segment[many[0]], most=GOAL_S)] if many else []
    if len(many) > 1:
        growth = per_segment[many[-1]] / per_segment[many[0]]
        goals.append(Goal(f"CPU per segment, {many[-1]} runners against {many[0]}", growth, most=GROWTH))
    return goals


def single_costs() -> list[Goal]:
    """One runner alone, a year of 150 runs; and a run folded into a cohort of 20."""
    rng = np.random.default_rng(SEED)
    truth = next(runners(HIGH, 1, 1.5, rng))
    rows, ahead = lived(HIGH, truth, year(150, rng), rng), year(4, rng)
    alone_s = _median_s(lambda: CrampHazard().fit(rows).run_risks(ahead))
    task = draw_task(20, rng)
    model = CrampHazard().fit(task.past)
    runner = str(task.past["runner_id"][0])
    history = task.past.filter(task.past["runner_id"] == runner)
    fold_s = _median_s(lambda: model.fold_in(history, runner=runner))
    print(f"one runner alone ({rows.height} segments) with 4 forecasts {1e3 * alone_s:.1f} CPU ms; ", end="")
    print(f"a run folded into one of 20 runners ({history.height} segments) {1e3 * fold_s:.1f} CPU ms", flush=True)
    return [
        Goal("CPU s of one runner alone", alone_s, most=RUNNER_ALONE_S),
        Goal("CPU s of folding a run in", fold_s, most=FOLD_IN_S),
    ]


def _median_s(work: Callable[[], object]) -> float:
    """Returns the median CPU seconds of several calls after one that does not count."""
    work()
    times_s = []
    for _ in range(ROUNDS):
        begun_s = time.process_time()
        work()
        times_s.append(time.process_time() - begun_s)
    return median(times_s)


def main() -> int:
    """Returns 0 if every goal is reached, 1 if one is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--runners", type=int, nargs="+", default=RUNNERS, help="sizes of the cohorts (20 100 500 2000)"
    )
    sizes = sorted(parser.parse_args().runners)
    return verdict(single_costs() + cohort_costs(sizes))


if __name__ == "__main__":
    sys.exit(main())
