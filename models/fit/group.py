"""What runners share: the coefficients of the group, with their doubt, and how far runners differ from it.

A runner's coefficients are beta + b_i, beta ~ N(evidence), b_i ~ N(0, own_sds^2). For models.fit.pooled, which
learns it from the runners, and models.fit.hazard, which tells each runner's part from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.design import Prior
from models.fit.runner_posterior import Belief

Floats = NDArray[np.float64]

# Regimes: the published evidence and one runner; 2 runners and more; from 20 runners with 20 cramps the SDs too.
ALONE, FEW, POOLED = "alone", "few", "pooled"


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The group's coefficients as believed after all runners' runs, and the SDs between runners (n_features,)."""

    regime: str
    belief: Belief
    own_sds: Floats
    n_runners: int
    n_onsets: float

    def newcomer(self) -> Belief:
        """What is believed of a runner of whom nothing is known."""
        return self.belief.widened(self.own_sds)


def evidence(priors: Sequence[Prior], n_runners: int = 0, n_onsets: float = 0.0) -> Group:
    """The group before any run: the published evidence."""
    variances = np.diag([prior.sd_group**2 for prior in priors])
    belief = Belief(np.array([prior.mean for prior in priors]), variances)
    return Group(ALONE, belief, np.array([prior.sd_own for prior in priors]), n_runners, n_onsets)
