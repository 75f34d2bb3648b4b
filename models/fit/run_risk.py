"""The risk of one run as it may be said: the weighted mean and range over a posterior's draws. For models.fit.hazard."""

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
        """From each draw's expected onsets in the run (n_draws,): sum of minutes exp(eta)."""
        draws = -np.expm1(-expected)
        low, high = (weighted_quantile(draws, weights, q) for q in (0.05, 0.95))
        return cls(min(float(weighted_mean(draws, weights)), 1.0), low, high, draws, weights)

    def quantile(self, q: float) -> float:
        """The risk under which a share q (0..1) of the plausible cases lies."""
        return weighted_quantile(self.draws, self.weights, q)
