"""Forecasts in the ledger: kept before the answer, read with what came (sql/views/21_v_prediction.sql). Called by actions.

A forecast is never changed; which run it is of and how it went is found anew each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.rows import insert_rows, one_value
from pipeline.store.db.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class NewPrediction:
    """A forecast to be kept. `kind`: 'asked' (of a plan, without run_id) or 'automatic' (of a run). Instants UTC, no zone.

    `start_at`, weather and pace are what it was made for; `weather_source` where that weather is known from. `features`
    is JSON: the segments the model saw, by column. `mean`, `low`, `high`: P(cramp in the run), 0..1, with its 90 % range.
    """

    runner_id: str
    kind: str
    run_id: str | None
    made_at: datetime
    fit_id: str
    fit_made_at: datetime
    model_version: str
    data_hash: str
    start_at: datetime
    planned_s: float
    pace_faster_pct: float | None
    race: bool
    weather_source: str
    air_temp_c: float | None
    wbgt_c: float | None
    features: str
    mean: float
    low: float
    high: float
    simulated: bool


@dataclass(frozen=True, slots=True)
class DueForecast:
    """A run that can still be forecast, as it stood at its start, and the fit to do it with (due_forecasts.sql)."""

    run_id: str
    runner_id: str
    start_at: datetime
    planned_s: float
    longest30_s: float | None
    race: bool
    air_temp_c: float | None
    wbgt_c: float | None
    load_3d_z: float | None
    start_hour_local: float | None
    simulated: bool
    fit_id: str
    fit_made_at: datetime
    model_version: str
    data_hash: str


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A forecast with what became of it: `state` as in v_prediction, `cramp` where it is known."""

    kind: str
    state: str
    run_id: str | None
    mean: float
    cramp: bool | None
    simulated: bool


def put_predictions(con: duckdb.DuckDBPyConnection, predictions: Sequence[NewPrediction]) -> list[str]:
    """Keep forecasts under fresh ids, within the caller's transaction; returns the ids."""
    ids = [str(one_value(con, "SELECT 'p' || nextval('prediction_no')")) for _ in predictions]
    rows = [{"prediction_id": key, **asdict(one)} for key, one in zip(ids, predictions, strict=True)]
    insert_rows(con, "prediction", rows)
    return ids


def due_forecasts(con: duckdb.DuckDBPyConnection, model_version: str, fewest_runs: int) -> list[DueForecast]:
    """The runs that still lack an automatic forecast and can have one by a fit of this version; usually none."""
    asked = {"model_version": model_version, "fewest_runs": fewest_runs}
    return [DueForecast(*row) for row in con.execute(read_sql("queries", "due_forecasts"), asked).fetchall()]


def models_of(con: duckdb.DuckDBPyConnection, fit_ids: Sequence[str]) -> dict[str, str]:
    """The models of these fits as JSON text, by fit id."""
    rows = con.execute(
        "SELECT fit_id, CAST(model AS VARCHAR) FROM fit WHERE list_contains($fit_ids::VARCHAR[], fit_id)",
        {"fit_ids": list(fit_ids)},
    ).fetchall()
    return dict(rows)


def forecasts_of(con: duckdb.DuckDBPyConnection, runner_id: str) -> tuple[KeptForecast, ...]:
    """Every forecast made of a runner's plans and runs, by the start they were made for."""
    rows = con.execute(
        "SELECT kind, state, run_id, mean, cramp, simulated FROM v_prediction WHERE runner_id = ?"
        " ORDER BY start_at, length(prediction_id), prediction_id",
        [runner_id],
    ).fetchall()
    return tuple(KeptForecast(*row) for row in rows)
