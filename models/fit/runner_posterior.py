"""The posterior of one runner: the belief from studies and other runners, updated with the runner's own history.

Called by models.fit.hazard for the fit and when a new run is folded in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.posterior import Posterior, sample_posterior
from models.fit.runner_history import RunnerHistory

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """A normal distribution of coefficients: mean (n_features,), covariance (n_features, n_features)."""

    mean: Floats
    covariance: Floats

    @property
    def factor(self) -> Floats:
        """Lower triangular, factor factor' = covariance."""
        return np.asarray(np.linalg.cholesky(self.covariance))

    def widened(self, sds: Floats) -> Belief:
        """Returns the belief about one runner, who differs from the group by N(0, sds^2), sds (n_features,)."""
        return Belief(self.mean, self.covariance + np.diag(np.square(sds)))


@dataclass(frozen=True, slots=True, eq=False)
class RunnerPosterior:
    """The posterior of a runner: coefficients = mean + factor z; z: the whitened draws of `sample`."""

    before: Belief  # from studies and other runners; contains none of the runner's own runs
    sample: Posterior
    n_segments: int
    n_onsets: float
    first_answer: str | None
    usual_race: str | None

    @property
    def coefficients(self) -> Floats:
        """(n_draws, n_features); every prediction rests on these."""
        return np.asarray(self.before.mean + self.sample.draws() @ self.before.factor.T)

    @property
    def weights(self) -> Floats:
        """(n_draws,), sum 1 within rounding."""
        return self.sample.weights


def sample_runner(history: RunnerHistory, before: Belief, seed: int) -> RunnerPosterior:
    """Returns the posterior of a runner given the belief `before`, by importance sampling; same seed, same draws."""
    segments = history.likelihood_under(before.mean, before.factor)
    return RunnerPosterior(
        before=before,
        sample=sample_posterior(segments.log_density, segments.components(), before.mean.size, seed),
        n_segments=history.onset.size,
        n_onsets=float(history.onset.sum()),
        first_answer=history.first_answer.answer if history.first_answer else None,
        usual_race=history.usual_race,
    )
