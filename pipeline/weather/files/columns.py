"""Maps the weather service's variables to our names and units, and defines plausible limits. For the readers of files."""

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

# Open-Meteo's names, with older spellings: the service still accepts those and replies with the requested spelling.
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
        "mp/h": _times(0.44704),  # the service's spelling of miles per hour
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
    """Returns `values` of one of our columns in the unit of the column's name.

    Raises FileRefused for an unknown or missing unit, and for a temperature in °C that can only be °F.
    """
    conversions = UNITS[column]
    if unit not in conversions:
        found = f"the unit '{unit}'" if unit else "no unit"
        raise FileRefused(
            "weather_unit", f"{column} comes with {found}", f"download it again in {' or '.join(conversions)}"
        )
    if unit == "°C" and np.any(values > HOTTEST_C):
        raise FileRefused(
            "weather_unit",
            f"{column} is up to {np.nanmax(values):.0f} °C, which is not plausible for air",
            "if the file is in °F, its header must say °F",
        )
    return conversions[unit](values)


@dataclass(frozen=True, slots=True)
class Limit:
    """A value outside of `low`..`high` is an error and becomes NaN; other values are clipped to `clip_low`..`clip_high`.

    Correct files contain a radiation of -0.2 and a humidity of 101 %: those are clipped.
    """

    low: float
    high: float
    clip_low: float = -np.inf
    clip_high: float = np.inf


DARKEST_WM2 = -10.0  # at night a pyranometer reads a few watts too low because it cools; lower values are errors

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
DEW_POINT_SLACK_C = 0.5  # rounding can put a dew point slightly above the temperature


def within_limits(columns: Columns) -> tuple[Columns, list[ParseNote]]:
    """Returns the columns with NaN for implausible values, and a note per column that had some.

    Raises FileRefused if the humidity is a fraction.
    """
    humidity = columns.get("rel_humidity_pct")
    if humidity is not None and np.any(humidity > 0.0) and np.nanmax(humidity) <= 1.0:
        raise FileRefused(
            "weather_unit",
            "relative humidity is never above 1",
            "write it in percent (0 to 100), not as a fraction",
        )
    plausible: Columns = {}
    notes = []
    for name, values in columns.items():
        plausible[name], n_removed = _within(values, LIMITS[name])
        if name == "dew_point_c" and "air_temp_c" in columns:
            over = plausible[name] > columns["air_temp_c"] + DEW_POINT_SLACK_C
            plausible[name], n_removed = np.where(over, np.nan, plausible[name]), n_removed + int(over.sum())
        if n_removed:
            notes.append(ParseNote("weather_implausible", f"{name} not plausible, left out", n_removed))
    return plausible, notes


def _within(values: Floats, limit: Limit) -> tuple[Floats, int]:
    """Returns values inside the limit, clipped, NaN for the others; and the number of those."""
    outside = (values < limit.low) | (values > limit.high)
    return np.where(outside, np.nan, np.clip(values, limit.clip_low, limit.clip_high)), int(outside.sum())
