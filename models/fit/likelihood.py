"""The segments' likelihood with the prior, in whitened coordinates z: eta = offset + columns z, z ~ N(0, 1).

log density = sum(y eta - minutes exp(eta)) - z'z/2, and the first answer's term. Called by models.fit.hazard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.first_answer import FirstAnswer
from models.fit.posterior import Component

Floats = NDArray[np.float64]

# Numbers a block: they stay in the cache, and below the size from which BLAS starts threads that cost more
# than they save (1,200 rows x 1,024 draws: 5 ms against 50-80 ms in one piece); einsum starts none at all.
_BLOCK = 20_000
_HIGHEST_ETA = 60.0  # a hazard no run survives; in single precision exp overflows past 88


@dataclass(frozen=True, slots=True, eq=False)
class SegmentLikelihood:
    """Segments at risk under whitened coefficients; `first_answer` is the runner's, or None."""

    columns: Floats  # (n_rows, n_dim): design times prior SD
    offset: Floats  # (n_rows,): design times prior mean
    minutes: Floats  # (n_rows,)
    onset: Floats  # (n_rows,)
    first_answer: FirstAnswer | None = None

    def log_density(self, z: Floats) -> Floats:
        """(n_draws, n_dim) -> (n_draws,), up to a constant."""
        found = self._runs_log_density(z)
        return found + self.first_answer.log_likelihood(z) if self.first_answer else found

    def components(self) -> list[Component]:
        """The humps: the first answer was noise; where there is one, it was right. Each is log-concave."""
        humps = [Component(self._runs_log_density, self._runs_derivatives)]
        if answer := self.first_answer:
            humps.append(
                Component(
                    lambda z: self._runs_log_density(z) + answer.meant_log_likelihood(z),
                    lambda z: _added(self._runs_derivatives(z), answer.meant_derivatives(z)),
                )
            )
        return humps

    def _runs_log_density(self, z: Floats) -> Floats:
        rises = z @ (self.columns.T @ self.onset)
        falls = exposure_sums(self.columns, self.offset, self.minutes, z)
        return np.asarray(rises - falls - 0.5 * np.square(z).sum(axis=1))

    def _runs_derivatives(self, z: Floats) -> tuple[Floats, Floats]:
        expected = self.minutes * np.exp(self.columns @ z + self.offset)
        gradient = self.columns.T @ (self.onset - expected) - z
        return gradient, (self.columns.T * expected) @ self.columns + np.eye(z.size)


def exposure_sums(columns: Floats, offset: Floats, minutes: Floats, z: Floats) -> Floats:
    """sum over rows of minutes * exp(eta) for each draw: (n_draws, n_dim) -> (n_draws,).

    Of many draws with six digits, in a third of the time: it weighs them, and their own noise is in the second digit. A
    single point is exact, for the mode.
    """
    n_rows, n_draws = len(columns), len(z)
    kind = np.dtype(np.float32 if n_draws > 1 else np.float64)
    rows, base, width, points = (one.astype(kind, copy=False) for one in (columns.T, offset, minutes, z))
    block = max(1, _BLOCK // max(n_rows, 1))
    found, eta = np.empty(n_draws, dtype=kind), np.empty((block, n_rows), dtype=kind)
    for start in range(0, n_draws, block):
        part = eta[: min(block, n_draws - start)]
        np.matmul(points[start : start + block], rows, out=part)
        part += base
        np.exp(np.minimum(part, _HIGHEST_ETA, out=part), out=part)
        np.einsum("ij,j->i", part, width, out=found[start : start + block])
    return found.astype(np.float64)


def hazards(design: Floats, coefficients: Floats, offset: Floats | float = 0.0) -> Floats:
    """exp(offset + eta), per minute: (n_rows, n_dim), (n_draws, n_dim) -> (n_rows, n_draws)."""
    block = max(1, _BLOCK // len(coefficients))
    found = np.empty((len(design), len(coefficients)))
    for start in range(0, len(design), block):
        np.matmul(design[start : start + block], coefficients.T, out=found[start : start + block])
    found += np.reshape(offset, (-1, 1))
    return np.asarray(np.exp(np.minimum(found, _HIGHEST_ETA, out=found), out=found))


def _added(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return one[0] + other[0], one[1] + other[1]
