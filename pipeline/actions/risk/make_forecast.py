"""Forecasts as values to be kept: of a run as it stood at its start, and of a plan that was asked about.

Loads the models. Called by `automatic_forecasts` where there is something to forecast, and by `cramplog risk`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from models.fit.dataset import planned_rows
from models.fit.hazard import CrampHazard
from models.fit.run_risk import RunRisk
from pipeline.instants import naive_utc
from pipeline.store.fits.forecasts import DueForecast, NewForecast

if TYPE_CHECKING:
    from pipeline.actions.risk.result import RiskAnswer  # loads what plans need: forecasts and zones


def automatic_forecasts(due: Sequence[DueForecast], models: Mapping[str, str], at: datetime) -> list[NewForecast]:
    """A forecast of each run by its fit; `models` JSON by fit id, `at` UTC without a zone.

    Fits that this installation's libraries cannot read again (models.fit.saved_model) forecast nothing.
    """
    made = []
    for fit_id, group in groupby(sorted(due, key=lambda one: one.fit_id), key=lambda one: one.fit_id):
        runs = list(group)
        try:
            model = CrampHazard.from_json(models[fit_id])
        except ValueError:
            continue
        rows = planned_rows(pl.DataFrame([_facts(run) for run in runs], infer_schema_length=None))
        risks = model.run_risks(rows)
        made += [_automatic(run, rows.filter(pl.col("run_id") == run.run_id), risks[run.run_id], at) for run in runs]
    return made


def asked_forecast(answer: RiskAnswer) -> NewForecast | None:
    """The forecast that `cramplog risk` told; None without a start ahead, and where no risk was told."""
    start_at, plan, fit, air = answer.asked.start_at, answer.plan, answer.fit, answer.air
    if start_at is None or start_at <= answer.made_at or plan is None or plan.told.risk is None or not (fit and air):
        return None
    return NewForecast(
        runner_id=answer.runner.runner_id,
        kind="asked",
        run_id=None,
        made_at=naive_utc(answer.made_at),
        fit_id=fit.fit_id,
        fit_made_at=fit.made_at,
        model_version=fit.model_version,
        data_hash=fit.data_hash,
        start_at=naive_utc(start_at),
        planned_s=answer.asked.planned_s,
        pace_faster_pct=answer.asked.pace_faster_pct,
        race=answer.asked.race,
        weather_source=air.source,
        air_temp_c=plan.rows["air_temp_c"][0],
        wbgt_c=plan.rows["wbgt_c"][0],
        features=features_json(plan.rows),
        mean=plan.risk.mean,
        low=plan.risk.low,
        high=plan.risk.high,
        simulated=answer.simulated,
    )


def features_json(rows: pl.DataFrame) -> str:
    """The segments as the model saw them, by column: with the fit they give the forecast again."""
    return json.dumps(rows.drop("run_id").to_dict(as_series=False), separators=(",", ":"))


def _facts(run: DueForecast) -> dict[str, object]:
    """What planned_rows needs of a run."""
    names = ("run_id", "planned_s", "longest30_s", "race", "air_temp_c", "wbgt_c", "load_3d_z", "start_hour_local")
    return {name: getattr(run, name) for name in names}


def _automatic(run: DueForecast, rows: pl.DataFrame, risk: RunRisk, at: datetime) -> NewForecast:
    return NewForecast(
        runner_id=run.runner_id,
        kind="automatic",
        run_id=run.run_id,
        made_at=at,
        fit_id=run.fit_id,
        fit_made_at=run.fit_made_at,
        model_version=run.model_version,
        data_hash=run.data_hash,
        start_at=run.start_at,
        planned_s=run.planned_s,
        pace_faster_pct=0.0,
        race=run.race,
        weather_source="none" if run.air_temp_c is None and run.wbgt_c is None else "start",
        air_temp_c=run.air_temp_c,
        wbgt_c=run.wbgt_c,
        features=features_json(rows),
        mean=risk.mean,
        low=risk.low,
        high=risk.high,
        simulated=run.simulated,
    )
