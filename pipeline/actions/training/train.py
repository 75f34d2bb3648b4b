"""`cramplog train`: fits the hazard of all runners together, scores it, and uses it unless the fit in use is clearly better.

The store is closed while the model computes. Nothing is fitted if the rows, the first answers and the model are unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from models.fit.dataset import runs_of
from models.fit.version import MODEL_VERSION
from pipeline.actions.training.compare_fits import InUse, judge
from pipeline.actions.training.fit_all import Everyone, forecasts_of, learn
from pipeline.errors import NotFound, WrongInput
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner, all_runners, find_runner
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.fits.fits import Fit, fits_of
from pipeline.store.fits.inputs import all_hazard_rows, first_answers
from pipeline.store.fits.trainings import (
    ListedTraining,
    Training,
    drop_old_models,
    listed_trainings,
    newest_training,
    put_training,
    training_in_use,
    usable_training,
    use_training,
)

NEWEST = "newest"  # for --use: follow the newest fit again


@dataclass(frozen=True, slots=True)
class TrainedRunner:
    """The fit in use for one runner: its numbers of answered runs and of runs with a cramp, and the time-forward record.

    `outcome`: fitted, unchanged, or nothing (no answered run to learn from, and no record).
    """

    runner: str
    outcome: str
    runs: int
    cramps: int
    record: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Trained:
    """The result of training. `outcome`: fitted, unchanged, or nothing (nobody has an answered run: no training).

    `newest` is the last training made, `in_use` the one that reports use; `chosen` is True if a person chose it.
    """

    outcome: str
    newest: Training | None
    in_use: Training | None
    chosen: bool
    runners: tuple[TrainedRunner, ...]


def train_all(settings: Settings, now: datetime) -> str:
    """Train; returns the result as text with counts, for the nightly."""
    trained = train(settings, now)
    if trained.newest is None or trained.in_use is None:
        return "no answered run yet" if trained.runners else "no runner yet"
    new, used = trained.newest, trained.in_use
    basis = f"{new.runs} runs of {new.runners} runners, {new.cramps} with a cramp"
    if trained.outcome == "unchanged":
        return f"unchanged, {used.training_id} in use"
    if used.training_id == new.training_id:
        return f"{new.training_id} from {basis}, in use"
    return f"{new.training_id} from {basis}; {used.training_id} stays in use: {new.reason}"


def train(settings: Settings, now: datetime) -> Trained:
    """Fit and evaluate if something changed, then use the new fit or store the reason why not."""
    with open_store(settings, write=False) as con:
        everyone, newest = _everyone(con), newest_training(con)
        old = _in_use(con)
    if everyone.rows.is_empty() or (newest is not None and newest.data_hash == everyone.fingerprint and old):
        return _trained(settings, "nothing" if newest is None else "unchanged")
    at = naive_utc(now)
    training, fits = learn(everyone, at)
    outcome, reason = judge(training, forecasts_of(fits), old, runs_with_runner(everyone))
    with open_store(settings, write=True) as con, transaction(con):
        stored = put_training(con, replace(training, outcome=outcome, reason=reason), fits)
        if outcome != "kept":
            use_training(con, stored.training_id, at, chosen=False)
        drop_old_models(con)
    return _trained(settings, "fitted")


def use_fit(settings: Settings, training_id: str, now: datetime) -> Training:
    """Use an older training from now on, or with 'newest' the newest again.

    Raises NotFound for an unknown training, WrongInput for a training that this program cannot use.
    """
    with open_store(settings, write=True) as con, transaction(con):
        newest = newest_training(con)
        if newest is None:
            raise NotFound("there is no fit yet", "make one: cramplog train")
        wanted = newest if training_id == NEWEST else usable_training(con, training_id)
        if wanted.model_version != MODEL_VERSION:
            raise WrongInput(
                f"{wanted.training_id} is a fit of {wanted.model_version}; this program uses {MODEL_VERSION}",
                "make a new one: cramplog train",
            )
        use_training(con, wanted.training_id, naive_utc(now), chosen=training_id != NEWEST)
    return wanted


def list_fits(settings: Settings) -> list[ListedTraining]:
    """Every training, the newest first."""
    with open_store(settings, write=False) as con:
        return listed_trainings(con)


def only_runner(trained: Trained, settings: Settings, name: str) -> Trained:
    """The result of one runner only. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False) as con:
        runner = find_runner(con, name)
    return replace(trained, runners=tuple(result for result in trained.runners if result.runner == runner.name))


def runs_with_runner(everyone: Everyone) -> Any:
    """One row per run with runner_id, run_id and cramp as known today."""
    owner = everyone.rows.select("run_id", "runner_id").unique()
    return runs_of(everyone.rows).select("run_id", "cramp").join(owner, on="run_id", how="left")


def _everyone(con: duckdb.DuckDBPyConnection) -> Everyone:
    answers = first_answers(con)
    return Everyone(
        rows=all_hazard_rows(con),
        first_answers={first.runner_id: (first.answer, first.usual_race) for first in answers},
        answered_at={first.runner_id: first.answered_at for first in answers},
    )


def _in_use(con: duckdb.DuckDBPyConnection) -> InUse | None:
    found = training_in_use(con)
    if found is None:
        return None
    training, chosen = found
    return InUse(training, chosen, forecasts_of(fits_of(con, training.training_id)))


def _trained(settings: Settings, outcome: str) -> Trained:
    """The result of training with this outcome, from the store as it is now."""
    with open_store(settings, write=False) as con:
        used = training_in_use(con)
        fits = {fit.runner_id: fit for fit in fits_of(con, used[0].training_id)} if used else {}
        return Trained(
            outcome=outcome,
            newest=newest_training(con),
            in_use=used[0] if used else None,
            chosen=used is not None and used[1],
            runners=tuple(_trained_runner(runner, fits.get(runner.runner_id), outcome) for runner in all_runners(con)),
        )


def _trained_runner(runner: Runner, fit: Fit | None, outcome: str) -> TrainedRunner:
    if fit is None:
        return TrainedRunner(runner.name, "nothing", 0, 0, None)
    return TrainedRunner(runner.name, outcome, fit.runs, fit.cramps, json.loads(fit.evaluation)["evaluation"])
