"""Planned runs for a report: the runner's usual run, a longer one, and curves over duration, heat, hour and pace.

Called by the report action, and in parts by the action behind `cramplog risk`. The model computes the risk of each plan;
docs/method.md#when-it-must-hold-back decides what may be shown of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil, floor

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.design import plan_rows
from models.fit.hazard import CrampHazard
from pipeline.actions.risk.usual_air import RunnerAir
from pipeline.report.numbers.facts import PlanRisk, Risk
from pipeline.rules import Evidence, MaySay, Plan, may_say
from pipeline.units import METRIC, Units, celsius, in_temperature_unit

RECENT_RUNS = 8
STEP_S = 900.0
# Rows of the heat table, in the runner's unit: the step between rows, and the margin beyond the weather of past runs.
GRID_STEPS = {"C": (4.0, 4.0), "F": (10.0, 5.0)}
PACES_PCT = (-15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0)


@dataclass(frozen=True, slots=True)
class RunnerHabits:
    """What plans are compared with: the runner's recent habits and the limits of the runs so far."""

    usual_s: float
    long_s: float
    longest_s: float
    longest30_s: float
    usual_temp_c: float | None
    temps_c: tuple[float, ...]  # 10th, 50th and 90th percentile; empty without weather
    wbgt_range_c: tuple[float, float] | None
    start_hour: float | None
    descent_m_per_s: float | None


@dataclass(frozen=True, slots=True)
class PlanSet:
    """The planned runs of a report, each with its risk and what may be shown of it."""

    plan: PlanRisk
    compared: PlanRisk
    by_duration: tuple[PlanRisk, ...]
    grid: tuple[PlanRisk, ...]
    by_hour: tuple[PlanRisk, ...]
    by_pace: tuple[PlanRisk, ...]


@dataclass(frozen=True, slots=True)
class PlanVariant:
    """One planned run as input to the model; `air_temp_c` is None if no weather is known."""

    planned_s: float
    air_temp_c: float | None
    start_hour: float | None
    pace_faster_pct: float = 0.0
    race: bool = False


def runner_habits(runs: pl.DataFrame, at: datetime | None = None) -> RunnerHabits | None:
    """Habits and limits from the frame of `report_runs`; None without a run with moving time.

    The longest run of the last month is counted back from `at` (UTC, no zone), else from the last run.
    """
    ran = runs.filter((pl.col("sport") == "running") & (pl.col("moving_s") > 0))
    if ran.is_empty():
        return None
    recent = ran.tail(RECENT_RUNS)
    last = ran["start_at"][-1]
    month = ran.filter(pl.col("start_at") >= (at or last) - timedelta(days=30))
    season = ran.filter(pl.col("start_at") >= last - pl.duration(days=90))
    temps, wbgt = _values(ran, "air_temp_c"), _values(ran, "wbgt_c")
    recent_temps, hours = _values(recent, "air_temp_c"), _values(recent, "start_hour_local")
    hilly = ran.drop_nulls(["descent_m"])
    return RunnerHabits(
        usual_s=_to_quarter(float(np.median(_values(recent, "moving_s")))),
        long_s=_to_quarter(float(_values(season, "moving_s").max())),
        longest_s=float(_values(ran, "moving_s").max()),
        longest30_s=float(_values(month, "moving_s").max()) if month.height else 0.0,
        usual_temp_c=float(np.median(recent_temps).round()) if recent_temps.size else None,
        temps_c=tuple(np.quantile(temps, [0.1, 0.5, 0.9]).round().tolist()) if temps.size else (),
        wbgt_range_c=(float(wbgt.min()), float(wbgt.max())) if wbgt.size else None,
        start_hour=float(np.median(hours).round()) if hours.size else None,
        descent_m_per_s=float(_values(hilly, "descent_m").sum() / _values(hilly, "moving_s").sum())
        if hilly.height
        else None,
    )


def _values(runs: pl.DataFrame, column: str) -> NDArray[np.float64]:
    """The column without its missing values."""
    return runs[column].drop_nulls().to_numpy().astype(np.float64)


def plan_set(
    model: CrampHazard, habits: RunnerHabits, air: RunnerAir, evidence: Evidence, units: Units = METRIC
) -> PlanSet:
    """Every planned run of the report, in one pass of the model; the temperatures of the table are round in `units`."""
    # Without enough air to estimate WBGT, temperatures are not shown either.
    usual = PlanVariant(habits.usual_s, habits.usual_temp_c if air.sufficient else None, habits.start_hour)
    long = replace(usual, planned_s=habits.long_s if habits.long_s > habits.usual_s else habits.usual_s + 2 * STEP_S)
    table_c = grid_temps_c(habits.temps_c, units) if air.sufficient else []
    hours = [replace(long, start_hour=float(hour)) for hour in range(5, 22)] if habits.start_hour is not None else []
    variants = {
        "pair": [usual, long],
        "duration": [
            replace(usual, planned_s=s, air_temp_c=t) for t in _curve_temps(habits, air) for s in _durations(habits)
        ],
        "grid": [replace(usual, planned_s=s, air_temp_c=t) for t in table_c for s in _grid_durations(habits)],
        "hour": hours,
        "pace": [replace(long, pace_faster_pct=pace) for pace in PACES_PCT],
    }
    every = [variant for group in variants.values() for variant in group]
    risks = iter(_plan_risks(model, every, habits, air, evidence))
    groups = {name: tuple(next(risks) for _ in group) for name, group in variants.items()}
    plan, compared = groups["pair"]
    return PlanSet(plan, compared, groups["duration"], groups["grid"], groups["hour"], groups["pace"])


