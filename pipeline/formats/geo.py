"""Distance between positions. Called by clean and sport."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)


def step_m(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distance of each position to the one before (haversine), shape (n - 1,); from degrees."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    across = np.sin(np.diff(lat) / 2) ** 2
    along = np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(across + along, 0.0, 1.0))))
