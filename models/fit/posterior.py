"""The posterior of a small model by importance sampling: the mode, t-distributed draws around it, their weights.

Coordinates are whitened: the prior of each is N(0, 1). Nothing here is specific to cramps. Called by models.fit.hazard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, cholesky
from scipy.special import gammaincinv, ndtri
from scipy.stats import qmc

Floats = NDArray[np.float64]
LogDensity = Callable[[Floats], Floats]  # (n_draws, n_dim) -> (n_draws,)
Derivatives = Callable[[Floats], tuple[Floats, Floats]]  # (n_dim,) -> gradient, positive definite -Hessian

T_DEGREES = 8.0
PROPOSAL_SCALE = 1.05
LOG2_POINTS = (10, 12)  # 1,024 points; 4,096 if the first have an effective size under 200
ENOUGH_EFFECTIVE = 200.0
LAST_GAIN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A log-concave component of a posterior: its log density (up to a constant) and its derivatives."""

    log_density: LogDensity
    derivatives: Derivatives


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Weighted draws. `weights` (n_draws,) sum to 1 within rounding; `draws` computes the draws at each call.

    `modes` (n_components, n_dim), `factors` (n_components, n_dim, n_dim; upper, factor'factor = -Hessian at the mode) and
    the seed reproduce the draws, so that those of a hundred runners need no memory.
    """

    modes: Floats
    factors: Floats
    weights: Floats
    seed: int

    def draws(self) -> Floats:
        """Returns the draws (n_draws, n_dim), whitened."""
        return proposal_draws(self.modes, self.factors, self.weights.size.bit_length() - 1, self.seed)

    @property
    def effective(self) -> float:
        """The effective sample size."""
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum())


def sample_posterior(log_density: LogDensity, components: Sequence[Component], n_dim: int, seed: int) -> Posterior:
    """Returns the posterior with this log density (up to a constant); same seed, same draws.

    The proposal is an even mixture of t distributions, one around the mode of each component, so that it covers a posterior
    with two modes. Usually there is one component.
    """
    modes, factors = find_modes(components, np.zeros((len(components), n_dim)))
    for log2_points in LOG2_POINTS:
        draws = proposal_draws(modes, factors, log2_points, seed)
        log_weight = log_density(draws) - proposal_log_density(draws, modes, factors)
        weights = np.exp(log_weight - log_weight.max())
        # Nine decimals: the weights written as JSON are exactly those used.
        found = Posterior(modes, factors, np.round(weights / weights.sum(), 9), seed)
        if found.effective >= ENOUGH_EFFECTIVE:
            break
    return found


def find_modes(components: Sequence[Component], starts: Floats, last_gain: float = LAST_GAIN) -> tuple[Floats, Floats]:
    """Returns the modes (n_components, n_dim), searched from `starts` of that shape, and the factors as in Posterior."""
    modes = np.stack([find_mode(part, start, last_gain) for part, start in zip(components, starts, strict=True)])
    factors = [cholesky(part.derivatives(mode)[1]) for part, mode in zip(components, modes, strict=True)]
    return modes, np.stack(factors)


def find_mode(part: Component, start: Floats, last_gain: float) -> Floats:
    """Returns the mode (n_dim,) by Newton steps from `start`; each step is halved until the density rises.

    The last step is the first with an expected gain of log density under `last_gain`.
    """
    mode = start
    value = part.log_density(mode[None, :])[0]
    for _ in range(200):
        gradient, curvature = part.derivatives(mode)
        step = cho_solve((cholesky(curvature), False), gradient)
        if gradient @ step < last_gain:
            return np.asarray(mode + step)
        length = 1.0
        while length > 1e-9 and not part.log_density((mode + length * step)[None, :])[0] > value:
            length /= 2.0
        if length <= 1e-9:  # no step gains more than rounding: this is the mode
            break
        mode = mode + length * step
        value = part.log_density(mode[None, :])[0]
    return mode


def proposal_draws(modes: Floats, factors: Floats, log2_points: int, seed: int) -> Floats:
    """Returns draws (2^log2_points, n_dim): equally many around each mode, t with 8 degrees of freedom, scaled by 1.05."""
    parts = np.array_split(standard_t(modes.shape[1], log2_points, seed), len(modes))
    return np.vstack([around(mode, factor, part) for mode, factor, part in zip(modes, factors, parts, strict=True)])


def around(mode: Floats, factor: Floats, points: Floats) -> Floats:
    """Returns standard points (n, n_dim) moved to a mode and scaled to 1.05 times the width of its curvature."""
    return np.asarray(mode + points @ (PROPOSAL_SCALE * np.linalg.inv(factor)).T)


def proposal_log_density(draws: Floats, modes: Floats, factors: Floats) -> Floats:
    """Returns the log density (n_draws,) of the mixture of t distributions, up to a constant."""
    n_dim = modes.shape[1]
    parts = []
    for mode, factor in zip(modes, factors, strict=True):
        squared = np.square((draws - mode) @ factor.T / PROPOSAL_SCALE).sum(axis=1)
        log_width = np.log(np.diag(factor)).sum()
        parts.append(log_width - 0.5 * (T_DEGREES + n_dim) * np.log1p(squared / T_DEGREES))
    return log_sum_exp(np.stack(parts, axis=1))


def log_sum_exp(values: Floats) -> Floats:
    """Returns log(sum(exp(values))) over the last axis; on small arrays ten times as fast as SciPy's."""
    highest = values.max(axis=-1)
    return np.asarray(highest + np.log(np.exp(values - highest[..., None]).sum(axis=-1)))


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Returns the weighted mean over the last axis (n_draws)."""
    return np.asarray(values @ weights / weights.sum())


def weighted_quantile(values: Floats, weights: Floats, q: float) -> float:
    """Returns the q quantile (0..1) of weighted draws (n_draws,): the mean of the quantile function around q.

    F^-1(u) is the lowest draw up to which a share u of the weight lies. Its mean is taken over u = q +- 1 / (2 n),
    n = (sum w)^2 / sum w^2, cut to 0..1; for n equal weights this interpolates linearly between the middles of the draws.
    The window does not depend on the draws. So the quantile never falls if no draw falls, even if their order changes.
    Interpolation between the middles of unequal weights can fall: by 0.003 of a risk along a run.
    """
    order = np.argsort(values)
    ascending, sorted_weights = values[order], weights[order]
    total = sorted_weights.sum()
    half_width = 0.5 * np.square(sorted_weights).sum() / total**2
    window = np.clip([q - half_width, q + half_width], 0.0, 1.0) * total
    until = np.clip(np.cumsum(sorted_weights), *window)
    share = np.diff(until, prepend=window[0])
    inside = share > 0
    within, shares = ascending[inside], share[inside]
    return float(np.clip(within @ shares / shares.sum(), within[0], within[-1]))  # against the last bit's rounding


def sobol_points(n_dim: int, log2_points: int, seed: int) -> Floats:
    """Returns scrambled Sobol points (n, n_dim) in the unit cube.

    They are made in another thread, because only the main thread gets Ctrl-C: while SciPy loads its tables (20 ms, at the
    first call), it would swallow a Ctrl-C and continue with unfilled tables.
    """
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(lambda: qmc.Sobol(n_dim, scramble=True, rng=seed).random_base2(log2_points))
        points: Floats = future.result()
        return points


@lru_cache(maxsize=8)
def standard_t(n_dim: int, log2_points: int, seed: int) -> Floats:
    """Returns scrambled Sobol points (n, n_dim) of a standard t: normals divided by a common sqrt(chi2 / 8)."""
    uniform = sobol_points(n_dim + 1, log2_points, seed)
    inside = np.clip(uniform, 1e-10, 1 - 1e-10)
    chi2 = 2.0 * gammaincinv(T_DEGREES / 2.0, inside[:, -1])
    points: Floats = ndtri(inside[:, :-1]) / np.sqrt(chi2 / T_DEGREES)[:, None]
    points.flags.writeable = False
    return points
