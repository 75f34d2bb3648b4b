"""The runner's first answer, "cramps in your last 10 races", as a likelihood term on the hazard of a usual race.

L = sum(minutes exp(eta_race)); p = 1 - exp(-L exp(d)) with d ~ N(0, .8^2) from race to race; K ~ Bin(10, p);
P(answer) = .9 E[P(K in class)] + .1/3: one answer in ten is taken as an error of memory. Called by models.fit.hazard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import bdtrc

from models.fit.design import EVIDENCE_PRIORS, Prior, design_matrix, plan_rows
from models.fit.posterior import log_sum_exp

Floats = NDArray[np.float64]

FIRST_ANSWERS = ("0", "1-2", "3+")
# Minutes of an average finisher, and of the longest training run in the month before (assumed, not measured).
REFERENCE_RACES = {
    "5k": (28.0, 60.0),
    "10k": (57.0, 75.0),
    "half": (120.0, 90.0),
    "marathon": (255.0, 150.0),
    "ultra": (450.0, 210.0),
}
RACE_SD = 0.8
_NODES, _NODE_WEIGHTS = hermegauss(9)
_LOG_STEP = 1e-3


def reference_race_rows(usual_race: str) -> pl.DataFrame:
    """Returns the usual race as plan rows: WBGT 15, usual pace, flat, rested, hour unknown. Raises ValueError for others."""
    if usual_race not in REFERENCE_RACES:
        raise ValueError(f"usual race {usual_race!r} is not one of {', '.join(REFERENCE_RACES)}")
    planned_min, longest_min = REFERENCE_RACES[usual_race]
    longest30_s = longest_min * 60
    return plan_rows(planned_min * 60, race=True, longest30_s=longest30_s, wbgt_c=15.0, run_id=usual_race)


@lru_cache(maxsize=32)  # five races; their rows take longer to make than a Newton search
def _race_design(usual_race: str, priors: tuple[Prior, ...]) -> tuple[Floats, Floats]:
    """Returns the design (n_segments, n_features) and the minutes (n_segments,) of the race."""
    rows = reference_race_rows(usual_race)
    return design_matrix(rows, priors), rows["minutes"].to_numpy()


def class_log_probability(answer: str, log_exposure: Floats) -> Floats:
    """Returns log E[P(K in the answer's class) | log L], any shape; at least -700."""
    spread = np.exp(np.minimum(np.asarray(log_exposure)[..., None] + RACE_SD * _NODES, 50.0))
    cramp, clean = -np.expm1(-spread), np.exp(-spread)  # in one race, at each of the nine nodes
    if answer == "0":
        share = clean**10
    elif answer == "1-2":
        share = cramp * clean**8 * (10 * clean + 45 * cramp)
    else:
        share = bdtrc(2, 10, cramp)
    return np.asarray(np.log(np.maximum(share @ _NODE_WEIGHTS / _NODE_WEIGHTS.sum(), 1e-304)))


def answer_log_likelihood(answer: str, log_exposure: Floats) -> Floats:
    """Returns log P(answer | log L), any shape; bounded below, because one answer in ten is taken as noise."""
    return np.log(0.9 * np.exp(class_log_probability(answer, log_exposure)) + 0.1 / 3.0)


@dataclass(frozen=True, slots=True, eq=False)
class FirstAnswerTerm:
    """The likelihood term of one answer: eta_race = offset + columns z; z: the coefficients, plain or whitened."""

    answer: str
    offset: Floats  # (n_segments,)
    columns: Floats  # (n_segments, n_dim)
    minutes: Floats  # (n_segments,)

    @classmethod
    def of(cls, answer: str, usual_race: str, priors: Sequence[Prior] = EVIDENCE_PRIORS) -> FirstAnswerTerm:
        """Returns the term in the plain coefficients. Raises ValueError for an answer or a race that does not exist."""
        if answer not in FIRST_ANSWERS:
            raise ValueError(f"first answer {answer!r} is not one of {', '.join(FIRST_ANSWERS)}")
        design, minutes = _race_design(usual_race, tuple(priors))
        return cls(answer, np.zeros(minutes.size), design, minutes)

    def whitened(self, mean: Floats, factor: Floats) -> FirstAnswerTerm:
        """Returns the term in z, where coefficients = mean + factor z: (n_features,), (n_features, n_dim)."""
        return FirstAnswerTerm(self.answer, self.offset + self.columns @ mean, self.columns @ factor, self.minutes)

    def log_likelihood(self, z: Floats) -> Floats:
        """Returns log P(answer | z), noise included: (n_draws, n_dim) -> (n_draws,)."""
        return answer_log_likelihood(self.answer, self._log_exposure(z))

    def exact_log_likelihood(self, z: Floats) -> Floats:
        """Returns log P(answer | z) without errors of memory: (n_draws, n_dim) -> (n_draws,)."""
        return class_log_probability(self.answer, self._log_exposure(z))

    def exact_derivatives(self, z: Floats) -> tuple[Floats, Floats]:
        """Returns the gradient (n_dim,) and -Hessian (n_dim, n_dim) of `exact_log_likelihood` at z.

        Negative terms of -Hessian are left out: with them a Newton step could go down. The mode is the same.
        """
        (log_exposure,), (share,) = self._race(z[None, :])
        slope = share @ self.columns  # d log L / dz
        spread = (self.columns * share[:, None]).T @ self.columns - np.outer(slope, slope)
        around = log_exposure + np.array([-_LOG_STEP, 0.0, _LOG_STEP])
        below, middle, above = class_log_probability(self.answer, around)
        first = (above - below) / (2 * _LOG_STEP)
        second = (above - 2 * middle + below) / _LOG_STEP**2
        return first * slope, max(-second, 0.0) * np.outer(slope, slope) + max(-first, 0.0) * spread

    def average_derivatives(self, z: Floats, weights: Floats) -> tuple[Floats, Floats]:
        """Returns the gradient (n_dim,) and an approximate, never negative -Hessian (n_dim, n_dim) of log_likelihood.

        The gradient is the mean over the weighted draws z (n_draws, n_dim); the Hessian is taken at the mean of the draws.
        """
        log_exposure, share = self._race(z)
        gradient = ((weights * _slopes(self.answer, log_exposure)[0]) @ share) @ self.columns
        at_mean, (share,) = self._race((weights @ z)[None, :])
        first, second = _slopes(self.answer, at_mean)
        slope = share @ self.columns
        spread = (self.columns * share[:, None]).T @ self.columns - np.outer(slope, slope)
        return gradient, max(-float(second[0]), 0.0) * np.outer(slope, slope) + max(-float(first[0]), 0.0) * spread

    def _race(self, z: Floats) -> tuple[Floats, Floats]:
        """Returns log L (n_draws,) and the share of each segment in L (n_draws, n_segments)."""
        log_parts = z @ self.columns.T + (self.offset + np.log(self.minutes))
        log_exposure = log_sum_exp(log_parts)
        return log_exposure, np.exp(log_parts - log_exposure[:, None])

    def _log_exposure(self, z: Floats) -> Floats:
        """Returns log L, (n_draws,); computed in logs, so that extreme draws do not overflow."""
        return log_sum_exp(z @ self.columns.T + (self.offset + np.log(self.minutes)))


def _slopes(answer: str, log_exposure: Floats) -> tuple[Floats, Floats]:
    """Returns the first and second derivative of log P(answer | log L) by differences; any shape."""
    below, middle, above = (answer_log_likelihood(answer, log_exposure + step) for step in (-_LOG_STEP, 0.0, _LOG_STEP))
    return (above - below) / (2 * _LOG_STEP), (above - 2 * middle + below) / _LOG_STEP**2
