"""A small store with a fit in use, and forecasts put in by hand: for tests of what becomes of a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb

from pipeline.instants import naive_utc
from pipeline.schema import ParsedRun
from pipeline.store.answers.runners import Runner
from pipeline.store.db.transaction import transaction
from pipeline.store.fits.forecasts import NewForecast, put_forecasts
from tests.support.stores import START, even_run

PLAN_AT = START  # the planned start of an asked forecast, unless a test says otherwise
ASKED_AT = START - timedelta(days=1)
FIT_AT = START - timedelta(days=3)

ASKED = NewForecast(
    runner_id="",
    kind="asked",
    run_id=None,
    made_at=naive_utc(ASKED_AT),
    fit_id="f1",
    fit_made_at=naive_utc(FIT_AT),
    model_version="hazard-x",
    data_hash="00",
    start_at=naive_utc(PLAN_AT),
    planned_s=5400.0,
    pace_faster_pct=0.0,
    race=False,
    weather_source="none",
    air_temp_c=None,
    wbgt_c=None,
    features="{}",
    mean=0.2,
    low=0.1,
    high=0.3,
    simulated=False,
)


def asked(runner: Runner, made_at: datetime = ASKED_AT, start_at: datetime = PLAN_AT, mean: float = 0.2) -> NewForecast:
    """A forecast asked of a plan; instants aware."""
    times = {"made_at": naive_utc(made_at), "start_at": naive_utc(start_at)}
    return replace(ASKED, runner_id=runner.runner_id, mean=mean, **times)  # type: ignore[arg-type]


def automatic(runner: Runner, run: ParsedRun, made_at: datetime, mean: float = 0.2) -> NewForecast:
    """A forecast of a run, made then (aware)."""
    start_at, kept_at = naive_utc(run.start_at), naive_utc(made_at)
    plan = replace(ASKED, runner_id=runner.runner_id, kind="automatic", run_id=run.run_id, start_at=start_at)
    return replace(plan, made_at=kept_at, mean=mean)


def keep(con: duckdb.DuckDBPyConnection, *predictions: NewForecast) -> list[str]:
    """Put them into the ledger; their ids."""
    with transaction(con):
        return put_forecasts(con, predictions)


def run_in(hours: float, minutes: float = 60) -> ParsedRun:
    """A run so long after the plan's start."""
    return even_run(minutes, PLAN_AT + timedelta(hours=hours))


def states(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The state of every forecast, in the order they were put in."""
    rows = con.execute("SELECT state FROM v_prediction ORDER BY length(prediction_id), prediction_id").fetchall()
    return [state for (state,) in rows]


def matched(con: duckdb.DuckDBPyConnection, *predictions: str) -> Sequence[str | None]:
    """The runs these forecasts are of."""
    rows = dict(con.execute("SELECT prediction_id, run_id FROM v_prediction").fetchall())
    return [rows[one] for one in predictions]
