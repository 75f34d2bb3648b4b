"""The likelihood of the segments times the prior, in whitened coordinates z: eta = offset + columns z, z ~ N(0, 1).

log density = sum(y eta - minutes exp(eta)) - z'z/2, plus the term of the first answer. Called by models.fit.hazard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.fit.first_answer import FirstAnswerTerm
from models.fit.posterior import Component

Floats = NDArray[np.float64]

# Numbers per block: a block fits in the cache, and is too small for BLAS to start threads, which would cost more than
# they save (1,200 rows x 1,024 draws: 5 ms in blocks, 50-80 ms at once). einsum never starts threads.
_BLOCK = 20_000
_HIGHEST_ETA = 60.0  # a run of any length has an onset; in single precision exp overflows above 88


@dataclass(frozen=True, slots=True, eq=False)
class SegmentLikelihood:
    """Segments at risk under whitened coefficients; `first_answer` is the runner's term, or None."""

    columns: Floats  # (n_rows, n_dim): design times prior SD
    offset: Floats  # (n_rows,): design times prior mean
    minutes: Floats  # (n_rows,)
    onset: Floats  # (n_rows,)
    first_answer: FirstAnswerTerm | None = None

    def log_density(self, z: Floats) -> Floats:
        """Returns the log density up to a constant: (n_draws, n_dim) -> (n_draws,)."""
        found = self._runs_log_density(z)
        return found + self.first_answer.log_likelihood(z) if self.first_answer else found

    def components(self) -> list[Component]:
        """Returns the components: one where the first answer is noise and, if there is an answer, one where it is right.

        Each component is log-concave.
        """
        components = [Component(self._runs_log_density, self._runs_derivatives)]
        if answer := self.first_answer:
            components.append(
                Component(
                    lambda z: self._runs_log_density(z) + answer.exact_log_likelihood(z),
                    lambda z: _sum_derivatives(self._runs_derivatives(z), answer.exact_derivatives(z)),
                )
            )
        return components

    def _runs_log_density(self, z: Floats) -> Floats:
        rises = z @ (self.columns.T @ self.onset)
        falls = exposure_sums(self.columns, self.offset, self.minutes, z)
        return np.asarray(rises - falls - 0.5 * np.square(z).sum(axis=1))

    def _runs_derivatives(self, z: Floats) -> tuple[Floats, Floats]:
        expected = self.minutes * np.exp(self.columns @ z + self.offset)
        gradient = self.columns.T @ (self.onset - expected) - z
        return gradient, (self.columns.T * expected) @ self.columns + np.eye(z.size)


def exposure_sums(columns: Floats, offset: Floats, minutes: Floats, z: Floats) -> Floats:
    """Returns the sum over rows of minutes * exp(eta) per draw: (n_draws, n_dim) -> (n_draws,).

    Several draws are computed in single precision (six digits), which takes a third of the time: the result only weights
    the draws, which have noise in the second digit. A single point is computed in double precision, for the mode.
    """
    n_rows, n_draws = len(columns), len(z)
    kind = np.dtype(np.float32 if n_draws > 1 else np.float64)
    arrays = (columns.T, offset, minutes, z)
    rows, base, width, points = (array.astype(kind, copy=False) for array in arrays)
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
    """Returns exp(offset + eta), per minute: (n_rows, n_dim), (n_draws, n_dim) -> (n_rows, n_draws)."""
    block = max(1, _BLOCK // len(coefficients))
    found = np.empty((len(design), len(coefficients)))
    for start in range(0, len(design), block):
        np.matmul(design[start : start + block], coefficients.T, out=found[start : start + block])
    found += np.reshape(offset, (-1, 1))
    return np.asarray(np.exp(np.minimum(found, _HIGHEST_ETA, out=found), out=found))


def _sum_derivatives(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return first[0] + second[0], first[1] + second[1]
