"""`cramplog risk`: the chance of a cramp in one planned run, and in the same run at other hours of its day.

Reads the store, asks the weather service for the hours ahead, then the model; docs/method.md#when-it-must-hold-back
decides what may be shown. Writes a fit, if one is due, and the forecast of a plan with a start, to be compared later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from models.fit.hazard import MODEL_VERSION, CrampHazard
from pipeline.actions.risk.air_sources import Fetch, OwnWeather, PlanAir, WhyNot, find_air
from pipeline.actions.risk.make_forecast import asked_forecast
from pipeline.actions.risk.parse_plan import PlanWords
from pipeline.actions.risk.plans import OwnRuns, Wish, own_runs, plan_risk, risks_of, rows_of, said_of
from pipeline.actions.risk.resolve_plan import AskedRun, asked_run
from pipeline.actions.risk.result import RiskAnswer, ToldPlan
from pipeline.actions.risk.usual_air import OwnAir
from pipeline.actions.training.evidence import evidence_of, own_record, record_of
from pipeline.actions.training.ready_fit import ready_fit
from pipeline.instants import naive_utc
from pipeline.report.numbers.facts import Others, Risk
from pipeline.rules import Evidence, may_say
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, find_runner, units_of
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.fits.fits import Fit, fit_in_use
from pipeline.store.fits.forecasts import StoredForecast, forecasts_of, put_forecasts
from pipeline.store.fits.inputs import evidence_counts, home_cell, report_runs, usual_hours
from pipeline.units import Units
from pipeline.weather.clock import instant_of


@dataclass(frozen=True, slots=True, eq=False)
class AtHand:
    """What the store holds for a plan of one runner."""

    runner: Runner
    units: Units
    runs: pl.DataFrame
    counts: Mapping[str, Any]
    hours: pl.DataFrame
    home_cell: str | None
    fit: Fit | None
    forecasts: tuple[StoredForecast, ...]

    @property
    def simulated(self) -> bool:
        """Whether these are a simulated runner's runs: of them nothing is asked outside."""
        return bool(self.runs["simulated"].any())


def risk_of_plan(
    settings: Settings, runner_name: str | None, words: PlanWords, fetch: Fetch | WhyNot, now: datetime
) -> RiskAnswer:
    """The risk of the run that these words plan; `fetch` asks the weather service or says why not. Trains where due.

    Raises WrongInput for words that cannot be meant, NotFound for a runner or a home that is not known.
    """
    held = _read(settings, runner_name)
    asked = asked_run(words, held.units, held.home_cell, held.runner.home_tz or settings.home_tz, now)
    ready_fit(settings, held.runner.name, now)
    held = _read(settings, runner_name)
    record = record_of(held.fit)
    evidence = evidence_of(held.runner, held.runs, held.counts, record, held.forecasts)
    own = own_runs(held.runs, _today(held, now))
    answer = RiskAnswer(
        runner=held.runner,
        units=held.units,
        made_at=now,
        asked=asked,
        withheld=_withheld(evidence, own, held.fit),
        evidence=evidence,
        answers_missing=may_say(evidence).answers_missing,
        simulated=held.simulated,
        fit=held.fit,
        others=Others(**record["others"]) if held.fit else Others(0, 0),
        published_evidence=may_say(evidence).others_are_published,
        so_far=own_record(held.forecasts),
    )
    if answer.withheld or own is None or held.fit is None:
        return answer  # and nothing is asked outside for a number that will not be told
    weather = OwnWeather(held.hours, OwnAir(held.hours), own.usual_temp_c)
    air = find_air(asked, weather, "simulated" if held.simulated else fetch, now)
    return _kept(settings, _with_numbers(answer, own, air, CrampHazard.from_json(held.fit.model)))


def _kept(settings: Settings, answer: RiskAnswer) -> RiskAnswer:
    """The answer, its forecast now in the ledger where it is one."""
    forecast = asked_forecast(answer)
    if forecast is None:
        return answer
    with open_store(settings, write=True) as con, transaction(con):
        put_forecasts(con, [forecast])
    return replace(answer, kept=True)


def _read(settings: Settings, runner_name: str | None) -> AtHand:
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        fit = fit_in_use(con, runner.runner_id)
        return AtHand(
            runner=runner,
            units=units_of(runner, settings.units),
            runs=report_runs(con, runner.runner_id),
            counts=evidence_counts(con, runner.runner_id),
            hours=usual_hours(con, runner.runner_id),
            home_cell=home_cell(con, runner.runner_id),
            fit=fit if fit is not None and fit.model_version == MODEL_VERSION else None,
            forecasts=forecasts_of(con, runner.runner_id),
        )


def _today(held: AtHand, now: datetime) -> datetime | None:
    """From when the last month counts back: now; a simulated log ends somewhere and knows no today."""
    return None if held.simulated else naive_utc(now)


def _withheld(evidence: Evidence, own: OwnRuns | None, fit: Fit | None) -> str | None:
    said = may_say(evidence)
    if said.only_red_flag:
        return "red flag"
    if own is None:
        return "no runs"
    return "too few answers" if said.answers_missing or fit is None else None


def _with_numbers(answer: RiskAnswer, own: OwnRuns, air: PlanAir, model: CrampHazard) -> RiskAnswer:
    """The plan and its other hours, in one pass of the model; other hours only where the air of each is known."""
    asked = answer.asked
    starts: list[datetime | None] = [asked.start_local]
    if air.hours is not None:
        starts += [s for s in asked.other_starts(answer.made_at) if air.covers(_there(s, asked), asked.planned_s)]
    wishes = [_wish(asked, air, own, start) for start in starts]
    rows = [
        air.along(rows_of(f"plan {n}", wish, air.wbgt_c, own), start and _there(start, asked))
        for n, (wish, start) in enumerate(zip(wishes, starts, strict=True))
    ]
    plans = [
        _told_plan(start, wish, segments, risk, own, answer.evidence)
        for start, wish, segments, risk in zip(starts, wishes, rows, risks_of(model, rows), strict=True)
    ]
    by_hour = sorted(plans, key=lambda plan: str(plan.start_local)) if len(plans) > 1 else []
    return replace(answer, air=air, plan=plans[0], by_hour=tuple(by_hour))


def _there(start_local: datetime, asked: AskedRun) -> datetime:
    instant = instant_of(start_local, asked.clock)
    assert instant is not None  # the clock of a plan has an offset
    return instant


def _wish(asked: AskedRun, air: PlanAir, own: OwnRuns, start: datetime | None) -> Wish:
    hour = own.start_hour if start is None else start.hour + start.minute / 60
    return Wish(asked.planned_s, air.air_temp_c, hour, asked.pace_faster_pct, asked.race)


def _told_plan(
    start: datetime | None, wish: Wish, rows: pl.DataFrame, risk: Risk, own: OwnRuns, evidence: Evidence
) -> ToldPlan:
    """What may be said of it. Own runs' heat is known as means over runs, so a plan's mean is held against it."""
    temps, heats = rows["air_temp_c"], rows["wbgt_c"]
    mean_temp, mean_heat = _number(temps.mean()), _number(heats.mean())
    said = said_of(wish, mean_heat, risk, own, evidence)
    return ToldPlan(
        start_local=start,
        rows=rows,
        air_temp_c=None if temps.null_count() else (float(temps[0]), float(temps[-1])),
        hottest_wbgt_c=_number(heats.max()),
        risk=risk,
        told=plan_risk(replace(wish, air_temp_c=mean_temp), risk, said),
        why_none=said.why_none,
        beyond=said.hatched,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
