"""How near forecasts come to a known truth. Called by the benchmarks of the model; simulated runners only.

said, true: P(cramp) of each run (n_runs,). Expected over the truth's own chance, so no luck of single runs is in it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def share_of_gain(said: Floats, true: Floats) -> float:
    """(ll_model - ll_null) / (ll_oracle - ll_null): the share of the oracle's gain in expected log likelihood.

    The oracle says the true risk of each run, the null their mean for all. 1 is the truth, under 0 worse than the null.
    """
    null = np.full(true.size, true.mean())
    lost, model, oracle = (_expected_log_likelihood(p, true) for p in (null, said, true))
    return (model - lost) / (oracle - lost)


def calibration_slope(said: Floats, true: Floats) -> float:
    """The slope of the true log odds on the said ones, by logistic regression: 1 is right, under 1 too extreme."""
    inside = np.clip(said, 1e-9, 1 - 1e-9)
    columns = np.column_stack([np.ones(said.size), np.log(inside / (1 - inside))])
    found = np.array([0.0, 1.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-columns @ found))
        step = np.linalg.solve((columns.T * (p * (1 - p))) @ columns, columns.T @ (true - p))
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[1])


def calibration_error(said: Floats, true: Floats, groups: int = 10) -> float:
    """ECE: runs in ten groups of equal size by what was said; the mean distance of said and true, 0..1."""
    parts = np.array_split(np.argsort(said, kind="stable"), groups)
    return float(sum(abs(said[part].mean() - true[part].mean()) * part.size for part in parts) / said.size)


def covered(low: Floats, high: Floats, true: Floats) -> float:
    """The share of runs whose true risk lies inside the range said."""
    return float(np.mean((true >= low) & (true <= high)))


def _expected_log_likelihood(said: Floats, true: Floats) -> float:
    inside = np.clip(said, 1e-12, 1 - 1e-12)
    return float(np.mean(true * np.log(inside) + (1 - true) * np.log1p(-inside)))