def _plan_risks(
    model: CrampHazard, variants: Sequence[PlanVariant], habits: RunnerHabits, air: RunnerAir, evidence: Evidence
) -> list[PlanRisk]:
    """The plans with their risks as far as they may be shown, in the order of `variants`."""
    heats_c = _heats_c(variants, air)
    rows = [variant_rows(str(n), *pair, habits) for n, pair in enumerate(zip(variants, heats_c, strict=True))]
    risks = risks_of(model, rows)
    return [
        plan_risk(variant, risk, permission_for(variant, heat_c, risk, habits, evidence))
        for variant, heat_c, risk in zip(variants, heats_c, risks, strict=True)
    ]


def risks_of(model: CrampHazard, plans: Sequence[pl.DataFrame]) -> list[Risk]:
    """The risk of each plan, given as frames of segments with distinct `run_id`s."""
    risks = model.run_risks(pl.concat(plans))
    return [Risk(risk.mean, risk.low, risk.high) for risk in risks.values()]


def _heats_c(variants: Sequence[PlanVariant], air: RunnerAir) -> list[float | None]:
    """WBGT (°C) of each variant; None if its temperature or the runner's air is unknown."""
    temps_c = np.unique([variant.air_temp_c for variant in variants if variant.air_temp_c is not None])
    heat_at = dict(zip(temps_c.tolist(), air.wbgt_c(temps_c).tolist(), strict=True))
    heats_c = [heat_at.get(variant.air_temp_c, np.nan) for variant in variants]
    return [None if np.isnan(heat_c) else heat_c for heat_c in heats_c]


def variant_rows(run_id: str, variant: PlanVariant, wbgt_c: float | None, habits: RunnerHabits) -> pl.DataFrame:
    """The segments of the variant, for the model; the air is the same in all of them."""
    descent_m = None if habits.descent_m_per_s is None else habits.descent_m_per_s * variant.planned_s
    return plan_rows(
        variant.planned_s,
        run_id=run_id,
        longest30_s=habits.longest30_s,
        pace_faster_pct=variant.pace_faster_pct,
        race=variant.race,
        air_temp_c=variant.air_temp_c,
        wbgt_c=wbgt_c,
        descent_m=descent_m,
        start_hour_local=variant.start_hour,
    )


def permission_for(
    variant: PlanVariant, wbgt_c: float | None, risk: Risk, habits: RunnerHabits, evidence: Evidence
) -> MaySay:
    """What may be shown of a plan with this risk, at this WBGT (°C)."""
    plan = Plan(risk.low, risk.high, variant.planned_s, habits.longest_s, wbgt_c, habits.wbgt_range_c)
    return may_say(replace(evidence, plan=plan))


def plan_risk(variant: PlanVariant, risk: Risk, permission: MaySay) -> PlanRisk:
    """The plan as a value of the report; without its risk if nothing may be shown."""
    return PlanRisk(
        planned_s=variant.planned_s,
        air_temp_c=variant.air_temp_c,
        pace_faster_pct=variant.pace_faster_pct,
        start_hour=variant.start_hour,
        race=variant.race,
        risk=None if permission.risk == "none" else risk,
        form={"number and range": "number", "range": "range", "none": "nothing"}[permission.risk],  # type: ignore[arg-type]
        beyond=permission.hatched,
    )


def _durations(habits: RunnerHabits) -> list[float]:
    """Every quarter of an hour from 30 minutes to 1.5 times the longest run."""
    end = max(1.5 * habits.longest_s, 2 * STEP_S)
    return [float(s) for s in np.arange(2 * STEP_S, end + 1, STEP_S)]


def _grid_durations(habits: RunnerHabits) -> list[float]:
    """At most seven columns, in half hours, up to 1.5 times the longest run."""
    end = max(1.5 * habits.longest_s, 4 * STEP_S)
    halves = np.arange(2 * STEP_S, end + 1, 2 * STEP_S)
    return [
        float(s) for s in halves[np.unique(np.linspace(0, halves.size - 1, min(7, halves.size)).round().astype(int))]
    ]


def _curve_temps(habits: RunnerHabits, air: RunnerAir) -> list[float | None]:
    if not air.sufficient:
        return [None]
    return list(dict.fromkeys(habits.temps_c))


def grid_temps_c(temps_c: Sequence[float], units: Units) -> list[float]:
    """Every 4 °C or 10 °F from just below the coolest tenth of past runs to just above the warmest tenth, in °C."""
    step, past = GRID_STEPS[units.temperature]
    first = floor((in_temperature_unit(temps_c[0], units) - past) / step)
    last = ceil((in_temperature_unit(temps_c[-1], units) + past) / step)
    return [celsius(k * step, units) for k in range(first, last + 1)]


def _to_quarter(seconds: float) -> float:
    """The duration rounded to quarters of an hour, at least one, because nobody plans 47 minutes and 12 seconds."""
    return max(round(seconds / STEP_S), 1) * STEP_S
