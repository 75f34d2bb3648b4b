"""How close forecasts are to a known truth. Called by the model benchmarks; for simulated runners only.

predicted, true: P(cramp) of each run (n_runs,). Scores are expected values under the true risks, without chance outcomes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def share_of_gain(predicted: Floats, true: Floats) -> float:
    """Returns (ll_model - ll_null) / (ll_oracle - ll_null): the share of the oracle's gain in expected log likelihood.

    The oracle predicts the true risk of each run, the null their mean. 1 is the truth; under 0 is worse than the null.
    """
    null = np.full(true.size, true.mean())
    lost, model, oracle = (_expected_log_likelihood(p, true) for p in (null, predicted, true))
    return (model - lost) / (oracle - lost)


def calibration_slope(predicted: Floats, true: Floats) -> float:
    """Returns the slope of the true log odds on the predicted ones (logistic regression): 1 is right, under 1 too extreme."""
    inside = np.clip(predicted, 1e-9, 1 - 1e-9)
    columns = np.column_stack([np.ones(predicted.size), np.log(inside / (1 - inside))])
    found = np.array([0.0, 1.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-columns @ found))
        step = np.linalg.solve((columns.T * (p * (1 - p))) @ columns, columns.T @ (true - p))
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[1])


def calibration_error(predicted: Floats, true: Floats, groups: int = 10) -> float:
    """Returns the ECE: the mean distance of predicted and true, 0..1, in ten groups of equal size by forecast."""
    parts = np.array_split(np.argsort(predicted, kind="stable"), groups)
    return float(sum(abs(predicted[part].mean() - true[part].mean()) * part.size for part in parts) / predicted.size)


def covered(low: Floats, high: Floats, true: Floats) -> float:
    """Returns the share of runs with a true risk inside the predicted range."""
    return float(np.mean((true >= low) & (true <= high)))


def _expected_log_likelihood(predicted: Floats, true: Floats) -> float:
    inside = np.clip(predicted, 1e-12, 1 - 1e-12)
    return float(np.mean(true * np.log(inside) + (1 - true) * np.log1p(-inside)))
