"""Updates the fit of one runner before a number is computed from it. Called by `report` and `risk`.

If the store has one runner, a training is made, which takes a second. If it has more, the runner's new runs are folded into
the fit in use; `cramplog train` or the nightly makes and scores a full training later.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import duckdb
import polars as pl

from models.fit.version import MODEL_VERSION
from pipeline.actions.training.fit_all import folded, runner_fingerprint
from pipeline.actions.training.train import train
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, find_runner
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.fits.fits import Fit, fit_in_use, fits_of, put_fits
from pipeline.store.fits.inputs import hazard_rows
from pipeline.store.fits.trainings import newest_training, training_in_use


def ready_fit(settings: Settings, runner_name: str | None, now: datetime) -> None:
    """Update the fit in use with the runner's answered runs. Raises NotFound for an unknown runner.

    A fit that a person chose, or that stays in use because the newer one was worse, is left unchanged.
    """
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        rows = hazard_rows(con, runner.runner_id)
        start = _to_fold(con, runner, rows)
    if rows.is_empty() or start == "nothing to do":
        return
    if isinstance(start, Fit):
        with suppress(ValueError):  # the fit was made with other versions of the libraries: train again
            fit = folded(start, rows, runner.cramps_last_10_races, runner.usual_race, naive_utc(now))
            with open_store(settings, write=True) as con, transaction(con):
                put_fits(con, [fit])
            return
    train(settings, now)


def _to_fold(con: duckdb.DuckDBPyConnection, runner: Runner, rows: pl.DataFrame) -> Fit | str:
    """The fit to fold the runner's rows into, 'nothing to do', or 'train'."""
    found = training_in_use(con)
    if found is None or found[0].model_version != MODEL_VERSION:
        return "train"
    training, chosen = found
    fit = fit_in_use(con, runner.runner_id)
    fingerprint = runner_fingerprint(rows, runner.cramps_last_10_races, runner.usual_race)
    if fit is not None and (chosen or fit.data_hash == fingerprint):
        return "nothing to do"
    if training.runners == 1 and not chosen:
        return "train"
    newest = newest_training(con)
    if fit is not None and newest is not None and newest.training_id != training.training_id:
        return "nothing to do"  # the newer training was worse, so this fit is left unchanged
    others = fits_of(con, training.training_id)
    return fit or (others[0] if others else "train")
