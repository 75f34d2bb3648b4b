"""Two models compared by their forecasts of the same runs, and the units of resampling.

Called by models.scoring.evaluate and, for an old fit and a new one, by pipeline.actions.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.scoring.scores import paired_difference, run_losses

FEWEST_RUNNERS = 5  # from this number on, ranges resample runners, below it runs (assumed)


def clusters(forecasts: pl.DataFrame) -> tuple[NDArray[np.int64], str]:
    """Returns the cluster of each run (n_runs,) and its kind: 'runner', or 'run' with fewer than five runners."""
    names, cluster = np.unique(forecasts["runner_id"].to_numpy(), return_inverse=True)
    if names.size < FEWEST_RUNNERS:
        return np.arange(forecasts.height), "run"
    return cluster.astype(np.int64), "runner"


def mean_loss_difference(
    new: Mapping[str, float], old: Mapping[str, float], observed: pl.DataFrame
) -> tuple[int, float, float]:
    """Returns the number of runs that both forecast, the mean of log loss new - old on them, and its standard error.

    `new`, `old`: P(cramp) by run id (0..1). `observed`: one row per run with runner_id, run_id and cramp as known today.
    Paired by run; the error is by runner, or by run if runners are few. Returns (0, 0, inf) without a common run.
    """
    common = observed.filter(pl.col("run_id").is_in(list(new)) & pl.col("run_id").is_in(list(old)))
    if common.is_empty():
        return 0, 0.0, np.inf
    ids, cramp = common["run_id"].to_list(), common["cramp"].to_numpy()
    new_losses, old_losses = (
        run_losses(np.array([predicted[run_id] for run_id in ids]), cramp) for predicted in (new, old)
    )
    return common.height, *paired_difference(new_losses, old_losses, clusters(common)[0])
