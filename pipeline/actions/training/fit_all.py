"""Makes a training and its fits from the store's rows: fits the hazard of all runners together and scores it.

Returns plain values and opens no store. Called by `train` and, for one runner's new runs, by `ready_fit`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import scipy

from models.fit.dataset import data_hash, runs_of
from models.fit.hazard import MODEL_VERSION, CrampHazard
from models.fit.runner_history import FirstAnswers
from models.scoring.crossover import case_crossover, claim_slopes
from models.scoring.evaluate import ForecastEvaluation, ModelEvaluation, evaluate, score
from models.scoring.forward import FORECAST_SCHEMA
from pipeline.rules import CRAMPS_FOR_COUNTS
from pipeline.store.fits.fits import Fit
from pipeline.store.fits.trainings import Training


@dataclass(frozen=True, slots=True, eq=False)
class Everyone:
    """The inputs of a training: all hazard rows, the first answers by runner, and their times (UTC)."""

    rows: pl.DataFrame
    first_answers: FirstAnswers
    answered_at: Mapping[str, datetime]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all inputs, the model's version and the versions of the libraries that make its draws."""
        return _hash(data_hash(self.rows), sorted(self.first_answers.items()), sorted(self.answered_at.items()))

    def runner_fingerprint(self, runner_id: str) -> str:
        """SHA-256 of the inputs of one runner."""
        return runner_fingerprint(self.runner_rows(runner_id), *self.first_answers.get(runner_id, (None, None)))

    def runner_rows(self, runner_id: str) -> pl.DataFrame:
        """One runner's rows."""
        return self.rows.filter(pl.col("runner_id") == runner_id)


def runner_fingerprint(rows: pl.DataFrame, answer: str | None, race: str | None) -> str:
    """SHA-256 of the inputs of one runner: hazard rows, first answer and usual race."""
    return _hash(data_hash(rows), answer, race)


def learn(everyone: Everyone, now: datetime) -> tuple[Training, list[Fit]]:
    """The training and one fit per runner with rows; `now`: UTC, no zone. `compare_fits` decides about its use."""
    fingerprint = everyone.fingerprint
    model = CrampHazard().fit(everyone.rows, first_answers=everyone.first_answers, data_hash=fingerprint)
    record = evaluate(everyone.rows, everyone.first_answers, everyone.answered_at)
    runs = runs_of(everyone.rows)
    training = Training(
        training_id="",
        made_at=now,
        model_version=MODEL_VERSION,
        data_hash=fingerprint,
        regime=model.regime_,
        runners=everyone.rows["runner_id"].n_unique(),
        runs=runs.height,
        cramps=int(runs["cramp"].sum()),
        evaluation=json.dumps({**_sums(record), "simulated": bool(everyone.rows["simulated"].any())}),
        outcome="first",
        reason="",
    )
    return training, [_fit(model, everyone, runner, record.by_runner[runner], now) for runner in record.by_runner]


def folded(fit: Fit, rows: pl.DataFrame, answer: str | None, race: str | None, now: datetime) -> Fit:
    """The fit updated with the runner's runs of today; the part learned from other runners and the record are unchanged.

    `fit` may be another runner's fit of the same training: then this runner starts as a newcomer, without a record.
    Raises ValueError if this program cannot read the fit.
    """
    runner_id = str(rows["runner_id"][0])
    model = CrampHazard.from_json(fit.model).fold_in(rows, runner=runner_id, first_answers={runner_id: (answer, race)})
    runs = runs_of(rows)
    record = json.loads(fit.evaluation)
    if runner_id != fit.runner_id:
        record["evaluation"] = score(pl.DataFrame(schema=FORECAST_SCHEMA)).as_values()
    return replace(
        fit,
        runner_id=runner_id,
        made_at=now,
        data_hash=runner_fingerprint(rows, answer, race),
        rows=rows.height,
        runs=runs.height,
        cramps=int(runs["cramp"].sum()),
        model=model.to_json(runner_id),
        evaluation=json.dumps({**record, "claims": _claims(rows, answer, race)}),
    )


def forecasts_of(fits: list[Fit]) -> dict[str, float]:
    """The predictions (0..1) in the records of these fits, by run id."""
    records = [json.loads(fit.evaluation)["evaluation"] for fit in fits]
    return {forecast["run_id"]: forecast["said"] for record in records for forecast in record["forecasts"]}


def _fit(model: CrampHazard, everyone: Everyone, runner_id: str, evaluation: ForecastEvaluation, now: datetime) -> Fit:
    rows = everyone.runner_rows(runner_id)
    runs = runs_of(rows)
    others = everyone.rows.filter(pl.col("runner_id") != runner_id)
    record = {
        "evaluation": evaluation.as_values(),
        "claims": _claims(rows, *everyone.first_answers.get(runner_id, (None, None))),
        "others": {"runners": others["runner_id"].n_unique(), "runs": others["run_id"].n_unique()},
    }
    return Fit(
        fit_id="",
        training_id="",
        runner_id=runner_id,
        made_at=now,
        model_version=MODEL_VERSION,
        data_hash=everyone.runner_fingerprint(runner_id),
        seed=model.seed,
        rows=rows.height,
        runs=runs.height,
        cramps=int(runs["cramp"].sum()),
        model=model.to_json(runner_id),
        evaluation=json.dumps(record),
    )


def _claims(rows: pl.DataFrame, answer: str | None, race: str | None) -> dict[str, Any]:
    """The two tests behind a claim about the runner's pattern; empty with fewer than CRAMPS_FOR_COUNTS cramps."""
    if runs_of(rows)["cramp"].sum() < CRAMPS_FOR_COUNTS:
        return {}
    return {
        factor: {"slope_positive": slope, "crossover_p": case_crossover(rows, factor).p}
        for factor, slope in claim_slopes(rows, answer, race).items()
    }


def _sums(record: ModelEvaluation) -> dict[str, Any]:
    """The record of the whole store, without single runs."""
    return {
        "together": record.together.as_values(),
        "newcomers": record.newcomers.as_values(),
        "without_plan": record.without_plan,
    }


def _hash(*parts: object) -> str:
    text = " ".join(map(str, (*parts, MODEL_VERSION, np.__version__, scipy.__version__)))
    return hashlib.sha256(text.encode()).hexdigest()
