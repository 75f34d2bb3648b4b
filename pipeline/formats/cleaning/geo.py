"""Distances between positions, and which sensor fields may contain a position. Called by cleaning and the readers."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

_PLACE = re.compile(
    r"(?:(?<![a-z])l|(?<=[a-z])L)(?:at|ong?|ng)(?![a-z])|lat-?itude|long-?itude|(?<![a-z])pos(?![a-z])|position|coord"
)
EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)


def step_m(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle metres from each position to the next (haversine), shape (n - 1,). Inputs in degrees."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    across = np.sin(np.diff(lat) / 2) ** 2
    along = np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(across + along, 0.0, 1.0))))


def is_place(name: str, unit: str | None = None) -> bool:
    """Return True if a sensor field may reveal a position: 'startLat', 'end_lng', anything in semicircles."""
    return bool(_PLACE.search(name) or _PLACE.search(name.lower())) or "semicircle" in (unit or "").lower()
