"""Heat and time as a table: each temperature at each planned duration, own cramps marked.

Called by `summary.summarise`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from pipeline.report.numbers.counts import own_onsets, own_runs
from pipeline.report.numbers.facts import PlanRisk, ReportFacts
from pipeline.report.numbers.heat_flags import HeatFlag, count_flags
from pipeline.report.numbers.of_100 import Said, say_risk


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One duration at one temperature, with the number of own cramps nearest to it."""

    planned_s: float
    said: Said
    cramps: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One temperature, cells in rising duration."""

    air_temp_c: float
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatSection:
    """Heat and time, hottest row first. `marked` of `onsets` own cramps lie inside the table.

    `heat_times` and `time_times`: how many times as large the chance per run gets over the table's own span
    of temperatures and durations (inside own experience); None where it cannot be told. `flags`: own runs under
    each colour of heat, which is about heat illness and has no part in the numbers.
    """

    durations_s: tuple[float, ...]
    rows: tuple[HeatRow, ...]
    marked: int
    onsets: int
    heat_times: float | None
    time_times: float | None
    any_range: bool
    any_declined: bool
    flags: tuple[tuple[HeatFlag, int], ...]


def heat_section(facts: ReportFacts) -> HeatSection | None:
    """None when no plan knows a temperature."""
    plans = {(p.air_temp_c, p.planned_s): p for p in facts.grid if p.air_temp_c is not None}
    if not plans:
        return None
    temps = sorted({plan.air_temp_c for plan in plans.values() if plan.air_temp_c is not None}, reverse=True)
    durations = sorted({plan.planned_s for plan in plans.values()})
    onsets = own_onsets(facts)
    near = [_nearest(c.air_temp_c, temps, c.onset_moving_s, durations) for c in onsets]
    rows = tuple(
        HeatRow(t, tuple(HeatCell(d, say_risk(plans[t, d]), near.count((t, d))) for d in durations)) for t in temps
    )
    said = [cell.said for row in rows for cell in row.cells]
    return HeatSection(
        durations_s=tuple(durations),
        rows=rows,
        marked=sum(cell is not None for cell in near),
        onsets=len(onsets),
        heat_times=_times_over([plans[t, _middle(durations)] for t in reversed(temps)]),
        time_times=_times_over([plans[_middle(temps), d] for d in durations]),
        any_range=any(s.say == "range" for s in said),
        any_declined=any(s.say == "nothing" for s in said),
        flags=count_flags(run.wbgt_c for run in own_runs(facts)),
    )


def _nearest(
    temp: float | None, temps: list[float], onset_s: float | None, durations: list[float]
) -> tuple[float, float] | None:
    """The cell an own cramp belongs to; None when unknown or more than half a step outside the table."""
    if temp is None or onset_s is None:
        return None
    cell = min(temps, key=lambda t: abs(t - temp)), min(durations, key=lambda d: abs(d - onset_s))
    near = abs(cell[0] - temp) <= _half_step(temps) and abs(cell[1] - onset_s) <= _half_step(durations)
    return cell if near else None


def _half_step(values: list[float]) -> float:
    return abs(values[-1] - values[0]) / max(len(values) - 1, 1) / 2


def _middle(values: list[float]) -> float:
    return values[len(values) // 2]


def _times_over(plans: list[PlanRisk]) -> float | None:
    """Expected cramps at the last own plan over those at the first; -log(1-P) adds up where P saturates."""
    own = [p.risk.mean for p in plans if p.risk is not None and p.say == "number" and not p.beyond]
    if len(own) < 2 or not 0 < own[0] < 1 or own[-1] >= 1:
        return None
    return log(1 - own[-1]) / log(1 - own[0])
