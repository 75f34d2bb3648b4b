"""The answer to `cramplog risk` as a value: the plan, what may be said of it, and all that a record of it needs.

Made by the action, told by the verb.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipeline.actions.risk.air_sources import PlanAir
from pipeline.actions.risk.resolve_plan import AskedRun
from pipeline.actions.training.evidence import OwnRecord
from pipeline.report.numbers.facts import Others, PlanRisk, Risk
from pipeline.rules import Evidence
from pipeline.store.answers.runners import Runner
from pipeline.store.fits.fits import Fit
from pipeline.units import Units


@dataclass(frozen=True, slots=True, eq=False)
class ToldPlan:
    """One planned run: its segments as the model saw them, its risk, and what of that may be told.

    `risk` is the model's own, for the record; `told.risk` is None where nothing may be said, and `why_none` says why.
    `beyond` holds 'longer', 'hotter', 'colder'. `air_temp_c`: °C in the first and in the last segment; `hottest_wbgt_c`
    the most on the way. Both None where unknown.
    """

    start_local: datetime | None
    rows: pl.DataFrame
    air_temp_c: tuple[float, float] | None
    hottest_wbgt_c: float | None
    risk: Risk
    told: PlanRisk
    why_none: str | None
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RiskAnswer:
    """The answer, with all it rests on. `withheld`: 'red flag', 'no runs' or 'too few answers'; then there is no plan.

    `others` are the runners the fit learned from besides; with `published_evidence` studies stand for them. `so_far` is
    how earlier forecasts went; `kept` when this one will be held against what comes.
    """

    runner: Runner
    units: Units
    made_at: datetime
    asked: AskedRun
    withheld: str | None
    evidence: Evidence
    answers_missing: int
    simulated: bool
    fit: Fit | None
    others: Others
    published_evidence: bool
    so_far: OwnRecord
    air: PlanAir | None = None
    plan: ToldPlan | None = None
    by_hour: tuple[ToldPlan, ...] = ()
    kept: bool = False
