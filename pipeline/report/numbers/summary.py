"""RiskReport: every number and every count on the page, computed here and nowhere else.

`summarise` is what the report action calls; `page.render_page` only puts the result into words and pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.report.numbers.checklist import CheckLine, checklist_lines
from pipeline.report.numbers.counts import Basis, Where, count_basis, count_where
from pipeline.report.numbers.curves import (
    OneCurve,
    TimeSection,
    hour_section,
    pace_section,
    time_section,
)
from pipeline.report.numbers.facts import Claim, Others, PlanRisk, Provenance, ReportFacts
from pipeline.report.numbers.forecast_record import KeptRecord, kept_record
from pipeline.report.numbers.heat import HeatSection, heat_section
from pipeline.report.numbers.looking_back import LookingBack, look_back
from pipeline.report.numbers.of_100 import Said, say_risk
from pipeline.report.numbers.shares import Share, share_fast, share_morning, share_warm
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS
from pipeline.units import Units

State = Literal["red flag", "no runs", "not enough", "number"]
Changed = Literal["duration", "temperature", "pace", "start", "race"]

# upper ends of the plausible range's width (of 100) for 4, 3 and 2 of 4 bars: quite, fairly, somewhat sure
SURE_WIDTHS = (10, 20, 30)


@dataclass(frozen=True, slots=True)
class PlanCard:
    """One planned run and what is said of it; `without` is the complement of `said.of_100`."""

    planned_s: float
    air_temp_c: float | None
    pace_faster_pct: float
    start_hour: float | None
    race: bool
    said: Said
    without: int | None
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Short:
    """The two cards. `sure` of 4 bars; None when nothing is said."""

    plan: PlanCard
    plan_asked: bool
    compared: PlanCard | None
    changed: Changed | None
    width: int | None
    sure: int | None
    published_evidence: bool
    others: Others


@dataclass(frozen=True, slots=True)
class Answers:
    """Own answered runs against what a personal number takes."""

    given: int
    needed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Patterns:
    """Counts with their control counts, from five runs with a cramp on: a second cramp in a run tells no new day."""

    shown: bool
    cramp_runs: int
    could_miss: bool
    claims: tuple[Claim, ...]
    warm: Share | None
    fast: Share | None
    morning: Share | None


@dataclass(frozen=True, slots=True)
class RiskReport:
    """One runner's report. Sections are None where they may not be, or cannot be, shown."""

    state: State
    runner: str
    made_at: datetime
    simulated: bool
    basis: Basis
    answers: Answers
    short: Short | None
    time: TimeSection | None
    heat: HeatSection | None
    hour: OneCurve | None
    pace: OneCurve | None
    patterns: Patterns
    where: Where
    checklist: tuple[CheckLine, ...]
    looking_back: LookingBack | None
    kept: KeptRecord | None
    open_meteo: bool
    provenance: Provenance
    units: Units


def summarise(facts: ReportFacts) -> RiskReport:
    """The report's numbers. A ticked red flag, no runs and missing answers each withhold every risk."""
    basis = count_basis(facts)
    state = _state(facts, basis)
    told = state == "number"
    patterns, where = _patterns(facts, basis), count_where(facts)
    return RiskReport(
        state=state,
        runner=facts.runner,
        made_at=facts.made_at,
        simulated=any(run.simulated for run in facts.runs),
        basis=basis,
        answers=_answers(facts),
        short=_short(facts, basis) if told else None,
        time=time_section(facts, basis.longest_s) if told else None,
        heat=heat_section(facts) if told else None,
        hour=hour_section(facts) if told else None,
        pace=pace_section(facts) if told else None,
        patterns=patterns,
        where=where,
        checklist=checklist_lines(facts, where, patterns.warm, patterns.morning) if basis.runs else (),
        looking_back=look_back(facts.evaluation) if told else None,
        kept=kept_record(facts.forecasts, facts.permission.forecasts_off) if told else None,
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
        plan_asked=facts.plan_asked,
        compared=compared,
        changed=_changed(facts.plan, facts.compared) if facts.compared else None,
        width=width,
        sure=None if width is None else _sure(width, basis.runs_with_cramp, card.said.beyond),
        published_evidence=facts.permission.published_evidence,
        others=facts.others,
    )


def _widest(*cards: PlanCard | None) -> int | None:
    """The width of the widest range told (of 100): sureness is that of the less sure of two numbers."""
    told = [card.said for card in cards if card is not None]
    widths = [said.high - said.low for said in told if said.low is not None and said.high is not None]
    return max(widths, default=None)


def _sure(width: int, cramp_runs: int, beyond: bool) -> int:
    """Bars by the width of the range, never all four before own runs with a cramp can bear it, two beyond own runs."""
    bars = 4 - sum(width >= limit for limit in SURE_WIDTHS)
    return min(bars, 2 if beyond else 4 if cramp_runs >= CRAMPS_TO_JUDGE_FORECASTS else 3)


def _card(plan: PlanRisk) -> PlanCard:
    said = say_risk(plan)
    return PlanCard(
        planned_s=plan.planned_s,
        air_temp_c=plan.air_temp_c,
        pace_faster_pct=plan.pace_faster_pct,
        start_hour=plan.start_hour,
        race=plan.race,
        said=said,
        without=None if said.of_100 is None else 100 - said.of_100,
        beyond=plan.beyond,
    )


def _changed(plan: PlanRisk, compared: PlanRisk) -> Changed | None:
    """The one thing in which the two plans differ, None when they don't."""
    if plan.planned_s != compared.planned_s:
        return "duration"
    if plan.race != compared.race:
        return "race"
    if plan.pace_faster_pct != compared.pace_faster_pct:
        return "pace"
    if plan.air_temp_c != compared.air_temp_c:
        return "temperature"
    return "start" if plan.start_hour != compared.start_hour else None
