"""The risk of one run: the weighted mean and range over the draws of a posterior. Called by models.fit.hazard."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.fit.posterior import weighted_mean, weighted_quantile

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RunRisk:
    """P(cramp in a run): weighted mean, 5 % and 95 % quantiles, the draws (n_draws,) and their weights."""

    mean: float
    low: float
    high: float
    draws: Floats = field(repr=False)
    weights: Floats = field(repr=False)

    @classmethod
    def of(cls, expected: Floats, weights: Floats) -> RunRisk:
        """Returns the risk from the expected onsets per draw (n_draws,): the sum of minutes exp(eta) over the run."""
        draws = -np.expm1(-expected)
        low, high = (weighted_quantile(draws, weights, q) for q in (0.05, 0.95))
        return cls(min(float(weighted_mean(draws, weights)), 1.0), low, high, draws, weights)

    def quantile(self, q: float) -> float:
        """Returns the risk below which a share q (0..1) of the weighted draws lies."""
        return weighted_quantile(self.draws, self.weights, q)
