"""What goes together in a range, and two records held against each other on the runs that both told.

Called by models.scoring.evaluate and, for an old fit and a new one, by pipeline.actions.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.scoring.scores import paired_difference, run_losses

FEWEST_RUNNERS = 5  # from so many on, ranges resample runners, below that runs (assumed)


def clusters(told: pl.DataFrame) -> tuple[NDArray[np.int64], str]:
    """What goes together in a range (n_runs,): the runner, or where they are fewer than five each run by itself."""
    names, cluster = np.unique(told["runner_id"].to_numpy(), return_inverse=True)
    if names.size < FEWEST_RUNNERS:
        return np.arange(told.height), "run"
    return cluster.astype(np.int64), "runner"


def worse_by(one: Mapping[str, float], other: Mapping[str, float], came: pl.DataFrame) -> tuple[int, float, float]:
    """On how many runs both were said, the mean log loss of `one` less that of `other` there, and its standard error.

    `one`, `other`: what was said by run id (0..1). `came`: a row a run with runner_id, run_id and cramp as known today.
    Paired run by run; the error by runner, or by run where runners are few. (0, 0, inf) without a run in common.
    """
    both = came.filter(pl.col("run_id").is_in(list(one)) & pl.col("run_id").is_in(list(other)))
    if both.is_empty():
        return 0, 0.0, np.inf
    ids, cramp = both["run_id"].to_list(), both["cramp"].to_numpy()
    losses = [run_losses(np.array([said[run_id] for run_id in ids]), cramp) for said in (one, other)]
    return both.height, *paired_difference(losses[0], losses[1], clusters(both)[0])
