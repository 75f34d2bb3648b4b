"""One runner's posterior: what the others and the studies let expect, met by the runner's own record.

Called by models.fit.hazard for the fit and for a run that is folded in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.posterior import Posterior, sample_posterior
from models.fit.runner_history import Record

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """A normal belief about coefficients: mean (n_features,), covariance (n_features, n_features)."""

    mean: Floats
    covariance: Floats

    @property
    def factor(self) -> Floats:
        """Lower, factor factor' = covariance."""
        return np.asarray(np.linalg.cholesky(self.covariance))

    def widened(self, sds: Floats) -> Belief:
        """The belief about one runner, who differs from the group by N(0, sds^2), sds (n_features,)."""
        return Belief(self.mean, self.covariance + np.diag(np.square(sds)))


@dataclass(frozen=True, slots=True, eq=False)
class OwnFit:
    """A runner's posterior: coefficients = mean + factor z, z the whitened draws of `posterior`."""

    before: Belief  # from studies and other runners; none of the runner's own runs in it
    posterior: Posterior
    n_segments: int
    n_onsets: float
    first_answer: str | None
    usual_race: str | None

    @property
    def coefficients(self) -> Floats:
        """(n_draws, n_features); what the hazard rests on."""
        return np.asarray(self.before.mean + self.posterior.draws() @ self.before.factor.T)

    @property
    def weights(self) -> Floats:
        """(n_draws,), of sum 1 within rounding."""
        return self.posterior.weights


def own_fit(record: Record, before: Belief, seed: int) -> OwnFit:
    """The posterior of a runner of whom `before` was believed, by importance sampling; same seed, same draws."""
    segments = record.under(before.mean, before.factor)
    return OwnFit(
        before=before,
        posterior=sample_posterior(segments.log_density, segments.components(), before.mean.size, seed),
        n_segments=record.onset.size,
        n_onsets=float(record.onset.sum()),
        first_answer=record.first_answer.answer if record.first_answer else None,
        usual_race=record.usual_race,
    )
