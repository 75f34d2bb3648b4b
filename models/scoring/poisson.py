"""The exact range of a Poisson ratio. Called by models.scoring.calibration and by the actions that score forecasts."""

from __future__ import annotations

from scipy.special import gammaincinv


def poisson_ratio_range(observed: int, expected: float) -> tuple[float, float]:
    """Returns the exact 95 % range of observed / expected (Garwood 1936, the quantiles of a gamma); needs expected > 0."""
    low = float(gammaincinv(observed, 0.025)) if observed else 0.0
    return low / expected, float(gammaincinv(observed + 1, 0.975)) / expected
