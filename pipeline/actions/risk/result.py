"""The result of `cramplog risk` as a value: the plan, what may be shown of it, and what a stored forecast needs.

Made by the action, printed by the verb.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipeline.actions.risk.air_sources import PlanAir
from pipeline.actions.risk.resolve_plan import PlannedRun
from pipeline.actions.training.evidence import ForecastRecord
from pipeline.report.numbers.facts import Others, PlanRisk, Risk
from pipeline.rules import Evidence
from pipeline.store.answers.runners import Runner
from pipeline.store.fits.fits import Fit
from pipeline.units import Units


@dataclass(frozen=True, slots=True, eq=False)
class ShownPlan:
    """One planned run: its segments as the model used them, its risk, and what of it may be shown.

    `risk` is the model's result, for the stored forecast; `shown.risk` is None if nothing may be shown, and `why_none`
    says why. `beyond` holds 'longer', 'hotter', 'colder'. `air_temp_c`: °C in the first and in the last segment;
    `hottest_wbgt_c`: the highest WBGT of the run. Both are None if unknown.
    """

    start_local: datetime | None
    rows: pl.DataFrame
    air_temp_c: tuple[float, float] | None
    hottest_wbgt_c: float | None
    risk: Risk
    shown: PlanRisk
    why_none: str | None
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RiskAnswer:
    """The result and what it rests on. `withheld`: 'red flag', 'no runs' or 'too few answers'; then there is no plan.

    `others` counts the other runners in the fit; with `published_evidence` the fit uses studies in their place. `so_far`
    is the record of earlier forecasts; `stored` is True if this forecast will be compared with what happens.
    """

    runner: Runner
    units: Units
    made_at: datetime
    planned_run: PlannedRun
    withheld: str | None
    evidence: Evidence
    answers_missing: int
    simulated: bool
    fit: Fit | None
    others: Others
    published_evidence: bool
    so_far: ForecastRecord
    air: PlanAir | None = None
    plan: ShownPlan | None = None
    by_hour: tuple[ShownPlan, ...] = ()
    stored: bool = False
