"""Whether predicted probabilities agree with observed shares: sums, groups, intercept, slope. For models.scoring.evaluate.

predicted: P(cramp) of each run (n_runs,), 0..1; cramp: (n_runs,) bool; cluster: (n_runs,) the runner of each run, or a
number per run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.scoring.poisson import poisson_ratio_range

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.int64]

# The levels of the report (low, some, raised, high, very high), with under 1 of 100 as a group of its own.
GROUP_BOUNDS = (0.0, 0.01, 0.05, 0.10, 0.20, 0.35, 1.0)
FEWEST_CRAMPS = 10  # with fewer, a slope is hardly informative (assumed)
ECE_GROUPS = 10
STEEPEST = 20.0  # a larger slope means that the outcomes are separated


@dataclass(frozen=True, slots=True)
class CalibrationGroup:
    """Runs with a forecast in [low, high): their number, mean forecast (0..1), and number with a cramp."""

    low: float
    high: float
    runs: int
    predicted: float
    cramps: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`ratio`: observed over expected cramps, with its exact Poisson 95 % range. `ece`: 0..1, ten groups of equal size.

    `intercept`: by how much the log odds are too low (at slope 1). `slope`: of the observed log odds on the predicted ones;
    under 1 the forecasts are too extreme. Each has its standard error by cluster. None with fewer than ten cramps, if every
    run has a cramp, or if the outcomes are separated.
    """

    ratio: float
    ratio_low: float
    ratio_high: float
    ece: float | None
    intercept: float | None
    intercept_se: float | None
    slope: float | None
    slope_se: float | None


def calibrate(predicted: Floats, cramp: Bools, cluster: Indices) -> Calibration:
    """Returns the calibration of at least one forecast."""
    n_cramps, expected = int(cramp.sum()), float(predicted.sum())
    low, high = poisson_ratio_range(n_cramps, expected)
    if n_cramps < FEWEST_CRAMPS or n_cramps == cramp.size:
        return Calibration(n_cramps / expected, low, high, None, None, None, None, None)
    inside = np.clip(predicted, 1e-9, 1 - 1e-9)
    log_odds = np.log(inside / (1 - inside))
    level = _logistic(np.ones((predicted.size, 1)), log_odds, cramp, cluster)
    line = _logistic(np.column_stack([np.ones(predicted.size), log_odds]), np.zeros(predicted.size), cramp, cluster)
    return Calibration(
        ratio=n_cramps / expected,
        ratio_low=low,
        ratio_high=high,
        ece=calibration_error(predicted, cramp),
        intercept=float(level[0][0]) if level else None,
        intercept_se=float(level[1][0]) if level else None,
        slope=float(line[0][1]) if line else None,
        slope_se=float(line[1][1]) if line else None,
    )


def calibration_error(predicted: Floats, cramp: Bools) -> float:
    """Returns the ECE: the mean distance of predicted and observed, 0..1, in ten groups of equal size by forecast."""
    parts = np.array_split(np.argsort(predicted, kind="stable"), ECE_GROUPS)
    return float(sum(abs(predicted[part].sum() - cramp[part].sum()) for part in parts) / predicted.size)


def calibration_groups(predicted: Floats, cramp: Bools) -> tuple[CalibrationGroup, ...]:
    """Returns the forecasts grouped by size, without empty groups; the last group includes 1.0."""
    group = np.clip(np.digitize(predicted, GROUP_BOUNDS) - 1, 0, len(GROUP_BOUNDS) - 2)
    return tuple(
        CalibrationGroup(
            low=GROUP_BOUNDS[k],
            high=GROUP_BOUNDS[k + 1],
            runs=int((group == k).sum()),
            predicted=float(predicted[group == k].mean()),
            cramps=int(cramp[group == k].sum()),
        )
        for k in sorted(set(group.tolist()))
    )


def _logistic(columns: Floats, offset: Floats, cramp: Bools, cluster: Indices) -> tuple[Floats, Floats] | None:
    """Returns coefficients (n_columns,) by maximum likelihood and their cluster-robust SEs; None if they diverge.

    log odds = offset + columns @ coefficients; Newton steps from zero, each halved until the likelihood rises.
    """
    found = np.zeros(columns.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-(offset + columns @ found)))
        information = (columns.T * (p * (1 - p))) @ columns
        if np.linalg.cond(information) > 1e12 or np.abs(found).max() > STEEPEST:
            return None
        step = np.linalg.solve(information, columns.T @ (cramp - p))
        if np.abs(step).max() < 1e-9:
            break
        current = _log_likelihood(offset + columns @ found, cramp)
        while np.abs(step).max() > 1e-9 and _log_likelihood(offset + columns @ (found + step), cramp) < current:
            step = step / 2.0
        found = found + step
    scores = np.zeros((int(cluster.max()) + 1, columns.shape[1]))
    np.add.at(scores, cluster, columns * (cramp - p)[:, None])
    inverse = np.linalg.inv(information)
    return found, np.sqrt(np.diag(inverse @ (scores.T @ scores) @ inverse))


def _log_likelihood(log_odds: Floats, cramp: Bools) -> float:
    return float(np.sum(np.where(cramp, log_odds, 0.0) - np.logaddexp(0.0, log_odds)))
