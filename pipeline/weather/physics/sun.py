"""The position of the sun: the cosine of its zenith angle by NOAA's formulas, for arrays of instants.

Geometric (no refraction); accurate to about 0.02 degrees between 1900 and 2100. Called by heat.py and radiation.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Instants = NDArray[np.datetime64]
Floats = NDArray[np.float64]

_J2000 = np.datetime64("2000-01-01T12:00:00", "ms")
_DAY = np.timedelta64(86_400_000, "ms")


def cos_zenith(instant_at: Instants, latitude: float, longitude: float) -> Floats:
    """Returns the cosine of the sun's zenith angle (sine of its elevation), shape of `instant_at` (UTC); < 0 at night.

    Source: NOAA Global Monitoring Laboratory, "Solar Calculation Details" (after Meeus 1991).
    """
    days = (instant_at - _J2000) / _DAY
    declination, equation_of_time_min = _declination_and_equation_of_time(days)
    minutes_of_day = (days + 0.5) % 1.0 * 1440.0  # J2000 days begin at noon
    hour_angle = np.radians((minutes_of_day + equation_of_time_min + 4.0 * longitude) / 4.0 - 180.0)
    phi = np.radians(latitude)
    cosine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.clip(cosine, -1.0, 1.0), dtype=np.float64)


def _declination_and_equation_of_time(days: Floats) -> tuple[Floats, Floats]:
    """Returns the sun's declination (radians) and the equation of time (minutes) at `days` since J2000."""
    t = days / 36525.0
    mean_longitude = np.radians((280.46646 + t * (36000.76983 + t * 0.0003032)) % 360.0)
    anomaly = np.radians(357.52911 + t * (35999.05029 - 0.0001537 * t))
    eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    centre = np.radians(
        np.sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t))
        + np.sin(2.0 * anomaly) * (0.019993 - 0.000101 * t)
        + np.sin(3.0 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * t)
    longitude = mean_longitude + centre - np.radians(0.00569 + 0.00478 * np.sin(node))
    obliquity = np.radians(23.439291 - 0.0130042 * t + 0.00256 * np.cos(node))
    y = np.tan(obliquity / 2.0) ** 2
    equation_of_time = (
        y * np.sin(2.0 * mean_longitude)
        - 2.0 * eccentricity * np.sin(anomaly)
        + 4.0 * eccentricity * y * np.sin(anomaly) * np.cos(2.0 * mean_longitude)
        - 0.5 * y * y * np.sin(4.0 * mean_longitude)
        - 1.25 * eccentricity * eccentricity * np.sin(2.0 * anomaly)
    )
    return np.arcsin(np.sin(obliquity) * np.sin(longitude)), 4.0 * np.degrees(equation_of_time)
