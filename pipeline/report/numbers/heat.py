"""Heat and time as a table: each temperature at each planned duration, with the runner's cramps marked.

Called by `summary.summarise`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from pipeline.report.numbers.counts import onsets_of, runs_of
from pipeline.report.numbers.facts import PlanRisk, ReportFacts
from pipeline.report.numbers.heat_flags import HeatFlag, count_flags
from pipeline.report.numbers.of_100 import ShownRisk, show_risk


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One duration at one temperature, with the number of the runner's cramps nearest to it."""

    planned_s: float
    shown: ShownRisk
    cramps: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One temperature, cells in rising duration."""

    air_temp_c: float
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatSection:
    """Heat and time, hottest row first. `marked` of the runner's `onsets` cramps lie inside the table.

    `heat_times` and `time_times`: the factor by which the expected cramps per run grow from the first to the last
    temperature (duration) inside the runner's own runs; None where it cannot be computed. `flags`: number of the runner's
    runs under each colour of heat, which is about heat illness and does not enter the numbers.
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
    """None when no plan has a temperature."""
    plans = {(p.air_temp_c, p.planned_s): p for p in facts.grid if p.air_temp_c is not None}
    if not plans:
        return None
    temps = sorted({plan.air_temp_c for plan in plans.values() if plan.air_temp_c is not None}, reverse=True)
    durations = sorted({plan.planned_s for plan in plans.values()})
    onsets = onsets_of(facts)
    near = [_nearest(c.air_temp_c, temps, c.onset_moving_s, durations) for c in onsets]
    rows = tuple(
        HeatRow(t, tuple(HeatCell(d, show_risk(plans[t, d]), near.count((t, d))) for d in durations)) for t in temps
    )
    shown = [cell.shown for row in rows for cell in row.cells]
    return HeatSection(
        durations_s=tuple(durations),
        rows=rows,
        marked=sum(cell is not None for cell in near),
        onsets=len(onsets),
        heat_times=_times_over([plans[t, _middle(durations)] for t in reversed(temps)]),
        time_times=_times_over([plans[_middle(temps), d] for d in durations]),
        any_range=any(risk.form == "range" for risk in shown),
        any_declined=any(risk.form == "nothing" for risk in shown),
        flags=count_flags(run.wbgt_c for run in runs_of(facts)),
    )


def _nearest(
    temp: float | None, temps: list[float], onset_s: float | None, durations: list[float]
) -> tuple[float, float] | None:
    """The cell nearest to a cramp; None when unknown or more than half a step outside the table."""
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
    """Expected cramps at the last plan inside the runner's own runs, divided by those at the first.

    Expected cramps are -log(1 - P), because P saturates.
    """
    inside = [p.risk.mean for p in plans if p.risk is not None and p.form == "number" and not p.beyond]
    if len(inside) < 2 or not 0 < inside[0] < 1 or inside[-1] >= 1:
        return None
    return log(1 - inside[-1]) / log(1 - inside[0])
