"""Shares of warm, fast and morning runs, among the runs with a cramp and among the other answered runs.

These are counts, not tests. Called by `summary.summarise` from five runs with a cramp on
(docs/method.md#when-it-must-hold-back).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pipeline.report.numbers.counts import DEFINITE_ANSWERS, onsets_of, runs_of
from pipeline.report.numbers.facts import ReportFacts, RunFact
from pipeline.rules import MORNING_ENDS_H
from pipeline.units import celsius, in_temperature_unit


@dataclass(frozen=True, slots=True)
class RunShares:
    """Runs with one feature: `cramp_runs_with` of `cramp_runs`, and `control_runs_with` of `control_runs`.

    Control runs are the answered runs without a cramp. Runs where the feature was not measured count nowhere.
    `threshold` is in °C, per cent or hours.
    """

    threshold: float
    cramp_runs_with: int
    cramp_runs: int
    control_runs_with: int
    control_runs: int


def share_warm(facts: ReportFacts) -> RunShares | None:
    """Runs at or above the median temperature of all answered runs; None without weather.

    The median is rounded to whole degrees in the runner's unit.
    """
    answered = [run for run in runs_of(facts) if run.answer in DEFINITE_ANSWERS]
    temps = [run.air_temp_c for run in answered if run.air_temp_c is not None]
    if not temps:
        return None
    middle = celsius(round(in_temperature_unit(median(temps), facts.units)), facts.units)
    return _shares(facts, middle, lambda run: None if run.air_temp_c is None else run.air_temp_c >= middle)


def share_fast(facts: ReportFacts) -> RunShares | None:
    """Runs faster than the runner's usual pace; None where no run has a usual pace."""
    return _shares(facts, 0.0, lambda run: None if run.pace_faster_pct is None else run.pace_faster_pct > 0)


def share_morning(facts: ReportFacts) -> RunShares | None:
    """Runs that started before 10:00."""
    return _shares(facts, MORNING_ENDS_H, _in_the_morning)


def _in_the_morning(run: RunFact) -> bool | None:
    return None if run.start_hour_local is None else run.start_hour_local < MORNING_ENDS_H


def _shares(facts: ReportFacts, threshold: float, has_feature: Callable[[RunFact], bool | None]) -> RunShares | None:
    """None when either side of the comparison is empty: a count without its control says nothing."""
    with_cramp = {cramp.run_id for cramp in onsets_of(facts)}
    cramp_runs: list[bool] = []
    control_runs: list[bool] = []
    for run in runs_of(facts):
        if run.answer in DEFINITE_ANSWERS and (found := has_feature(run)) is not None:
            (cramp_runs if run.run_id in with_cramp else control_runs).append(found)
    if not cramp_runs or not control_runs:
        return None
    return RunShares(threshold, sum(cramp_runs), len(cramp_runs), sum(control_runs), len(control_runs))
