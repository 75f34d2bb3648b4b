"""Decides whether a new training replaces the training in use, and gives the reason. Called by `pipeline.actions.training.train`.

The forecasts of both trainings are compared on the same past runs. Each forecast uses only what was known before its run, so
neither training has an advantage; the outcomes are those known today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from models.scoring.comparison import mean_loss_difference
from pipeline.store.fits.trainings import Training

ALIKE = 5e-5  # log loss per run: less than four decimals show


@dataclass(frozen=True, slots=True, eq=False)
class InUse:
    """The training in use, whether a person chose it, and its predictions for past runs (0..1, by run id)."""

    training: Training
    chosen: bool
    predicted: Mapping[str, float]


def judge(
    new: Training, new_predicted: Mapping[str, float], old: InUse | None, observed: pl.DataFrame
) -> tuple[str, str]:
    """(outcome, reason): 'first', 'replaced', or 'kept' if the old training stays in use.

    `observed`: one row per run with runner_id, run_id and cramp as known today.
    """
    if old is None:
        return "first", "it is the first training in this store"
    name = old.training.training_id
    runs, worse, se = mean_loss_difference(new_predicted, old.predicted, observed)
    clearly_worse = runs > 1 and worse > max(se, ALIKE)
    if old.training.model_version != new.model_version:
        how = f", although {name} predicted the same {runs:,} runs better" if clearly_worse else ""
        return "replaced", f"this program can no longer use {name}, a fit of {old.training.model_version}{how}"
    if old.chosen:
        return "kept", f"you chose {name}; to use the newest again: cramplog train --use newest"
    if runs < 2:
        return "replaced", f"there were too few past runs to compare it with {name}"
    if abs(worse) < ALIKE:
        return "replaced", f"on the same {runs:,} runs its forecasts are those of {name}"
    compared = f"log loss {abs(worse):.4f} per run {'more' if worse > 0 else 'less'} than {name}"
    measured = f"{compared} on the same {runs:,} runs (standard error {se:.4f})"
    if clearly_worse:
        return "kept", f"its forecasts are clearly worse: {measured}"
    return "replaced", f"its forecasts are not clearly worse: {measured}"
