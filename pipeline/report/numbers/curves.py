"""The curves as they are drawn: risk by planned duration, by start hour, by pace.

Called by `summary.summarise`; x is in the unit of its axis (s, hours, per cent). Declined plans are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.report.numbers.counts import own_onsets, own_runs
from pipeline.report.numbers.facts import PlanRisk, ReportFacts, Risk
from pipeline.report.numbers.of_100 import Said, say_risk

UNDER = 0.10  # "under 10 of 100", told only when the upper end is


@dataclass(frozen=True, slots=True)
class Point:
    """One planned run of a curve; `risk` draws it, `said` tells it."""

    x: float
    risk: Risk
    said: Said


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in rising x at one temperature (None: the curve knows none)."""

    air_temp_c: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One planned duration of the table beside the chart: what is said at each curve, None where declined."""

    planned_s: float
    said: tuple[Said | None, ...]


@dataclass(frozen=True, slots=True)
class TimeSection:
    """Risk against planned duration. `under_ten_s`: the longest own duration with every upper end under 10
    of 100, where that is not throughout; `climb`: the first and last number at own durations,
    middle curve; `guessed_temps`: curves that are beyond the own experience throughout.
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
class OneCurve:
    """Risk against the start hour or the pace of the usual run; `own` are the x of the runs with a cramp."""

    planned_s: float
    air_temp_c: float | None
    curve: Curve
    own: tuple[float, ...]


def time_section(facts: ReportFacts, longest_s: float | None) -> TimeSection | None:
    """None without a curve or without a run."""
    temps = sorted({plan.air_temp_c for plan in facts.by_duration}, key=lambda t: (t is not None, t or 0.0))
    curves = [_curve([p for p in facts.by_duration if p.air_temp_c == t], lambda p: p.planned_s) for t in temps]
    drawn = tuple(curve for curve in curves if len(curve.points) > 1)
    if not drawn or longest_s is None:
        return None
    onsets = sorted(c.onset_moving_s for c in own_onsets(facts) if c.onset_moving_s is not None)
    under, throughout = _under_ten(drawn)
    said = [point.said for curve in drawn for point in curve.points]
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
        any_range=any(s.say == "range" for s in said),
    )


def _table(curves: tuple[Curve, ...]) -> tuple[TimeRow, ...]:
    by_x = [{point.x: point.said for point in curve.points} for curve in curves]
    return tuple(TimeRow(x, tuple(said.get(x) for said in by_x)) for x in sorted(set().union(*by_x)))


def _guessed(curve: Curve) -> bool:
    """Beyond the own experience even where it is short: by its weather."""
    return all(point.said.beyond for point in curve.points)


def _climb(curve: Curve) -> tuple[int, int] | None:
    """The first and last number of 100 at own durations; None when fewer than two may be told."""
    told = [p.said.of_100 for p in curve.points if p.said.of_100 is not None and not p.said.beyond]
    return (told[0], told[-1]) if len(told) > 1 and told[0] < told[-1] else None


def _curve(plans: list[PlanRisk], x: Callable[[PlanRisk], float]) -> Curve:
    told = sorted((plan for plan in plans if plan.say != "nothing"), key=x)
    points = tuple(Point(x(p), p.risk, say_risk(p)) for p in told if p.risk is not None)
    return Curve(plans[0].air_temp_c, points)


def _under_ten(curves: tuple[Curve, ...]) -> tuple[float | None, bool]:
    """The longest own duration before any upper end reaches 10 of 100, and whether none does."""
    own = sorted((p.x, p.risk.high) for curve in curves for p in curve.points if not p.said.beyond)
    too_high = [x for x, high in own if high >= UNDER]
    below = [x for x, _ in own if not too_high or x < too_high[0]]
    return (below[-1] if below else None), bool(own) and not too_high


def hour_section(facts: ReportFacts) -> OneCurve | None:
    """Risk of the usual run by the local hour of its start."""
    with_cramp = {cramp.run_id for cramp in own_onsets(facts)}
    hours = [run.start_hour_local for run in own_runs(facts) if run.run_id in with_cramp]
    own = [hour for hour in hours if hour is not None]
    started = {plan: plan.start_hour for plan in facts.by_hour if plan.start_hour is not None}
    return _one_curve(tuple(started), lambda plan: started[plan], own)


def pace_section(facts: ReportFacts) -> OneCurve | None:
    """Risk of the usual run by pace, per cent faster than the own usual."""
    with_cramp = {cramp.run_id for cramp in own_onsets(facts)}
    own = [
        run.pace_faster_pct for run in own_runs(facts) if run.run_id in with_cramp and run.pace_faster_pct is not None
    ]
    return _one_curve(facts.by_pace, lambda p: p.pace_faster_pct, own)


def _one_curve(plans: tuple[PlanRisk, ...], x: Callable[[PlanRisk], float], own: list[float]) -> OneCurve | None:
    if not plans:
        return None
    curve = _curve(list(plans), x)
    if len(curve.points) < 2:
        return None
    return OneCurve(plans[0].planned_s, plans[0].air_temp_c, curve, tuple(sorted(own)))
