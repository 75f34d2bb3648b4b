"""Planned runs for a report: the runner's usual run, the same in one thing changed, and curves over duration, heat, hour, pace.

Called by the report action, and in parts by the action behind `cramplog risk`. The model gives each plan a risk;
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
from pipeline.actions.risk.usual_air import OwnAir
from pipeline.report.numbers.facts import PlanRisk, Risk
from pipeline.rules import Evidence, MaySay, Plan, may_say
from pipeline.units import METRIC, Units, celsius, in_temperature_unit

RECENT_RUNS = 8
STEP_S = 900.0
# rows of the heat table, in the runner's unit: the step between them, and how far past the own weather they go
GRID_STEPS = {"C": (4.0, 4.0), "F": (10.0, 5.0)}
PACES_PCT = (-15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0)


@dataclass(frozen=True, slots=True)
class OwnRuns:
    """What plans are measured against: the runner's recent habits and the limits of what they have done."""

    usual_s: float
    long_s: float
    longest_s: float
    longest30_s: float
    usual_temp_c: float | None
    temps_c: tuple[float, ...]  # cool, middling, warm: 10th, 50th, 90th percentile; empty without weather
    wbgt_range_c: tuple[float, float] | None
    start_hour: float | None
    descent_m_per_s: float | None


@dataclass(frozen=True, slots=True)
class PlanSet:
    """The planned runs of a report, each with its risk and what may be said."""

    plan: PlanRisk
    compared: PlanRisk
    by_duration: tuple[PlanRisk, ...]
    grid: tuple[PlanRisk, ...]
    by_hour: tuple[PlanRisk, ...]
    by_pace: tuple[PlanRisk, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """One planned run before the model has seen it; air_temp_c is None where no weather is known."""

    planned_s: float
    air_temp_c: float | None
    start_hour: float | None
    pace_faster_pct: float = 0.0
    race: bool = False


def own_runs(runs: pl.DataFrame, at: datetime | None = None) -> OwnRuns | None:
    """Habits and limits from the frame of `report_runs`; None without a run that moved.

    The longest run of the last month counts back from `at` (UTC, no zone), else from the last run.
    """
    ran = runs.filter((pl.col("sport") == "running") & (pl.col("moving_s") > 0))
    if ran.is_empty():
        return None
    recent = ran.tail(RECENT_RUNS)
    last = ran["start_at"][-1]
    month = ran.filter(pl.col("start_at") >= (at or last) - timedelta(days=30))
    season = ran.filter(pl.col("start_at") >= last - pl.duration(days=90))
    temps, wbgt = _known(ran, "air_temp_c"), _known(ran, "wbgt_c")
    recent_temps, hours = _known(recent, "air_temp_c"), _known(recent, "start_hour_local")
    hilly = ran.drop_nulls(["descent_m"])
    return OwnRuns(
        usual_s=_to_quarter(float(np.median(_known(recent, "moving_s")))),
        long_s=_to_quarter(float(_known(season, "moving_s").max())),
        longest_s=float(_known(ran, "moving_s").max()),
        longest30_s=float(_known(month, "moving_s").max()) if month.height else 0.0,
        usual_temp_c=float(np.median(recent_temps).round()) if recent_temps.size else None,
        temps_c=tuple(np.quantile(temps, [0.1, 0.5, 0.9]).round().tolist()) if temps.size else (),
        wbgt_range_c=(float(wbgt.min()), float(wbgt.max())) if wbgt.size else None,
        start_hour=float(np.median(hours).round()) if hours.size else None,
        descent_m_per_s=float(_known(hilly, "descent_m").sum() / _known(hilly, "moving_s").sum())
        if hilly.height
        else None,
    )


def _known(runs: pl.DataFrame, column: str) -> NDArray[np.float64]:
    return runs[column].drop_nulls().to_numpy().astype(np.float64)


def plan_set(model: CrampHazard, own: OwnRuns, air: OwnAir, evidence: Evidence, units: Units = METRIC) -> PlanSet:
    """Every planned run of the report, in one pass of the model; temperatures of the table are round in `units`."""
    # A temperature whose heat the model cannot know is not shown either.
    usual = Wish(own.usual_s, own.usual_temp_c if air.known else None, own.start_hour)
    long = replace(usual, planned_s=own.long_s if own.long_s > own.usual_s else own.usual_s + 2 * STEP_S)
    table_c = grid_temps_c(own.temps_c, units) if air.known else []
    hours = [replace(long, start_hour=float(hour)) for hour in range(5, 22)] if own.start_hour is not None else []
    wishes = {
        "pair": [usual, long],
        "duration": [
            replace(usual, planned_s=s, air_temp_c=t) for t in _curve_temps(own, air) for s in _durations(own)
        ],
        "grid": [replace(usual, planned_s=s, air_temp_c=t) for t in table_c for s in _grid_durations(own)],
        "hour": hours,
        "pace": [replace(long, pace_faster_pct=pace) for pace in PACES_PCT],
    }
    every = [wish for group in wishes.values() for wish in group]
    told = iter(_tell(model, every, own, air, evidence))
    groups = {name: tuple(next(told) for _ in group) for name, group in wishes.items()}
    plan, compared = groups["pair"]
    return PlanSet(plan, compared, groups["duration"], groups["grid"], groups["hour"], groups["pace"])


def _tell(model: CrampHazard, wishes: Sequence[Wish], own: OwnRuns, air: OwnAir, evidence: Evidence) -> list[PlanRisk]:
    heats = _heats(wishes, air)
    rows = [rows_of(str(n), wish, heat, own) for n, (wish, heat) in enumerate(zip(wishes, heats, strict=True))]
    risks = risks_of(model, rows)
    return [
        plan_risk(wish, risk, said_of(wish, heat, risk, own, evidence))
        for wish, heat, risk in zip(wishes, heats, risks, strict=True)
    ]


def risks_of(model: CrampHazard, plans: Sequence[pl.DataFrame]) -> list[Risk]:
    """The risk of each plan, given as its segments; each with a `run_id` of its own."""
    risks = model.run_risks(pl.concat(plans))
    return [Risk(risk.mean, risk.low, risk.high) for risk in risks.values()]


def _heats(wishes: Sequence[Wish], air: OwnAir) -> list[float | None]:
    """WBGT of each wish; None where its temperature or the runner's own air is unknown."""
    temps = np.array([np.nan if wish.air_temp_c is None else wish.air_temp_c for wish in wishes])
    known = dict(
        zip(np.unique(temps[~np.isnan(temps)]).tolist(), air.wbgt_c(np.unique(temps[~np.isnan(temps)])), strict=True)
    )
    return [_or_none(known.get(temp)) for temp in temps.tolist()]


def _or_none(heat: float | None) -> float | None:
    return None if heat is None or np.isnan(heat) else float(heat)


def rows_of(run_id: str, wish: Wish, heat: float | None, own: OwnRuns) -> pl.DataFrame:
    """The wish as its segments, for the model; the air is the same in all of them."""
    descent_m = None if own.descent_m_per_s is None else own.descent_m_per_s * wish.planned_s
    return plan_rows(
        wish.planned_s,
        run_id=run_id,
        longest30_s=own.longest30_s,
        pace_faster_pct=wish.pace_faster_pct,
        race=wish.race,
        air_temp_c=wish.air_temp_c,
        wbgt_c=heat,
        descent_m=descent_m,
        start_hour_local=wish.start_hour,
    )


def said_of(wish: Wish, heat: float | None, risk: Risk, own: OwnRuns, evidence: Evidence) -> MaySay:
    """What may be said of a plan with this risk, at this WBGT (°C)."""
    plan = Plan(risk.low, risk.high, wish.planned_s, own.longest_s, heat, own.wbgt_range_c)
    return may_say(replace(evidence, plan=plan))


def plan_risk(wish: Wish, risk: Risk, said: MaySay) -> PlanRisk:
    """The plan in the report's words; without its risk where nothing may be said."""
    return PlanRisk(
        planned_s=wish.planned_s,
        air_temp_c=wish.air_temp_c,
        pace_faster_pct=wish.pace_faster_pct,
        start_hour=wish.start_hour,
        race=wish.race,
        risk=None if said.risk == "none" else risk,
        form={"number and range": "number", "range": "range", "none": "nothing"}[said.risk],  # type: ignore[arg-type]
        beyond=said.hatched,
    )


def _durations(own: OwnRuns) -> list[float]:
    """Every quarter of an hour from 30 minutes to half as long again as the longest own run."""
    end = max(1.5 * own.longest_s, 2 * STEP_S)
    return [float(s) for s in np.arange(2 * STEP_S, end + 1, STEP_S)]


def _grid_durations(own: OwnRuns) -> list[float]:
    """At most seven columns, in half hours, up to half as long again as the longest own run."""
    end = max(1.5 * own.longest_s, 4 * STEP_S)
    halves = np.arange(2 * STEP_S, end + 1, 2 * STEP_S)
    return [
        float(s) for s in halves[np.unique(np.linspace(0, halves.size - 1, min(7, halves.size)).round().astype(int))]
    ]


def _curve_temps(own: OwnRuns, air: OwnAir) -> list[float | None]:
    if not air.known:
        return [None]
    return list(dict.fromkeys(own.temps_c))


def grid_temps_c(temps_c: Sequence[float], units: Units) -> list[float]:
    """Every 4 °C or 10 °F from just under the coolest tenth of own runs to just over the warmest, in °C."""
    step, past = GRID_STEPS[units.temperature]
    first = floor((in_temperature_unit(temps_c[0], units) - past) / step)
    last = ceil((in_temperature_unit(temps_c[-1], units) + past) / step)
    return [celsius(k * step, units) for k in range(first, last + 1)]


def _to_quarter(seconds: float) -> float:
    """To the nearest quarter of an hour, at least one: nobody plans 47 minutes and 12 seconds."""
    return max(round(seconds / STEP_S), 1) * STEP_S
