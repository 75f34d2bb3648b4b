"""Makes forecasts as values to store: of a run from the facts at its start, and of a plan given to `cramplog risk`.

Loads the models. Called by `automatic_forecasts` if a run is due, and by `cramplog risk`.
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
    from pipeline.actions.risk.result import RiskAnswer  # importing it loads the weather service and the time zones


def automatic_forecasts(due: Sequence[DueForecast], models: Mapping[str, str], at: datetime) -> list[NewForecast]:
    """A forecast of each run by its fit; `models`: JSON by fit id; `at`: UTC without a zone.

    Skips fits that this installation's libraries cannot read (models.fit.saved_model).
    """
    made = []
    for fit_id, group in groupby(sorted(due, key=lambda run: run.fit_id), key=lambda run: run.fit_id):
        runs = list(group)
        try:
            model = CrampHazard.from_json(models[fit_id])
        except ValueError:
            continue
        rows = planned_rows(pl.DataFrame([_facts(run) for run in runs], infer_schema_length=None))
        risks = model.run_risks(rows)
        made += [_automatic(run, rows.filter(pl.col("run_id") == run.run_id), risks[run.run_id], at) for run in runs]
    return made


def plan_forecast(answer: RiskAnswer) -> NewForecast | None:
    """The forecast that `cramplog risk` showed; None without a start in the future, or if no risk was shown."""
    start_at, plan, fit, air = answer.planned_run.start_at, answer.plan, answer.fit, answer.air
    if start_at is None or start_at <= answer.made_at or plan is None or plan.shown.risk is None or not (fit and air):
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
        planned_s=answer.planned_run.planned_s,
        pace_faster_pct=answer.planned_run.pace_faster_pct,
        race=answer.planned_run.race,
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
    """The segments as the model used them, by column; the fit computes the same forecast from them."""
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
