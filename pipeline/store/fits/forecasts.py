"""Forecasts in the ledger: stored before the answer, read with the outcome (sql/views/21_v_prediction.sql). For actions.

A forecast never changes. Its run and its outcome are looked up at each reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb

from pipeline.store.db.rows import first_value, insert_rows
from pipeline.store.db.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class NewForecast:
    """A forecast to be stored. `kind`: 'asked' (for a plan, no run_id) or 'automatic' (for a run). Instants UTC, no zone.

    `start_at`, weather and pace are the assumptions; `weather_source` is the source of that weather. `features` is JSON:
    the model's input segments, by column. `mean`, `low`, `high`: P(cramp in the run), 0..1, with its 90 % interval.
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
    """A run that still needs a forecast, as it was at its start, and the fit to use (sql/queries/due_forecasts.sql)."""

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
class StoredForecast:
    """A stored forecast with its outcome: `state` as in v_prediction; `cramp` is None if unknown."""

    kind: str
    state: str
    run_id: str | None
    mean: float
    cramp: bool | None
    simulated: bool


def put_forecasts(con: duckdb.DuckDBPyConnection, forecasts: Sequence[NewForecast]) -> list[str]:
    """Store forecasts with new ids, within the caller's transaction; returns the ids."""
    ids = [str(first_value(con, "SELECT 'p' || nextval('prediction_no')")) for _ in forecasts]
    rows = [{"prediction_id": key, **asdict(forecast)} for key, forecast in zip(ids, forecasts, strict=True)]
    insert_rows(con, "prediction", rows)
    return ids


def due_forecasts(con: duckdb.DuckDBPyConnection, model_version: str, fewest_runs: int) -> list[DueForecast]:
    """The runs that need an automatic forecast and have a fit of this version for it; usually none."""
    params = {"model_version": model_version, "fewest_runs": fewest_runs}
    return [DueForecast(*row) for row in con.execute(read_sql("queries", "due_forecasts"), params).fetchall()]


def models_of(con: duckdb.DuckDBPyConnection, fit_ids: Sequence[str]) -> dict[str, str]:
    """The models of these fits as JSON text, by fit id."""
    rows = con.execute(
        "SELECT fit_id, CAST(model AS VARCHAR) FROM fit WHERE list_contains($fit_ids::VARCHAR[], fit_id)",
        {"fit_ids": list(fit_ids)},
    ).fetchall()
    return dict(rows)


def forecasts_of(con: duckdb.DuckDBPyConnection, runner_id: str) -> tuple[StoredForecast, ...]:
    """Every forecast for a runner's plans and runs, ordered by the start for which it was made."""
    rows = con.execute(
        "SELECT kind, state, run_id, mean, cramp, simulated FROM v_prediction WHERE runner_id = ?"
        " ORDER BY start_at, length(prediction_id), prediction_id",
        [runner_id],
    ).fetchall()
    return tuple(StoredForecast(*row) for row in rows)
