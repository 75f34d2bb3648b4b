"""Automatic forecasts: each new run told from what was known at its start, kept before anybody answers it.

Called before answers are written: by the verbs that take them and by the nightly. Usually there is nothing to do, and then
no model is loaded. Ingest makes none: it would have to load the models while somebody waits for their files.
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
    """Forecast every run that waits for an answer and began after the fit then in use; returns how many.

    The store is closed while the model computes. A run answered meanwhile gets a forecast that counts nowhere.
    """
    with open_store(settings, write=False) as con:
        due = due_forecasts(con, MODEL_VERSION, FEWEST_ANSWERED_RUNS)
        models = models_of(con, sorted({one.fit_id for one in due})) if due else {}
    if not due:
        return 0
    from pipeline.actions.risk.make_forecast import automatic_forecasts  # a second that most evenings need not spend

    made = automatic_forecasts(due, models, naive_utc(now))
    with open_store(settings, write=True) as con, transaction(con):
        put_forecasts(con, made)
    return len(made)
