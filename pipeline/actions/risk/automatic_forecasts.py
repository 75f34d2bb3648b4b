"""Automatic forecasts: each new run is predicted from the facts at its start, and stored before the runner answers it.

Called before answers are written: by the verbs that store them and by the nightly. Usually no run is due, and then no model
is loaded. Ingest makes no forecasts, because loading the models would delay the import.
"""

from __future__ import annotations

from datetime import datetime

from models.fit.version import MODEL_VERSION
from pipeline.instants import naive_utc
from pipeline.rules import FEWEST_ANSWERED_RUNS
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.fits.forecasts import due_forecasts, models_of, put_forecasts


def forecast_new_runs(settings: Settings, now: datetime) -> int:
    """Forecast every unanswered run that began after the fit in use at that time; returns how many.

    The store is closed while the model computes. If a run is answered meanwhile, its forecast is not counted.
    """
    with open_store(settings, write=False) as con:
        due = due_forecasts(con, MODEL_VERSION, FEWEST_ANSWERED_RUNS)
        models = models_of(con, sorted({run.fit_id for run in due})) if due else {}
    if not due:
        return 0
    from pipeline.actions.risk.make_forecast import automatic_forecasts  # takes a second: import only if needed

    made = automatic_forecasts(due, models, naive_utc(now))
    with open_store(settings, write=True) as con, transaction(con):
        put_forecasts(con, made)
    return len(made)
