"""The service's variables in our names and units, and what weather can be. For the readers of files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.schema import ParseNote

Floats = NDArray[np.float64]
Columns = dict[str, Floats]
Conversion = Callable[[Floats], Floats]

# Open-Meteo's names, the older spellings too: it still accepts them and answers with what was asked.
SERVICE_NAMES = {
    "temperature_2m": "air_temp_c",
    "relative_humidity_2m": "rel_humidity_pct",
    "relativehumidity_2m": "rel_humidity_pct",
    "dew_point_2m": "dew_point_c",
    "dewpoint_2m": "dew_point_c",
    "wind_speed_10m": "wind_ms",
    "windspeed_10m": "wind_ms",
    "shortwave_radiation": "shortwave_wm2",
    "direct_radiation": "direct_wm2",
    "precipitation": "precip_mm",
    "surface_pressure": "pressure_hpa",
}


def _times(factor: float) -> Conversion:
    return lambda values: values * factor


_TEMPERATURES: dict[str, Conversion] = {"°C": _times(1.0), "°F": lambda values: (values - 32.0) / 1.8}
_RADIATIONS = {"W/m²": _times(1.0), "W/m2": _times(1.0)}
UNITS: dict[str, dict[str, Conversion]] = {
    "air_temp_c": _TEMPERATURES,
    "dew_point_c": _TEMPERATURES,
    "rel_humidity_pct": {"%": _times(1.0)},
    "wind_ms": {
        "m/s": _times(1.0),
        "km/h": _times(1.0 / 3.6),
        "mp/h": _times(0.44704),  # so the service spells miles per hour
        "mph": _times(0.44704),
        "kn": _times(1852.0 / 3600.0),
    },
    "shortwave_wm2": _RADIATIONS,
    "direct_wm2": _RADIATIONS,
    "precip_mm": {"mm": _times(1.0), "inch": _times(25.4)},
    "pressure_hpa": {"hPa": _times(1.0), "Pa": _times(0.01)},
}

HOTTEST_C = 60.0


def in_our_unit(column: str, unit: str | None, values: Floats) -> Floats:
    """`values` of one of our columns in the unit of its name.

    Raises FileRefused for a unit we do not know or that is not said, and for a temperature in °C that can
    only be °F.
    """
    known = UNITS[column]
    if unit not in known:
        said = f"the unit '{unit}'" if unit else "no unit"
        raise FileRefused("weather_unit", f"{column} comes with {said}", f"download it again in {' or '.join(known)}")
    if unit == "°C" and np.any(values > HOTTEST_C):
        raise FileRefused(
            "weather_unit",
            f"{column} goes to {np.nanmax(values):.0f}, which no air reaches in °C",
            "if the file is in °F, its header must say so",
        )
    return known[unit](values)


@dataclass(frozen=True, slots=True)
class Limit:
    """Beyond low and high a value is an error and becomes unknown; others are clipped to the other two.

    Sound files do hold a radiation of -0.2 and a humidity of 101 %: those are clipped.
    """

    low: float
    high: float
    clip_low: float = -np.inf
    clip_high: float = np.inf


DARKEST_WM2 = -10.0  # a pyranometer's own cooling reads a few watts too low by night; what is lower is no sunshine

LIMITS = {
    "air_temp_c": Limit(-60.0, HOTTEST_C),
    "rel_humidity_pct": Limit(0.0, 105.0, clip_high=100.0),
    "dew_point_c": Limit(-100.0, 40.0),
    "wind_ms": Limit(0.0, 60.0),
    "shortwave_wm2": Limit(DARKEST_WM2, 1400.0, clip_low=0.0),
    "direct_wm2": Limit(DARKEST_WM2, 1400.0, clip_low=0.0),
    "precip_mm": Limit(0.0, 500.0),
    "pressure_hpa": Limit(300.0, 1100.0),
}
DEW_POINT_SLACK_C = 0.5  # rounding lets a dew point stand a little over the temperature


def within_limits(columns: Columns) -> tuple[Columns, list[ParseNote]]:
    """The columns with impossible values unknown, and a note for each column that had some.

    Raises FileRefused when the humidity is written as a fraction.
    """
    humidity = columns.get("rel_humidity_pct")
    if humidity is not None and np.any(humidity > 0.0) and np.nanmax(humidity) <= 1.0:
        raise FileRefused(
            "weather_unit",
            "relative humidity never passes 1",
            "write it in percent (0 to 100), not as a fraction",
        )
    kept: Columns = {}
    notes = []
    for name, values in columns.items():
        kept[name], out = _kept(values, LIMITS[name])
        if name == "dew_point_c" and "air_temp_c" in columns:
            over = kept[name] > columns["air_temp_c"] + DEW_POINT_SLACK_C
            kept[name], out = np.where(over, np.nan, kept[name]), out + int(over.sum())
        if out:
            notes.append(ParseNote("weather_implausible", f"{name} outside what weather can be, left out", out))
    return kept, notes


def _kept(values: Floats, limit: Limit) -> tuple[Floats, int]:
    """Values inside the limit, clipped, NaN for the others; and how many were taken out."""
    outside = (values < limit.low) | (values > limit.high)
    return np.where(outside, np.nan, np.clip(values, limit.clip_low, limit.clip_high)), int(outside.sum())
