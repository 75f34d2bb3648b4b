"""Parses and formats durations, distances, paces, temperatures and counts. Pure functions, no I/O.

All values are stored in SI units. `Units` are the units a user reads; only displayed values are converted here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.errors import WrongInput

SEMICIRCLE_DEG = 180.0 / 2**31  # FIT positions are 32-bit fractions of half a turn
KM_M, MILE_M = 1000.0, 1609.344

_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.\d+)?$")
_MINUTES = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:m|min)$")
_HOURS = re.compile(r"^(\d+(?:\.\d+)?)\s*h(?:\s*(\d{1,2})\s*(?:m|min)?)?$")


@dataclass(frozen=True, slots=True)
class Units:
    """The units that a user reads: `distance` is km or miles, `temperature` C or F."""

    distance: str = "km"
    temperature: str = "C"


METRIC = Units()


def parse_duration_s(text: str) -> float:
    """Returns the seconds of '2:21:10' (h:mm:ss), '141m', '2h', '2h 21' or '3:00' (h:mm).

    Two numbers are hours and minutes. Raises WrongInput with the valid forms.
    """
    lower = text.strip().lower()
    if match := _CLOCK.match(lower):
        first, middle, last = match.groups()
        if first is None:
            return int(middle) * 3600.0 + int(last) * 60.0
        if int(middle) < 60 and int(last) < 60:
            return int(first) * 3600.0 + int(middle) * 60.0 + int(last)
    if match := _MINUTES.match(lower):
        return float(match.group(1)) * 60.0
    if match := _HOURS.match(lower):
        return float(match.group(1)) * 3600.0 + int(match.group(2) or 0) * 60.0
    raise WrongInput(f"'{text}' is not a duration", "write 2:21:10 (h:mm:ss), 3:00 (h:mm), 141m or 2h")


def format_duration(seconds: float) -> str:
    """Returns '2:21:10' or '0:47:03', rounded to the second."""
    rounded = round(seconds)
    return f"{rounded // 3600}:{rounded % 3600 // 60:02d}:{rounded % 60:02d}"


def format_hours(seconds: float) -> str:
    """Returns '2 h 20', '45 min' or '3 h', as a runner would say it."""
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def in_distance_unit(metres: float, units: Units) -> float:
    """Returns kilometres or miles."""
    return metres / (MILE_M if units.distance == "miles" else KM_M)


def in_temperature_unit(temp_c: float, units: Units) -> float:
    """Returns degrees Celsius or Fahrenheit."""
    return temp_c * 1.8 + 32 if units.temperature == "F" else temp_c


def celsius(temp: float, units: Units) -> float:
    """Returns degrees Celsius of a temperature in the displayed unit: for ticks and steps that are round in that unit."""
    return (temp - 32) / 1.8 if units.temperature == "F" else temp


def format_distance(metres: float, units: Units, digits: int = 1) -> str:
    """Returns '12.3 km' or '7.6 miles'."""
    return f"{in_distance_unit(metres, units):.{digits}f} {units.distance}"


def format_mark(metres: float, units: Units) -> str:
    """Returns 'km 25.1' or 'mile 15.6': a point of a run, in the form that `--at` accepts."""
    name = "mile" if units.distance == "miles" else "km"
    return f"{name} {in_distance_unit(metres, units):.1f}"


def format_pace(speed_ms: float, units: Units) -> str:
    """Returns '5:12 /km' or '8:22 /mile' at a speed in m/s."""
    metres, name = (MILE_M, "mile") if units.distance == "miles" else (KM_M, "km")
    pace_s = round(metres / speed_ms)
    return f"{pace_s // 60}:{pace_s % 60:02d} /{name}"


def format_speed(speed_ms: float, units: Units) -> str:
    """Returns '24.1 km/h' or '15.0 mph'."""
    name = "mph" if units.distance == "miles" else "km/h"
    return f"{in_distance_unit(speed_ms * 3600, units):.1f} {name}"


def format_temperature(temp_c: float, units: Units) -> str:
    """Returns '24 °C' or '75 °F', in whole degrees."""
    return f"{round(in_temperature_unit(temp_c, units))} °{units.temperature}"


def short_id(run_id: str) -> str:
    """Returns the first seven characters of an id, as it is displayed and may be typed."""
    return run_id[:7]


def plural(count: int, singular: str, many: str | None = None) -> str:
    """Returns '1 cramp', '9 cramps', '1,204 runs'."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"
