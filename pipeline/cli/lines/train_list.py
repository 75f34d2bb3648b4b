"""Fits as rows and as JSON, for `cramplog train` and its --list. Values in, values out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipeline.cli.frame.output import instant

if TYPE_CHECKING:
    from pipeline.actions.training.train import Trained, TrainedRunner
    from pipeline.store.fits.trainings import ListedTraining, Training

FIT_HEAD = ("fit", "made (UTC)", "runners", "runs", "with a cramp", "log loss", "", "why")


def fit_row(listed: ListedTraining) -> list[str]:
    """A row of FIT_HEAD."""
    fit = listed.training
    loss = _log_loss(fit)
    return [
        fit.training_id,
        f"{fit.made_at:%Y-%m-%d %H:%M}",
        f"{fit.runners:,}",
        f"{fit.runs:,}",
        f"{fit.cramps:,}",
        "" if loss is None else f"{loss:.4f}",
        "in use" if listed.in_use else "" if listed.usable else "record only",
        fit.reason,
    ]


def fit_document(listed: ListedTraining) -> dict[str, Any]:
    """The same as JSON values."""
    return {**training_document(listed.training), "in_use": listed.in_use, "usable": listed.usable}


def training_document(fit: Training) -> dict[str, Any]:
    """A fit of the store, without its scores."""
    return {
        "id": fit.training_id,
        "made_at": instant(fit.made_at),
        "model_version": fit.model_version,
        "regime": fit.regime,
        "runners": fit.runners,
        "runs": fit.runs,
        "cramps": fit.cramps,
        "log_loss": _log_loss(fit),
        "outcome": fit.outcome,
        "said": fit.reason,
    }


def train_document(trained: Trained) -> dict[str, Any]:
    """The result of training: the newest fit, the fit in use with all its scores, and each runner."""
    used = trained.in_use
    return {
        "outcome": trained.outcome,
        "newest": training_document(trained.newest) if trained.newest else None,
        "in_use": used.training_id if used else None,
        "chosen": trained.chosen,
        "record": json.loads(used.evaluation) if used else None,
        "runners": [_runner_document(runner) for runner in trained.runners],
    }


def _runner_document(runner: TrainedRunner) -> dict[str, Any]:
    """A runner with the sums of their scores, without the single runs."""
    scored = runner.record or {}
    return {
        "runner": runner.runner,
        "outcome": runner.outcome,
        "runs": runner.runs,
        "cramps": runner.cramps,
        "verdict": scored.get("verdict"),
        "scored_runs": scored.get("runs", 0),
        "expected": scored.get("expected"),
        "came": scored.get("cramps"),
        "log_loss": scored["scores"]["log_loss"] if scored.get("scores") else None,
        "baselines": {baseline["name"]: baseline["log_loss"] for baseline in scored.get("baselines", ())},
    }


def _log_loss(fit: Training) -> float | None:
    scores = json.loads(fit.evaluation)["together"]["scores"]
    return scores["log_loss"] if scores else None
