"""What one runner's record says about the group's coefficients, the runner's own part averaged out. For models.fit.pooled.

With beta fixed and own parts b = own_sds u, u ~ N(0, 1) on the columns that differ between runners,
    l(beta) = log integral exp(sum(y eta - minutes exp(eta)) + log P(first answer)) N(b; 0, own_sds^2) db.
The integral is taken over a few points around the mode of u, weighted by importance (docs/method.md#how-it-is-fitted).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.fit.likelihood import SegmentLikelihood, hazards
from models.fit.posterior import PROPOSAL_SCALE, around, find_humps, log_sum_exp, sobol_points
from models.fit.runner_history import Record

Floats = NDArray[np.float64]

LOG2_PAIRS = 5  # 32 points and their mirror images around each mode
NEAR_ENOUGH = 1e-3  # the points need not stand exactly around the mode: their weights make up for it


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A runner's say at one beta.

    `score` (n_features,) is dl/dbeta; `information` (n_features, n_features) the positive semidefinite Schur
    complement A - B C^-1 B' of the expected curvature, near -d2l/dbeta2; `own_mean`, `own_variance` (n_own,) of b;
    `modes` (n_humps, n_own) of u, from which the next round starts.
    """

    score: Floats
    information: Floats
    own_mean: Floats
    own_variance: Floats
    modes: Floats


def take_site(record: Record, beta: Floats, own_sds: Floats, start: Floats | None, seed: int) -> Site:
    """The runner's site at beta (n_features,), own_sds (n_features,), zero where no runner differs."""
    differs = own_sds > 0
    factor = np.diag(own_sds)[:, differs]
    segments = record.under(beta, factor)
    parts = segments.components()
    starts = np.zeros((len(parts), factor.shape[1])) if start is None else start
    modes, factors = find_humps(parts, starts, NEAR_ENOUGH)
    points = mirrored_points(factor.shape[1], seed)
    draws = np.vstack([around(mode, root, points) for mode, root in zip(modes, factors, strict=True)])
    weights, expected = _weighed(segments, draws, _log_normals(draws, modes, factors))
    score = record.design.T @ (record.onset - expected)
    curvature = (record.design.T * expected) @ record.design
    if answer := record.first_answer:
        more_score, more_curvature = answer.average_derivatives(beta + draws @ factor.T, weights)
        score, curvature = score + more_score, curvature + more_curvature
    mean = weights @ draws
    return Site(
        score=score,
        information=schur(curvature, own_sds),
        own_mean=own_sds[differs] * mean,
        own_variance=np.square(own_sds[differs]) * (weights @ np.square(draws - mean)),
        modes=modes,
    )


def _weighed(segments: SegmentLikelihood, draws: Floats, log_proposal: Floats) -> tuple[Floats, Floats]:
    """Weights (n_draws,) of sum 1, and each segment's expected onsets (n_rows,), averaged over the draws."""
    exposure = segments.minutes[:, None] * hazards(segments.columns, draws, segments.offset)
    log_density = (
        draws @ (segments.onset @ segments.columns) - exposure.sum(axis=0) - 0.5 * np.square(draws).sum(axis=1)
    )
    if segments.first_answer:
        log_density = log_density + segments.first_answer.log_likelihood(draws)
    weights = np.exp(log_density - log_proposal - (log_density - log_proposal).max())
    weights /= weights.sum()
    return weights, exposure @ weights


def schur(curvature: Floats, own_sds: Floats) -> Floats:
    """What curvature (n_features, n_features) is left for beta when the own parts may answer for it."""
    differs = own_sds > 0
    across = curvature[:, differs]
    own = curvature[np.ix_(differs, differs)] + np.diag(own_sds[differs] ** -2.0)
    return curvature - across @ np.linalg.solve(own, across.T)


def _log_normals(draws: Floats, modes: Floats, factors: Floats) -> Floats:
    """Log density (n_draws,), up to a constant, of the even mixture of normals the draws come from."""
    parts = [
        np.log(np.diag(factor)).sum() - 0.5 * np.square((draws - mode) @ factor.T / PROPOSAL_SCALE).sum(axis=1)
        for mode, factor in zip(modes, factors, strict=True)
    ]
    return log_sum_exp(np.stack(parts, axis=1))


@lru_cache(maxsize=8)
def mirrored_points(n_dim: int, seed: int) -> Floats:
    """Standard normal points (64, n_dim), each with its mirror image, stretched to covariance 1.

    Unstretched, so few points have a covariance of their own, and the SDs between runners follow it; from one seed
    to the next they then vary seven times as much.
    """
    half = ndtri(np.clip(sobol_points(n_dim, LOG2_PAIRS, seed), 1e-10, 1 - 1e-10))
    points = np.vstack([half, -half])
    stretched: Floats = points @ np.linalg.inv(np.linalg.cholesky(points.T @ points / len(points))).T
    stretched.flags.writeable = False
    return stretched
