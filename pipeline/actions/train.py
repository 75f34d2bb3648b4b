"""`cramplog train`: each runner's hazard fitted to their own answered runs, with its time-forward record, kept as JSON.

The store is closed while the model computes. Nothing is fitted again when neither rows nor model have changed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import scipy

from models.abstain import CRAMPS_FOR_COUNTS
from models.crossover import case_crossover, claim_slopes
from models.dataset import data_hash, runs_of
from models.evaluate import evaluate
from models.hazard import MODEL_VERSION, CrampHazard
from pipeline.actions.each import each_of
from pipeline.settings import Settings
from pipeline.store.connection import open_store, transaction
from pipeline.store.fits import Fit, latest_fit, put_fit
from pipeline.store.reading import hazard_rows
from pipeline.store.runners import Runner, all_runners, find_runner


@dataclass(frozen=True, slots=True)
class Trained:
    """What training came to for one runner. outcome: fitted, unchanged, or nothing (no answered run to learn from).

    `verdict` and the log losses are those of the time-forward evaluation; None where there is nothing to score.
    """

    runner: str
    outcome: str
    runs: int
    cramps: int
    verdict: str | None
    scored_runs: int
    log_loss: float | None
    best_baseline: tuple[str, float] | None


def train_all(settings: Settings, now: datetime) -> str:
    """Train every runner; returns what was done, in counts: the nightly's stage."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con)
    trained = [one for found in each_of(runners, lambda runner: train(settings, runner.name, now)) for one in found]
    counts = {word: sum(one.outcome == word for one in trained) for word in ("fitted", "unchanged", "nothing")}
    words = {"nothing": "without answered runs"}
    return ", ".join(f"{n} {words.get(word, word)}" for word, n in counts.items() if n) or "no runner yet"


def train(settings: Settings, runner_name: str | None, now: datetime, everyone: bool = False) -> list[Trained]:
    """Fit and evaluate one runner's hazard, or everyone's. Raises NotFound for a runner that is not there."""
    with open_store(settings, write=False) as con:
        runners = all_runners(con) if everyone else [find_runner(con, runner_name)]
        waiting = [(one, hazard_rows(con, one.runner_id), latest_fit(con, one.runner_id)) for one in runners]
    return [_train_one(settings, runner, rows, fit, now) for runner, rows, fit in waiting]


def _train_one(settings: Settings, runner: Runner, rows: pl.DataFrame, fit: Fit | None, now: datetime) -> Trained:
    if rows.is_empty():
        return Trained(runner.name, "nothing", 0, 0, None, 0, None, None)
    fingerprint = _fingerprint(rows, runner)
    if fit is not None and (fit.data_hash, fit.model_version) == (fingerprint, MODEL_VERSION):
        return _said(runner, "unchanged", fit)
    fit = _fit(rows, runner, fingerprint, now)
    with open_store(settings, write=True) as con, transaction(con):
        put_fit(con, fit)
    return _said(runner, "fitted", fit)


def _fit(rows: pl.DataFrame, runner: Runner, fingerprint: str, now: datetime) -> Fit:
    answer, race = runner.cramps_last_10_races, runner.usual_race
    model = CrampHazard().fit(rows, first_answer=answer, usual_race=race, data_hash=fingerprint)
    runs = runs_of(rows)
    cramps = int(runs["cramp"].sum())
    record: dict[str, Any] = {"evaluation": asdict(evaluate(rows, answer, race)), "claims": {}}
    if cramps >= CRAMPS_FOR_COUNTS:
        slopes = claim_slopes(rows, answer, race)
        record["claims"] = {
            factor: {"slope_positive": slope, "crossover_p": case_crossover(rows, factor).p}
            for factor, slope in slopes.items()
        }
    return Fit(
        fit_id="",
        runner_id=runner.runner_id,
        made_at=now.astimezone(UTC).replace(tzinfo=None),
        model_version=MODEL_VERSION,
        data_hash=fingerprint,
        seed=model.seed,
        rows=rows.height,
        runs=runs.height,
        cramps=cramps,
        model=model.to_json(),
        evaluation=json.dumps(record),
    )


def _fingerprint(rows: pl.DataFrame, runner: Runner) -> str:
    """SHA-256 of all that a fit rests on: the rows, the first answers, and the libraries that make its draws."""
    whole = f"{data_hash(rows)} {runner.cramps_last_10_races} {runner.usual_race} {np.__version__} {scipy.__version__}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _said(runner: Runner, outcome: str, fit: Fit) -> Trained:
    record = json.loads(fit.evaluation)["evaluation"]
    best = min(record["baselines"], key=lambda one: one["log_loss"], default=None)
    return Trained(
        runner=runner.name,
        outcome=outcome,
        runs=fit.runs,
        cramps=fit.cramps,
        verdict=record["verdict"],
        scored_runs=record["runs"],
        log_loss=record["log_loss"],
        best_baseline=(best["name"], best["log_loss"]) if best else None,
    )
