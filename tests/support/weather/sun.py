"""The sun's elevation, from the cosine that the product computes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.weather.physics.sun import cos_zenith


def solar_elevation_deg(instant_at: NDArray[np.datetime64], latitude: float, longitude: float) -> NDArray[np.float64]:
    """Degrees of the sun's centre above the horizon, without refraction, shape of `instant_at` (UTC)."""
    return np.degrees(np.arcsin(cos_zenith(instant_at, latitude, longitude)))
