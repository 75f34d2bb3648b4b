"""One runner's marginal likelihood of the group's coefficients: the runner's deviation is integrated out.

With beta fixed and the deviation b = sds_between u, u ~ N(0, 1) on the columns that differ between runners,
    l(beta) = log integral exp(sum(y eta - minutes exp(eta)) + log P(first answer)) N(b; 0, sds_between^2) db.
The integral is computed by importance sampling with a few points around the mode of u
(docs/method.md#how-it-is-fitted). Called by models.fit.pooled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.fit.likelihood import SegmentLikelihood, hazards
from models.fit.posterior import PROPOSAL_SCALE, around, find_modes, log_sum_exp, sobol_points
from models.fit.runner_history import RunnerHistory

Floats = NDArray[np.float64]

LOG2_PAIRS = 5  # 32 points and their mirror images around each mode
NEAR_ENOUGH = 1e-3  # the points need not lie exactly around the mode: their weights correct for it


@dataclass(frozen=True, slots=True, eq=False)
class MarginalTerm:
    """One runner's term of the log likelihood at one beta.

    `score` (n_features,) is dl/dbeta. `information` (n_features, n_features) is the positive semidefinite Schur complement
    A - B C^-1 B' of the expected curvature, close to -d2l/dbeta2. `deviation_mean` and `deviation_variance` (n_differing,)
    are those of b. `modes` (n_components, n_differing) are those of u; the next round starts from them.
    """

    score: Floats
    information: Floats
    deviation_mean: Floats
    deviation_variance: Floats
    modes: Floats


def marginal_term(
    history: RunnerHistory, beta: Floats, sds_between: Floats, start: Floats | None, seed: int
) -> MarginalTerm:
    """Returns the runner's term at beta (n_features,); sds_between (n_features,) is 0 where runners do not differ."""
    differs = sds_between > 0
    factor = np.diag(sds_between)[:, differs]
    segments = history.likelihood_under(beta, factor)
    components = segments.components()
    starts = np.zeros((len(components), factor.shape[1])) if start is None else start
    modes, factors = find_modes(components, starts, NEAR_ENOUGH)
    points = mirrored_points(factor.shape[1], seed)
    draws = np.vstack([around(mode, root, points) for mode, root in zip(modes, factors, strict=True)])
    weights, expected = _importance_weights(segments, draws, _log_normals(draws, modes, factors))
    score = history.design.T @ (history.onset - expected)
    curvature = (history.design.T * expected) @ history.design
    if answer := history.first_answer:
        more_score, more_curvature = answer.average_derivatives(beta + draws @ factor.T, weights)
        score, curvature = score + more_score, curvature + more_curvature
    mean = weights @ draws
    return MarginalTerm(
        score=score,
        information=schur(curvature, sds_between),
        deviation_mean=sds_between[differs] * mean,
        deviation_variance=np.square(sds_between[differs]) * (weights @ np.square(draws - mean)),
        modes=modes,
    )


def _importance_weights(segments: SegmentLikelihood, draws: Floats, log_proposal: Floats) -> tuple[Floats, Floats]:
    """Returns weights (n_draws,) with sum 1, and the mean expected onsets per segment (n_rows,)."""
    exposure = segments.minutes[:, None] * hazards(segments.columns, draws, segments.offset)
    log_density = (
        draws @ (segments.onset @ segments.columns) - exposure.sum(axis=0) - 0.5 * np.square(draws).sum(axis=1)
    )
    if segments.first_answer:
        log_density = log_density + segments.first_answer.log_likelihood(draws)
    weights = np.exp(log_density - log_proposal - (log_density - log_proposal).max())
    weights /= weights.sum()
    return weights, exposure @ weights


def schur(curvature: Floats, sds_between: Floats) -> Floats:
    """Returns the curvature (n_features, n_features) that remains for beta when the deviations are integrated out."""
    differs = sds_between > 0
    across = curvature[:, differs]
    within = curvature[np.ix_(differs, differs)] + np.diag(sds_between[differs] ** -2.0)
    return curvature - across @ np.linalg.solve(within, across.T)


def _log_normals(draws: Floats, modes: Floats, factors: Floats) -> Floats:
    """Returns the log density (n_draws,), up to a constant, of the even mixture of normals that the draws come from."""
    parts = [
        np.log(np.diag(factor)).sum() - 0.5 * np.square((draws - mode) @ factor.T / PROPOSAL_SCALE).sum(axis=1)
        for mode, factor in zip(modes, factors, strict=True)
    ]
    return log_sum_exp(np.stack(parts, axis=1))


@lru_cache(maxsize=8)
def mirrored_points(n_dim: int, seed: int) -> Floats:
    """Returns standard normal points (64, n_dim), each with its mirror image, scaled to covariance 1.

    Without scaling, the covariance of so few points differs from 1 by chance, and the SDs between runners follow it: they
    vary seven times as much between seeds.
    """
    half = ndtri(np.clip(sobol_points(n_dim, LOG2_PAIRS, seed), 1e-10, 1 - 1e-10))
    points = np.vstack([half, -half])
    stretched: Floats = points @ np.linalg.inv(np.linalg.cholesky(points.T @ points / len(points))).T
    stretched.flags.writeable = False
    return stretched
