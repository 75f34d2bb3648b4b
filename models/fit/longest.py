"""The longest duration with a risk below a bound, in a given share of the draws. Called by models.fit.hazard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from models.fit.posterior import weighted_quantile

Floats = NDArray[np.float64]


def longest_duration_s(risk: float, exposure: Floats, weights: Floats, minutes: Floats, sure: float) -> float:
    """Returns the duration (s) at which the `sure` quantile (0..1) of the risk since the start reaches `risk` (0..1).

    `exposure` (n_segments, n_draws): minutes exp(eta) of a long run; `minutes` (n_segments,): its segments. The hazard is
    constant within a segment, so expected onsets grow linearly there. Returns the full duration of the run if the risk is
    never reached. Raises ValueError for `risk` or `sure` outside 0..1.
    """
    if not (0 < risk < 1 and 0 < sure < 1):
        raise ValueError(f"risk and sure must lie between 0 and 1, not {risk} and {sure}")
    before = np.zeros(exposure.shape[1])
    for number, segment in enumerate(exposure):
        if _risk_quantile(before + segment, weights, sure) >= risk:
            share = _share_until(risk, before, segment, weights, sure)
            return 60.0 * float(minutes[:number].sum() + share * minutes[number])
        before = before + segment
    return 60.0 * float(minutes.sum())


def _share_until(risk: float, before: Floats, segment: Floats, weights: Floats, sure: float) -> float:
    """Returns the share (0..1) of the segment after which the quantile of the risk reaches `risk`."""
    return float(brentq(lambda share: _risk_quantile(before + share * segment, weights, sure) - risk, 0.0, 1.0))


def _risk_quantile(expected: Floats, weights: Floats, sure: float) -> float:
    """Returns the quantile of the risk from expected onsets per draw (n_draws,), computed as for the risk of a run."""
    return weighted_quantile(-np.expm1(-expected), weights, sure)
