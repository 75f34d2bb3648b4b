"""What runners have in common: the group's coefficients with their uncertainty, and the SDs between runners.

The coefficients of runner i are beta + b_i, beta ~ N(evidence), b_i ~ N(0, sds_between^2). models.fit.pooled estimates the
group from all runners; models.fit.hazard derives each runner's posterior from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.design import Prior
from models.fit.runner_posterior import Belief

Floats = NDArray[np.float64]

# Regimes. alone: the published evidence and one runner. few: from 2 runners. pooled: from 20 runners with 20 cramps; then
# the SDs between runners are estimated too.
ALONE, FEW, POOLED = "alone", "few", "pooled"


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The belief about the group's coefficients after all runners' runs, and the SDs between runners (n_features,)."""

    regime: str
    belief: Belief
    sds_between: Floats
    n_runners: int
    n_onsets: float

    def newcomer(self) -> Belief:
        """Returns the belief about a runner without any data."""
        return self.belief.widened(self.sds_between)


def evidence(priors: Sequence[Prior], n_runners: int = 0, n_onsets: float = 0.0) -> Group:
    """Returns the group before any run: the published evidence."""
    variances = np.diag([prior.sd_group**2 for prior in priors])
    belief = Belief(np.array([prior.mean for prior in priors]), variances)
    return Group(ALONE, belief, np.array([prior.sd_between for prior in priors]), n_runners, n_onsets)
