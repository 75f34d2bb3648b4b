"""RiskReport: every number and every count on the page, computed here and nowhere else.

The report action calls `summarise`; `page.render_page` turns the result into sentences and pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.report.numbers.checklist import CheckLine, checklist_lines
from pipeline.report.numbers.counts import Basis, MuscleTable, count_basis, count_muscles
from pipeline.report.numbers.curves import (
    SingleCurve,
    TimeSection,
    hour_section,
    pace_section,
    time_section,
)
from pipeline.report.numbers.facts import Claim, Others, PlanRisk, Provenance, ReportFacts
from pipeline.report.numbers.forecast_record import TrackRecord, track_record
from pipeline.report.numbers.heat import HeatSection, heat_section
from pipeline.report.numbers.looking_back import LookingBack, look_back
from pipeline.report.numbers.of_100 import ShownRisk, show_risk
from pipeline.report.numbers.shares import RunShares, share_fast, share_morning, share_warm
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS
from pipeline.units import Units

State = Literal["red flag", "no runs", "not enough", "number"]
Changed = Literal["duration", "temperature", "pace", "start", "race"]

# width of the plausible range (of 100) under which 4, 3 and 2 of 4 bars are shown: quite, fairly, somewhat sure
SURE_WIDTHS = (10, 20, 30)


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One planned run and its shown risk; `without` is the complement of `shown.of_100`."""

    planned_s: float
    air_temp_c: float | None
    pace_faster_pct: float
    start_hour: float | None
    race: bool
    shown: ShownRisk
    without: int | None
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Short:
    """The two cards. `width` of the widest range (of 100), and `sure` of 4 bars; both None when no risk is shown."""

    plan: PlanCard
    plan_given: bool
    compared: PlanCard | None
    changed: Changed | None
    width: int | None
    sure: int | None
    published_evidence: bool
    others: Others


@dataclass(frozen=True, slots=True)
class Answers:
    """The runner's answered runs against what a personal number needs."""

    given: int
    needed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """Counts with their control counts, from five runs with a cramp on; a second cramp in a run does not count again."""

    shown: bool
    cramp_runs: int
    could_miss: bool
    claims: tuple[Claim, ...]
    warm: RunShares | None
    fast: RunShares | None
    morning: RunShares | None


@dataclass(frozen=True, slots=True)
class RiskReport:
    """One runner's report. Sections are None where they may not or cannot be shown."""

    state: State
    runner: str
    made_at: datetime
    simulated: bool
    basis: Basis
    answers: Answers
    short: Short | None
    time: TimeSection | None
    heat: HeatSection | None
    hour: SingleCurve | None
    pace: SingleCurve | None
    patterns: Patterns
    muscles: MuscleTable
    checklist: tuple[CheckLine, ...]
    looking_back: LookingBack | None
    track_record: TrackRecord | None
    open_meteo: bool
    provenance: Provenance
    units: Units


def summarise(facts: ReportFacts) -> RiskReport:
    """The report's numbers. A ticked red flag, no runs or missing answers withhold every risk."""
    basis = count_basis(facts)
    state = _state(facts, basis)
    shown = state == "number"
    patterns, muscles = _patterns(facts, basis), count_muscles(facts)
    return RiskReport(
        state=state,
        runner=facts.runner,
        made_at=facts.made_at,
        simulated=any(run.simulated for run in facts.runs),
        basis=basis,
        answers=_answers(facts),
        short=_short(facts, basis) if shown else None,
        time=time_section(facts, basis.longest_s) if shown else None,
        heat=heat_section(facts) if shown else None,
        hour=hour_section(facts) if shown else None,
        pace=pace_section(facts) if shown else None,
        patterns=patterns,
        muscles=muscles,
        checklist=checklist_lines(facts, muscles, patterns.warm, patterns.morning) if basis.runs else (),
        looking_back=look_back(facts.evaluation) if shown else None,
        track_record=track_record(facts.forecasts, facts.permission.forecasts_off) if shown else None,
        open_meteo="open-meteo" in facts.provenance.weather_providers,
        provenance=facts.provenance,
        units=facts.units,
    )


def _state(facts: ReportFacts, basis: Basis) -> State:
    if facts.permission.red_flag:
        return "red flag"
    if basis.runs == 0:
        return "no runs"
    return "number" if facts.permission.number and facts.plan is not None else "not enough"


def _answers(facts: ReportFacts) -> Answers:
    given, needed = facts.permission.answers_given, facts.permission.answers_needed
    return Answers(given, needed, max(needed - given, 0))


def _patterns(facts: ReportFacts, basis: Basis) -> Patterns:
    shown = facts.permission.patterns == "counts"
    return Patterns(
        shown=shown,
        cramp_runs=basis.runs_with_cramp,
        could_miss=facts.permission.could_have_missed,
        claims=facts.permission.claims if shown else (),
        warm=share_warm(facts) if shown else None,
        fast=share_fast(facts) if shown else None,
        morning=share_morning(facts) if shown else None,
    )


def _short(facts: ReportFacts, basis: Basis) -> Short | None:
    if facts.plan is None:
        return None
    card = _card(facts.plan)
    compared = _card(facts.compared) if facts.compared else None
    width = _widest(card, compared)
    return Short(
        plan=card,
        plan_given=facts.plan_given,
        compared=compared,
        changed=_changed(facts.plan, facts.compared) if facts.compared else None,
        width=width,
        sure=None if width is None else _sure(width, basis.runs_with_cramp, card.shown.beyond),
        published_evidence=facts.permission.published_evidence,
        others=facts.others,
    )


def _widest(*cards: PlanCard | None) -> int | None:
    """The width of the widest shown range (of 100): the bars stand for the less sure of the two numbers."""
    shown = [card.shown for card in cards if card is not None]
    widths = [risk.high - risk.low for risk in shown if risk.low is not None and risk.high is not None]
    return max(widths, default=None)


def _sure(width: int, cramp_runs: int, beyond: bool) -> int:
    """Bars by the width of the range: at most two outside the runner's own runs, four only from 20 runs with a cramp on."""
    bars = 4 - sum(width >= limit for limit in SURE_WIDTHS)
    return min(bars, 2 if beyond else 4 if cramp_runs >= CRAMPS_TO_JUDGE_FORECASTS else 3)


def _card(plan: PlanRisk) -> PlanCard:
    shown = show_risk(plan)
    return PlanCard(
        planned_s=plan.planned_s,
        air_temp_c=plan.air_temp_c,
        pace_faster_pct=plan.pace_faster_pct,
        start_hour=plan.start_hour,
        race=plan.race,
        shown=shown,
        without=None if shown.of_100 is None else 100 - shown.of_100,
        beyond=plan.beyond,
    )


def _changed(plan: PlanRisk, compared: PlanRisk) -> Changed | None:
    """The first thing in which the two plans differ, None when they do not."""
    if plan.planned_s != compared.planned_s:
        return "duration"
    if plan.race != compared.race:
        return "race"
    if plan.pace_faster_pct != compared.pace_faster_pct:
        return "pace"
    if plan.air_temp_c != compared.air_temp_c:
        return "temperature"
    return "start" if plan.start_hour != compared.start_hour else None
