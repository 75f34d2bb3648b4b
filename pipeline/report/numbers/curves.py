"""The curves of the charts: risk by planned duration, by start hour, by pace.

Called by `summary.summarise`. x is in the unit of its axis (s, hours, per cent). Declined plans are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.report.numbers.counts import onsets_of, runs_of
from pipeline.report.numbers.facts import PlanRisk, ReportFacts, Risk
from pipeline.report.numbers.of_100 import ShownRisk, show_risk

UNDER = 0.10  # for "under 10 of 100"; the upper end of the range must be under it


@dataclass(frozen=True, slots=True)
class Point:
    """One planned run of a curve: `risk` for the chart, `shown` for the table."""

    x: float
    risk: Risk
    shown: ShownRisk


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in rising x at one temperature; None without weather."""

    air_temp_c: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One planned duration in the table under the chart: the risk on each curve, None where declined."""

    planned_s: float
    shown: tuple[ShownRisk | None, ...]


@dataclass(frozen=True, slots=True)
class TimeSection:
    """Risk against planned duration. "Inside" means inside the runner's own runs.

    `under_ten_s`: the longest duration inside with every upper end under 10 of 100, None where none is or all are.
    `climb`: the first and the last number inside, on the middle curve. `guessed_temps`: temperatures of the curves that
    are outside throughout.
    """

    curves: tuple[Curve, ...]
    table: tuple[TimeRow, ...]
    onsets_s: tuple[float, ...]
    longest_s: float
    under_ten_s: float | None
    under_ten_throughout: bool
    climb: tuple[int, int] | None
    hatched: bool
    guessed_temps: tuple[float, ...]
    any_range: bool


@dataclass(frozen=True, slots=True)
class SingleCurve:
    """Risk of the usual run against its start hour or pace; `cramps_x` are the x of the runner's runs with a cramp."""

    planned_s: float
    air_temp_c: float | None
    curve: Curve
    cramps_x: tuple[float, ...]


def time_section(facts: ReportFacts, longest_s: float | None) -> TimeSection | None:
    """None without a curve or without a run."""
    temps = sorted({plan.air_temp_c for plan in facts.by_duration}, key=lambda t: (t is not None, t or 0.0))
    curves = [_curve([p for p in facts.by_duration if p.air_temp_c == t], lambda p: p.planned_s) for t in temps]
    drawn = tuple(curve for curve in curves if len(curve.points) > 1)
    if not drawn or longest_s is None:
        return None
    onsets = sorted(c.onset_moving_s for c in onsets_of(facts) if c.onset_moving_s is not None)
    under, throughout = _under_ten(drawn)
    shown = [point.shown for curve in drawn for point in curve.points]
    return TimeSection(
        curves=drawn,
        table=_table(drawn),
        onsets_s=tuple(onsets),
        longest_s=longest_s,
        under_ten_s=None if throughout else under,
        under_ten_throughout=throughout,
        climb=_climb(drawn[len(drawn) // 2]),
        hatched=any(point.x > longest_s for curve in drawn for point in curve.points),
        guessed_temps=tuple(t for curve in drawn if (t := curve.air_temp_c) is not None and _guessed(curve)),
        any_range=any(risk.form == "range" for risk in shown),
    )


def _table(curves: tuple[Curve, ...]) -> tuple[TimeRow, ...]:
    by_x = [{point.x: point.shown for point in curve.points} for curve in curves]
    return tuple(TimeRow(x, tuple(shown.get(x) for shown in by_x)) for x in sorted(set().union(*by_x)))


def _guessed(curve: Curve) -> bool:
    """True when even the short runs are outside the runner's own runs: by their weather."""
    return all(point.shown.beyond for point in curve.points)


def _climb(curve: Curve) -> tuple[int, int] | None:
    """The first and last number of 100 inside the runner's own runs; None if fewer than two are shown or they do not rise."""
    numbers = [p.shown.of_100 for p in curve.points if p.shown.of_100 is not None and not p.shown.beyond]
    return (numbers[0], numbers[-1]) if len(numbers) > 1 and numbers[0] < numbers[-1] else None


def _curve(plans: list[PlanRisk], x: Callable[[PlanRisk], float]) -> Curve:
    shown = sorted((plan for plan in plans if plan.form != "nothing"), key=x)
    points = tuple(Point(x(p), p.risk, show_risk(p)) for p in shown if p.risk is not None)
    return Curve(plans[0].air_temp_c, points)


def _under_ten(curves: tuple[Curve, ...]) -> tuple[float | None, bool]:
    """The longest duration inside the runner's own runs before any upper end reaches 10 of 100; and True if none does."""
    inside = sorted((p.x, p.risk.high) for curve in curves for p in curve.points if not p.shown.beyond)
    too_high = [x for x, high in inside if high >= UNDER]
    below = [x for x, _ in inside if not too_high or x < too_high[0]]
    return (below[-1] if below else None), bool(inside) and not too_high


def hour_section(facts: ReportFacts) -> SingleCurve | None:
    """Risk of the usual run by its local start hour; None with fewer than two points."""
    with_cramp = {cramp.run_id for cramp in onsets_of(facts)}
    hours = [run.start_hour_local for run in runs_of(facts) if run.run_id in with_cramp]
    cramps_x = [hour for hour in hours if hour is not None]
    started = {plan: plan.start_hour for plan in facts.by_hour if plan.start_hour is not None}
    return _single_curve(tuple(started), lambda plan: started[plan], cramps_x)


def pace_section(facts: ReportFacts) -> SingleCurve | None:
    """Risk of the usual run by pace, in per cent faster than the usual pace; None with fewer than two points."""
    with_cramp = {cramp.run_id for cramp in onsets_of(facts)}
    paces = [run.pace_faster_pct for run in runs_of(facts) if run.run_id in with_cramp]
    cramps_x = [pace for pace in paces if pace is not None]
    return _single_curve(facts.by_pace, lambda p: p.pace_faster_pct, cramps_x)


def _single_curve(
    plans: tuple[PlanRisk, ...], x: Callable[[PlanRisk], float], cramps_x: list[float]
) -> SingleCurve | None:
    if not plans:
        return None
    curve = _curve(list(plans), x)
    if len(curve.points) < 2:
        return None
    return SingleCurve(plans[0].planned_s, plans[0].air_temp_c, curve, tuple(sorted(cramps_x)))
