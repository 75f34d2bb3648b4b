"""Why the risk of a plan differs from that of a usual run: the exact contribution of each factor to the difference.

H = sum(minutes exp(eta)) is the expected number of onsets in a run, P = 1 - exp(-H). For every draw of the posterior
    log H(plan) - log H(reference) = sum of the contributions of all factors.
Step 1, duration: the reference under its own conditions, extended to the length of the plan, minus the reference.
Step 2, the other factors: on the segments of the plan, eta moves in a straight line from the conditions of the reference
to those of the plan. A factor with the columns k contributes
    sum over k of the integral of sum_r share_r (x_rk - x'_rk) theta_k,
where share_r is the share of segment r in H at that point of the line. This is not SHAP. A factor with a constant
difference along the run contributes its coefficient times that difference. Called by models.fit.hazard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.design import COVARIATE_COLUMNS, Prior, design_matrix
from models.fit.likelihood import hazards
from models.fit.posterior import weighted_mean, weighted_quantile

Floats = NDArray[np.float64]

DURATION = "duration"
# Factors in a runner's terms, and the columns of each. The columns of duration are not listed.
FACTORS = {
    "longest run lately": ("log_habit", "beyond_longest"),
    "heat": ("heat",),
    "pace": ("pace",),
    "race": ("race",),
    "time of day": ("hour_sin", "hour_cos", "morning"),
    "load": ("load",),
    "descent": ("descent",),
}
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True, slots=True, eq=False)
class Contribution:
    """One factor's part of log H(plan) - log H(reference): mean, 90 % range, P(> 0), and the draws (n_draws,).

    The factor multiplies the expected onsets by exp(mean).
    """

    factor: str
    mean: float
    low: float
    high: float
    positive: float
    draws: Floats = field(repr=False)

    @classmethod
    def of(cls, factor: str, draws: Floats, weights: Floats) -> Contribution:
        low, high = (weighted_quantile(draws, weights, q) for q in (0.05, 0.95))
        positive = float(weights[draws > 0].sum() / weights.sum())
        return cls(factor, float(weighted_mean(draws, weights)), low, high, positive, draws)


def contributions(
    plan: pl.DataFrame, reference: pl.DataFrame, priors: Sequence[Prior], coefficients: Floats, weights: Floats
) -> list[Contribution]:
    """Returns duration and those FACTORS that the priors have columns for, in this order.

    `coefficients` (n_draws, n_features), `weights` (n_draws,). Raises ValueError if a run has 0 minutes.
    """
    extended = extend_reference(reference, plan)
    minutes, usual_minutes = (run["minutes"].to_numpy().astype(np.float64) for run in (plan, reference))
    if not (minutes.sum() > 0 and usual_minutes.sum() > 0):
        raise ValueError("a run of 0 minutes has no risk to compare")
    end, start, usual = (design_matrix(run, priors) for run in (plan, extended, reference))
    longer = _log_expected(minutes, start, coefficients) - _log_expected(usual_minutes, usual, coefficients)
    by_column = _column_contributions(minutes, start, end, coefficients)
    names = [prior.column for prior in priors]
    found = [Contribution.of(DURATION, longer, weights)]
    for factor, columns in FACTORS.items():
        indices = [names.index(column) for column in columns if column in names]
        if indices:
            found.append(Contribution.of(factor, by_column[:, indices].sum(axis=1), weights))
    return found


def extend_reference(reference: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """Returns the segments of the plan under the conditions of the reference.

    Beyond the end of the reference its last conditions stay. Only descent continues at the rate of the reference: a longer
    run of the usual kind also descends more.
    """
    start_s, usual_s = (run["moving_start_s"].cast(pl.Float64).to_numpy() for run in (plan, reference))
    index = np.clip(np.searchsorted(usual_s, start_s, side="right") - 1, 0, usual_s.size - 1)
    beyond = np.maximum(start_s / max(float(usual_s[-1]), 1.0), 1.0)
    conditions = reference[index].select("race", *COVARIATE_COLUMNS)
    return plan.with_columns(conditions.get_columns()).with_columns(pl.col("descent_so_far_m") * pl.Series(beyond))


def _log_expected(minutes: Floats, design: Floats, coefficients: Floats) -> Floats:
    """Returns log H, (n_draws,)."""
    return np.asarray(np.log(minutes @ hazards(design, coefficients)))


def _column_contributions(minutes: Floats, start: Floats, end: Floats, coefficients: Floats) -> Floats:
    """Returns each column's contribution (n_draws, n_features) along the line from `start` to `end` (Gauss-Legendre)."""
    change, found = end - start, np.zeros_like(coefficients)
    if not change.any():
        return found
    for node, weight in zip((1 + _NODES) / 2, _NODE_WEIGHTS / 2, strict=True):
        expected = minutes[:, None] * hazards(start + node * change, coefficients)
        found += weight * ((expected / expected.sum(axis=0)).T @ change)
    return found * coefficients
