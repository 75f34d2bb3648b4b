"""Measures how often a report claims a pattern that does not exist, and how often it finds one that does.

By hand: python -m benchmarks.claims [--reports 400]     400 reports per null world and 100 per row of power: 3-4 CPU minutes
Uses the full rule, as for a report: the runner's cramps, claim fit, case-crossover and answered shares, through
pipeline.actions.training.evidence and pipeline.rules. Runners are simulated (benchmarks/worlds/claim_worlds.py). Exit code 1
if a goal is missed.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
import polars as pl

from benchmarks.goals import Goal, verdict
from benchmarks.worlds.claim_worlds import NULL_WORLDS, STRONG, ClaimWorld, Log, draw_log
from models.scoring.crossover import case_crossover, claim_slopes
from pipeline.actions.training.evidence import evidence_of
from pipeline.rules import may_say
from pipeline.store.answers.runners import Runner

SEED = 20261125
N_CRAMPS = (5, 10, 20, 30)
MOST_FALSE, LEAST_FOUND = 0.03, 0.70


def claimed(log: Log) -> tuple[str, ...]:
    """Returns what the report of this runner may claim: of 'heat', 'pace'."""
    runs = log.runs
    answered = int(runs["answer"].is_in(["cramp", "no cramp"]).sum())
    counts = {
        "store_cramps": int(runs.filter(pl.col("answer") == "cramp").height),
        "store_runners_with_cramp": 1,
        "answered_runs": answered,
        "runs_since_first_answer": runs.height,
        "answered_since_first_answer": answered,
        "cramps": int(runs.filter(pl.col("answer") == "cramp").height),
    }
    found = {
        factor: {"slope_positive": slope, "crossover_p": case_crossover(log.rows, factor).p}
        for factor, slope in claim_slopes(log.rows).items()
    }
    return may_say(evidence_of(Runner("r1", "one"), runs, counts, {"evaluation": None, "claims": found})).claims


def false_share(kind: ClaimWorld, cramps: int, reports: int, rng: np.random.Generator) -> float:
    """Returns the share of `reports` with at least one claim that is false in this world."""
    false = [bool(set(claimed(draw_log(kind, cramps, rng))) & set(kind.false_claims)) for _ in range(reports)]
    return float(np.mean(false))


def found_share(cramps: int, reports: int, rng: np.random.Generator) -> float:
    """Returns the share of `reports` that find the strong effect of heat."""
    return float(np.mean(["heat" in claimed(draw_log(STRONG, cramps, rng)) for _ in range(reports)]))


def measure(reports: int, rng: np.random.Generator) -> list[Goal]:
    """Prints the table row by row; returns the goals with the figures reached."""
    print("share of reports, of 100, by own cramps " + "".join(f"{cramps:8d}" for cramps in N_CRAMPS) + "     all")
    goals = []
    for kind in NULL_WORLDS:
        shares = [false_share(kind, cramps, reports // len(N_CRAMPS), rng) for cramps in N_CRAMPS]
        _print_row(f"{kind.name:4s} false claims ({', '.join(kind.false_claims)})", shares)
        goals.append(Goal(f"{kind.name}: reports with a false claim", float(np.mean(shares)), most=MOST_FALSE))
    found = [found_share(cramps, max(reports // 4, 1), rng) for cramps in N_CRAMPS]
    _print_row("R    strong heat found", found)
    return [*goals, Goal("R: the strong heat runner found at 30 own cramps", found[-1], least=LEAST_FOUND)]


def _print_row(name: str, shares: list[float]) -> None:
    print(f"{name:40s}" + "".join(f"{100 * share:8.1f}" for share in [*shares, float(np.mean(shares))]), flush=True)


def main() -> int:
    """Returns 0 if every goal is reached, 1 if one is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=400, help="reports per null world (400)")
    reports = parser.parse_args().reports
    print(f"simulated runners, seed {SEED}, {reports} reports per null world")
    return verdict(measure(reports, np.random.default_rng(SEED)))


if __name__ == "__main__":
    sys.exit(main())
