"""Whether the numbers said are the shares that came: sums, groups, intercept and slope. Called by models.scoring.evaluate.

said: P(cramp) of each run (n_runs,), 0..1; cramp (n_runs,) bool; cluster (n_runs,) the runner of each run, or its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.scoring.poisson import poisson_ratio_range

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

# The report's words: low, some, raised, high, very high.
GROUP_BOUNDS = (0.0, 0.01, 0.05, 0.10, 0.20, 0.35, 1.0)
FEWEST_CRAMPS = 10  # with fewer a slope says next to nothing (assumed)
ECE_GROUPS = 10
STEEPEST = 20.0  # a slope beyond that is separation


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """Runs whose forecast lay in [low, high): how many, their mean forecast (0..1), how many with a cramp."""

    low: float
    high: float
    runs: int
    said: float
    cramps: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`ratio`: cramps that came over cramps expected, with its exact Poisson 95 % range. ECE: 0..1, ten equal groups.

    `intercept`: by how much the log odds are too low (at slope 1); `slope` of the true log odds on the said ones, under
    1 too extreme; each with its standard error by cluster. None where fewer than ten cramps came or all came apart.
    """

    ratio: float
    ratio_low: float
    ratio_high: float
    ece: float | None
    intercept: float | None
    intercept_se: float | None
    slope: float | None
    slope_se: float | None


def calibrate(said: Floats, cramp: Bools, cluster: Places) -> Calibration:
    """For any number of forecasts above none."""
    came, expected = int(cramp.sum()), float(said.sum())
    low, high = poisson_ratio_range(came, expected)
    if came < FEWEST_CRAMPS or came == cramp.size:
        return Calibration(came / expected, low, high, None, None, None, None, None)
    inside = np.clip(said, 1e-9, 1 - 1e-9)
    log_odds = np.log(inside / (1 - inside))
    level = _logistic(np.ones((said.size, 1)), log_odds, cramp, cluster)
    line = _logistic(np.column_stack([np.ones(said.size), log_odds]), np.zeros(said.size), cramp, cluster)
    return Calibration(
        ratio=came / expected,
        ratio_low=low,
        ratio_high=high,
        ece=calibration_error(said, cramp),
        intercept=float(level[0][0]) if level else None,
        intercept_se=float(level[1][0]) if level else None,
        slope=float(line[0][1]) if line else None,
        slope_se=float(line[1][1]) if line else None,
    )


def calibration_error(said: Floats, cramp: Bools) -> float:
    """ECE: runs in ten groups of equal size by what was said; the mean distance of said and came, 0..1."""
    parts = np.array_split(np.argsort(said, kind="stable"), ECE_GROUPS)
    return float(sum(abs(said[part].sum() - cramp[part].sum()) for part in parts) / said.size)


def forecast_groups(said: Floats, cramp: Bools) -> tuple[ForecastGroup, ...]:
    """The forecasts by size, empty groups left out; the last group holds 1.0 as well."""
    place = np.clip(np.digitize(said, GROUP_BOUNDS) - 1, 0, len(GROUP_BOUNDS) - 2)
    return tuple(
        ForecastGroup(
            low=GROUP_BOUNDS[k],
            high=GROUP_BOUNDS[k + 1],
            runs=int((place == k).sum()),
            said=float(said[place == k].mean()),
            cramps=int(cramp[place == k].sum()),
        )
        for k in sorted(set(place.tolist()))
    )


def _logistic(columns: Floats, offset: Floats, cramp: Bools, cluster: Places) -> tuple[Floats, Floats] | None:
    """Coefficients (n_columns,) by maximum likelihood and their cluster-robust SEs; None where they run away.

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
        here = _log_likelihood(offset + columns @ found, cramp)
        while np.abs(step).max() > 1e-9 and _log_likelihood(offset + columns @ (found + step), cramp) < here:
            step = step / 2.0
        found = found + step
    scores = np.zeros((int(cluster.max()) + 1, columns.shape[1]))
    np.add.at(scores, cluster, columns * (cramp - p)[:, None])
    inverse = np.linalg.inv(information)
    return found, np.sqrt(np.diag(inverse @ (scores.T @ scores) @ inverse))


def _log_likelihood(log_odds: Floats, cramp: Bools) -> float:
    return float(np.sum(np.where(cramp, log_odds, 0.0) - np.logaddexp(0.0, log_odds)))
