"""`cramplog risk`: the chance of a cramp in one planned run, and in the same run at other hours of its day.

Reads the store, fetches the weather forecast, then runs the model; docs/method.md#when-it-must-hold-back decides what may be
shown. Writes a fit if one is due, and for a plan with a start its forecast, which is compared with the run later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl

from models.fit.hazard import MODEL_VERSION, CrampHazard
from pipeline.actions.risk.air_sources import Fetch, PlanAir, RunnerWeather, WhyNot, find_air
from pipeline.actions.risk.make_forecast import plan_forecast
from pipeline.actions.risk.parse_plan import PlanText
from pipeline.actions.risk.plans import (
    PlanVariant,
    RunnerHabits,
    permission_for,
    plan_risk,
    risks_of,
    runner_habits,
    variant_rows,
)
from pipeline.actions.risk.resolve_plan import PlannedRun, resolve_plan
from pipeline.actions.risk.result import RiskAnswer, ShownPlan
from pipeline.actions.risk.usual_air import RunnerAir
from pipeline.actions.training.evidence import evidence_of, forecast_record, record_of
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
class RunnerInputs:
    """What the store holds for the plans of one runner."""

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
        """True for a simulated runner: then the weather service is not asked."""
        return bool(self.runs["simulated"].any())


def risk_of_plan(
    settings: Settings, runner_name: str | None, text: PlanText, fetch: Fetch | WhyNot, now: datetime
) -> RiskAnswer:
    """The risk of the run that this text plans; `fetch` asks the weather service or says why not. Trains if needed.

    Raises WrongInput for an option that is not valid, NotFound for an unknown runner or home.
    """
    inputs = _read(settings, runner_name)
    run = resolve_plan(text, inputs.units, inputs.home_cell, inputs.runner.home_tz or settings.home_tz, now)
    ready_fit(settings, inputs.runner.name, now)
    inputs = _read(settings, runner_name)
    record = record_of(inputs.fit)
    evidence = evidence_of(inputs.runner, inputs.runs, inputs.counts, record, inputs.forecasts)
    habits = runner_habits(inputs.runs, _today(inputs, now))
    answer = RiskAnswer(
        runner=inputs.runner,
        units=inputs.units,
        made_at=now,
        planned_run=run,
        withheld=_withheld(evidence, habits, inputs.fit),
        evidence=evidence,
        answers_missing=may_say(evidence).answers_missing,
        simulated=inputs.simulated,
        fit=inputs.fit,
        others=Others(**record["others"]) if inputs.fit else Others(0, 0),
        published_evidence=may_say(evidence).others_are_published,
        so_far=forecast_record(inputs.forecasts),
    )
    if answer.withheld or habits is None or inputs.fit is None:
        return answer  # the weather service is not asked for a number that is withheld
    weather = RunnerWeather(inputs.hours, RunnerAir(inputs.hours), habits.usual_temp_c)
    air = find_air(run, weather, "simulated" if inputs.simulated else fetch, now)
    return _stored(settings, _with_numbers(answer, habits, air, CrampHazard.from_json(inputs.fit.model)))


def _stored(settings: Settings, answer: RiskAnswer) -> RiskAnswer:
    """The answer, after storing its forecast if it makes one."""
    forecast = plan_forecast(answer)
    if forecast is None:
        return answer
    with open_store(settings, write=True) as con, transaction(con):
        put_forecasts(con, [forecast])
    return replace(answer, stored=True)


def _read(settings: Settings, runner_name: str | None) -> RunnerInputs:
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        fit = fit_in_use(con, runner.runner_id)
        return RunnerInputs(
            runner=runner,
            units=units_of(runner, settings.units),
            runs=report_runs(con, runner.runner_id),
            counts=evidence_counts(con, runner.runner_id),
            hours=usual_hours(con, runner.runner_id),
            home_cell=home_cell(con, runner.runner_id),
            fit=fit if fit is not None and fit.model_version == MODEL_VERSION else None,
            forecasts=forecasts_of(con, runner.runner_id),
        )


def _today(inputs: RunnerInputs, now: datetime) -> datetime | None:
    """The end of the last month: now, or None for simulated runs, which end at a fixed date."""
    return None if inputs.simulated else naive_utc(now)


def _withheld(evidence: Evidence, habits: RunnerHabits | None, fit: Fit | None) -> str | None:
    permission = may_say(evidence)
    if permission.only_red_flag:
        return "red flag"
    if habits is None:
        return "no runs"
    return "too few answers" if permission.answers_missing or fit is None else None


def _with_numbers(answer: RiskAnswer, habits: RunnerHabits, air: PlanAir, model: CrampHazard) -> RiskAnswer:
    """The plan and its alternative starts, in one pass of the model; only starts for which the air is known."""
    run = answer.planned_run
    starts: list[datetime | None] = [run.start_local]
    if air.hours is not None:
        alternatives = run.alternative_starts(answer.made_at)
        starts += [start for start in alternatives if air.covers(_instant(start, run), run.planned_s)]
    variants = [_variant(run, air, habits, start) for start in starts]
    rows = [
        air.along(variant_rows(f"plan {n}", variant, air.wbgt_c, habits), start and _instant(start, run))
        for n, (variant, start) in enumerate(zip(variants, starts, strict=True))
    ]
    plans = [
        _shown_plan(start, variant, segments, risk, habits, answer.evidence)
        for start, variant, segments, risk in zip(starts, variants, rows, risks_of(model, rows), strict=True)
    ]
    by_hour = sorted(plans, key=lambda plan: str(plan.start_local)) if len(plans) > 1 else []
    return replace(answer, air=air, plan=plans[0], by_hour=tuple(by_hour))


def _instant(start_local: datetime, run: PlannedRun) -> datetime:
    instant = instant_of(start_local, run.clock)
    assert instant is not None  # the clock of a plan has an offset
    return instant


def _variant(run: PlannedRun, air: PlanAir, habits: RunnerHabits, start: datetime | None) -> PlanVariant:
    hour = habits.start_hour if start is None else start.hour + start.minute / 60
    return PlanVariant(run.planned_s, air.air_temp_c, hour, run.pace_faster_pct, run.race)


def _shown_plan(
    start: datetime | None,
    variant: PlanVariant,
    rows: pl.DataFrame,
    risk: Risk,
    habits: RunnerHabits,
    evidence: Evidence,
) -> ShownPlan:
    """The plan and what may be shown. Its mean WBGT is compared, because the limits are means over past runs."""
    temps, heats = rows["air_temp_c"], rows["wbgt_c"]
    mean_temp, mean_heat = _number(temps.mean()), _number(heats.mean())
    permission = permission_for(variant, mean_heat, risk, habits, evidence)
    return ShownPlan(
        start_local=start,
        rows=rows,
        air_temp_c=None if temps.null_count() else (float(temps[0]), float(temps[-1])),
        hottest_wbgt_c=_number(heats.max()),
        risk=risk,
        shown=plan_risk(replace(variant, air_temp_c=mean_temp), risk, permission),
        why_none=permission.why_none,
        beyond=permission.hatched,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
