"""Whether a new training takes the place of the one in use, and why, in words. Called by `pipeline.actions.training.train`.

The old one's forecasts of past runs are held against the new one's on the same runs: each was told from what was known
before the run, so neither has an advantage; what came is taken as it is known today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from models.scoring.comparison import mean_loss_difference
from pipeline.store.fits.trainings import Training

ALIKE = 5e-5  # log loss a run: what four decimals do not show


@dataclass(frozen=True, slots=True, eq=False)
class InUse:
    """The training in use, whether a person chose it, and what it would have said of past runs (0..1, by run id)."""

    training: Training
    chosen: bool
    said: Mapping[str, float]


def judge(new: Training, new_said: Mapping[str, float], old: InUse | None, came: pl.DataFrame) -> tuple[str, str]:
    """(outcome, why): 'first', 'replaced', or 'kept' where the old one stays.

    `came`: a row a run with runner_id, run_id and cramp as known today.
    """
    if old is None:
        return "first", "the first of its kind here"
    name = old.training.training_id
    runs, worse, se = mean_loss_difference(new_said, old.said, came)
    further = runs > 1 and worse > max(se, ALIKE)
    if old.training.model_version != new.model_version:
        how = f", though on the same {runs:,} runs it came closer" if further else ""
        return "replaced", f"this program cannot use {name}, a fit of {old.training.model_version}, any more{how}"
    if old.chosen:
        return "kept", f"you chose {name}; to go with the newest again: cramplog train --use newest"
    if runs < 2:
        return "replaced", f"there were no past runs to hold it against {name} on"
    if abs(worse) < ALIKE:
        return "replaced", f"on the same {runs:,} runs its forecasts would have been those of {name}"
    compared = f"log loss {abs(worse):.4f} a run {'more' if worse > 0 else 'less'} than {name}"
    measured = f"{compared} on the same {runs:,} runs (standard error {se:.4f})"
    if further:
        return "kept", f"its forecasts would have been further off: {measured}"
    return "replaced", f"its forecasts would not have been further off: {measured}"
