"""The posterior of a small model by importance sampling: the mode, t draws around it, their weights.

Coordinates are whitened: the prior is N(0, 1) in each. Knows nothing of cramps; called by models.fit.hazard.
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
LOG2_POINTS = (10, 12)  # 1,024 points; 4,096 when the first are worth under 200
ENOUGH_EFFECTIVE = 200.0
LAST_GAIN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A log-concave piece of a posterior: its log density (up to a constant) and its derivatives."""

    log_density: LogDensity
    derivatives: Derivatives


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Weighted draws. `weights` (n_draws,) summing to 1 within rounding; the draws are made again when asked for.

    `modes` (n_components, n_dim) and `factors` (n_components, n_dim, n_dim; upper, factor'factor = -Hessian
    at the mode) and the seed make the draws: a hundred runners' are not all kept.
    """

    modes: Floats
    factors: Floats
    weights: Floats
    seed: int

    def draws(self) -> Floats:
        """(n_draws, n_dim), whitened."""
        return proposal_draws(self.modes, self.factors, self.weights.size.bit_length() - 1, self.seed)

    @property
    def effective(self) -> float:
        """How many equally weighted draws these are worth."""
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum())


def sample_posterior(log_density: LogDensity, components: Sequence[Component], n_dim: int, seed: int) -> Posterior:
    """The posterior with this log density (up to a constant); same seed, same draws.

    The proposal is an even mixture of a t around the mode of each component, so that a posterior with two
    humps is seen whole; one component is the usual case.
    """
    modes, factors = find_humps(components, np.zeros((len(components), n_dim)))
    for log2_points in LOG2_POINTS:
        draws = proposal_draws(modes, factors, log2_points, seed)
        log_weight = log_density(draws) - proposal_log_density(draws, modes, factors)
        weights = np.exp(log_weight - log_weight.max())
        # Nine decimals, so that what is written as JSON is exactly what was used.
        found = Posterior(modes, factors, np.round(weights / weights.sum(), 9), seed)
        if found.effective >= ENOUGH_EFFECTIVE:
            break
    return found


def find_humps(components: Sequence[Component], starts: Floats, last_gain: float = LAST_GAIN) -> tuple[Floats, Floats]:
    """The modes (n_components, n_dim), sought from `starts` of that shape, and the factors of Posterior."""
    modes = np.stack([find_mode(part, start, last_gain) for part, start in zip(components, starts, strict=True)])
    factors = [cholesky(part.derivatives(mode)[1]) for part, mode in zip(components, modes, strict=True)]
    return modes, np.stack(factors)


def find_mode(part: Component, start: Floats, last_gain: float) -> Floats:
    """The mode (n_dim,) by Newton steps from `start`, each halved until the density rises.

    A step that promises less log density than `last_gain` is the last.
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
        if length <= 1e-9:  # no step rises above rounding: this is the top
            break
        mode = mode + length * step
        value = part.log_density(mode[None, :])[0]
    return mode


def proposal_draws(modes: Floats, factors: Floats, log2_points: int, seed: int) -> Floats:
    """Draws (2^log2_points, n_dim): an equal part around each mode, t with 8 degrees, 1.05 times as wide."""
    parts = np.array_split(standard_t(modes.shape[1], log2_points, seed), len(modes))
    return np.vstack([around(*one) for one in zip(modes, factors, parts, strict=True)])


def around(mode: Floats, factor: Floats, points: Floats) -> Floats:
    """Standard points (n, n_dim) moved to a mode, 1.05 times as wide as its curvature says."""
    return np.asarray(mode + points @ (PROPOSAL_SCALE * np.linalg.inv(factor)).T)


def proposal_log_density(draws: Floats, modes: Floats, factors: Floats) -> Floats:
    """Log density (n_draws,) of the mixture of t's, up to a constant."""
    n_dim = modes.shape[1]
    parts = []
    for mode, factor in zip(modes, factors, strict=True):
        squared = np.square((draws - mode) @ factor.T / PROPOSAL_SCALE).sum(axis=1)
        log_width = np.log(np.diag(factor)).sum()
        parts.append(log_width - 0.5 * (T_DEGREES + n_dim) * np.log1p(squared / T_DEGREES))
    return log_sum_exp(np.stack(parts, axis=1))


def log_sum_exp(values: Floats) -> Floats:
    """log(sum(exp(values))) over the last axis: a tenth of the time of SciPy's on small arrays."""
    highest = values.max(axis=-1)
    return np.asarray(highest + np.log(np.exp(values - highest[..., None]).sum(axis=-1)))


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """The mean over the last axis (n_draws)."""
    return np.asarray(values @ weights / weights.sum())


def weighted_quantile(values: Floats, weights: Floats, q: float) -> float:
    """The q quantile (0..1) of weighted draws (n_draws,): the mean of the quantile function around q.

    F^-1(u) is the lowest draw up to which a share u of the weight lies. Its mean is taken over u = q +- 1 / (2 n),
    n = (sum w)^2 / sum w^2, cut to 0..1; for n equal weights this interpolates linearly between the draws' middles.
    The window does not depend on the draws, so the quantile never falls where no draw falls, however they overtake
    each other. Interpolation between the middles of unequal weights does: by 0.003 of a risk along a run.
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
    """Scrambled Sobol points (n, n_dim) in the unit cube.

    Made beside the main thread, which alone gets Ctrl-C: while SciPy loads its tables (20 ms, at the first points) it
    swallows one, and goes on with tables that are not filled.
    """
    with ThreadPoolExecutor(1) as beside:
        made = beside.submit(lambda: qmc.Sobol(n_dim, scramble=True, rng=seed).random_base2(log2_points))
        points: Floats = made.result()
        return points


@lru_cache(maxsize=8)
def standard_t(n_dim: int, log2_points: int, seed: int) -> Floats:
    """Scrambled Sobol points (n, n_dim) of a standard t: normals over a common root of chi2 / 8."""
    uniform = sobol_points(n_dim + 1, log2_points, seed)
    inside = np.clip(uniform, 1e-10, 1 - 1e-10)
    chi2 = 2.0 * gammaincinv(T_DEGREES / 2.0, inside[:, -1])
    points: Floats = ndtri(inside[:, :-1]) / np.sqrt(chi2 / T_DEGREES)[:, None]
    points.flags.writeable = False
    return points
