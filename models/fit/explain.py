"""Why a plan's risk is higher or lower than a usual run's: each factor's share of the difference, exact.

H = sum(minutes exp(eta)) is what is expected of a run, P = 1 - exp(-H). For every draw of the posterior
    log H(plan) - log H(reference) = sum over factors of their contributions.
Duration first: the reference's conditions carried on to the plan's length against the reference. Then on the
plan's own segments eta moves in a straight line from the reference's conditions to the plan's, and a factor gets
    sum over its columns k of the integral of sum_r share_r (x_rk - x'_rk) theta_k,
share_r being segment r's part of H on the way: its terms weighted by hazard. No SHAP; where a factor is the same
all along the run, its contribution is its coefficient times the difference. Called by models.fit.hazard.
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
# What a runner understands, and the columns that carry it besides duration's own.
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
    """A factor's part of log H(plan) - log H(reference): mean, 90 % range, P(> 0); its draws (n_draws,).

    exp(mean) is how many times as high the factor makes the expected onsets.
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
    """Duration and the FACTORS the priors hold, in this order; `coefficients` (n_draws, n_features).

    Raises ValueError for a run without a minute.
    """
    carried = carried_on(reference, plan)
    minutes, usual_minutes = (run["minutes"].to_numpy().astype(np.float64) for run in (plan, reference))
    if not (minutes.sum() > 0 and usual_minutes.sum() > 0):
        raise ValueError("a run without a minute has no risk to compare")
    here, there, usual = (design_matrix(run, priors) for run in (plan, carried, reference))
    longer = _log_expected(minutes, there, coefficients) - _log_expected(usual_minutes, usual, coefficients)
    by_column = _along_the_way(minutes, here, there, coefficients)
    names = [prior.column for prior in priors]
    found = [Contribution.of(DURATION, longer, weights)]
    for factor, columns in FACTORS.items():
        places = [names.index(column) for column in columns if column in names]
        if places:
            found.append(Contribution.of(factor, by_column[:, places].sum(axis=1), weights))
    return found


def carried_on(reference: pl.DataFrame, plan: pl.DataFrame) -> pl.DataFrame:
    """The plan's segments under the reference's conditions, its last ones held beyond its end.

    Descent goes on at the reference's rate: a longer run of the usual kind also descends more.
    """
    start_s, usual_s = (run["moving_start_s"].cast(pl.Float64).to_numpy() for run in (plan, reference))
    place = np.clip(np.searchsorted(usual_s, start_s, side="right") - 1, 0, usual_s.size - 1)
    beyond = np.maximum(start_s / max(float(usual_s[-1]), 1.0), 1.0)
    held = reference[place].select("race", *COVARIATE_COLUMNS)
    return plan.with_columns(held.get_columns()).with_columns(pl.col("descent_so_far_m") * pl.Series(beyond))


def _log_expected(minutes: Floats, design: Floats, coefficients: Floats) -> Floats:
    """log H, (n_draws,)."""
    return np.asarray(np.log(minutes @ hazards(design, coefficients)))


def _along_the_way(minutes: Floats, here: Floats, there: Floats, coefficients: Floats) -> Floats:
    """Each column's contribution (n_draws, n_features) on the line from `there` to `here`, by Gauss-Legendre."""
    change, found = here - there, np.zeros_like(coefficients)
    if not change.any():
        return found
    for node, weight in zip((1 + _NODES) / 2, _NODE_WEIGHTS / 2, strict=True):
        expected = minutes[:, None] * hazards(there + node * change, coefficients)
        found += weight * ((expected / expected.sum(axis=0)).T @ change)
    return found * coefficients
