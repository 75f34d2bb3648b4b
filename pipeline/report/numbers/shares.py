"""How many of the runs with a cramp, and of the other answered runs, were warm, fast or early: counts, no
test.

Called by `summary.summarise` from five own cramps on (docs/method.md#when-it-must-hold-back).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pipeline.report.numbers.counts import TOLD_ANSWERS, own_onsets, own_runs
from pipeline.report.numbers.facts import ReportFacts, RunFact
from pipeline.rules import MORNING_ENDS_H
from pipeline.units import celsius, in_temperature_unit


@dataclass(frozen=True, slots=True)
class Share:
    """`cramp_with` of `cramp_known` runs with a cramp had it, and `other_with` of `other_known` other
    answered runs. `threshold` is °C, per cent or an hour.
    """

    threshold: float
    cramp_with: int
    cramp_known: int
    other_with: int
    other_known: int


def share_warm(facts: ReportFacts) -> Share | None:
    """Runs at or above the middle temperature of all answered runs, whole degrees in the unit it is told in.
    None without weather.
    """
    temps = [t for run in own_runs(facts) if run.answer in TOLD_ANSWERS and (t := run.air_temp_c) is not None]
    if not temps:
        return None
    middle = celsius(round(in_temperature_unit(median(temps), facts.units)), facts.units)
    return _share(facts, middle, lambda run: None if run.air_temp_c is None else run.air_temp_c >= middle)


def share_fast(facts: ReportFacts) -> Share | None:
    """Runs faster than the own usual. None where no run has a usual."""
    return _share(facts, 0.0, lambda run: None if run.pace_faster_pct is None else run.pace_faster_pct > 0)


def share_morning(facts: ReportFacts) -> Share | None:
    """Runs started before 10:00."""
    return _share(facts, MORNING_ENDS_H, _in_the_morning)


def _in_the_morning(run: RunFact) -> bool | None:
    return None if run.start_hour_local is None else run.start_hour_local < MORNING_ENDS_H


def _share(facts: ReportFacts, threshold: float, has_it: Callable[[RunFact], bool | None]) -> Share | None:
    """None when either side of the comparison is empty: a count without its control says nothing."""
    with_cramp = {cramp.run_id for cramp in own_onsets(facts)}
    known: dict[bool, list[bool]] = {True: [], False: []}
    for run in own_runs(facts):
        if run.answer in TOLD_ANSWERS and (found := has_it(run)) is not None:
            known[run.run_id in with_cramp].append(found)
    if not known[True] or not known[False]:
        return None
    return Share(threshold, sum(known[True]), len(known[True]), sum(known[False]), len(known[False]))
