"""Units and how people write them: durations, distance, pace, temperature, angles. Pure functions, no I/O.

Everything is kept in SI; `Units` says how one person wants to read it, and only what is shown passes through here.
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
    """How one person reads numbers: `distance` is km or miles, `temperature` C or F."""

    distance: str = "km"
    temperature: str = "C"


METRIC = Units()


def parse_duration_s(text: str) -> float:
    """Seconds from '2:21:10' (h:mm:ss), '141m', '2h', '2h 21' or '3:00' (h:mm).

    Two numbers are hours and minutes, as on a race clock. Raises WrongInput with the forms that work.
    """
    word = text.strip().lower()
    if match := _CLOCK.match(word):
        first, middle, last = match.groups()
        if first is None:
            return int(middle) * 3600.0 + int(last) * 60.0
        if int(middle) < 60 and int(last) < 60:
            return int(first) * 3600.0 + int(middle) * 60.0 + int(last)
    if match := _MINUTES.match(word):
        return float(match.group(1)) * 60.0
    if match := _HOURS.match(word):
        return float(match.group(1)) * 3600.0 + int(match.group(2) or 0) * 60.0
    raise WrongInput(f"'{text}' is not a duration", "write 2:21:10 (h:mm:ss), 3:00 (h:mm), 141m or 2h")


def format_duration(seconds: float) -> str:
    """'2:21:10' or '0:47:03', rounded to the second."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def format_hours(seconds: float) -> str:
    """'2 h 20', '45 min' or '3 h': the way a runner says a duration."""
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def in_distance_unit(metres: float, units: Units) -> float:
    """Kilometres or miles."""
    return metres / (MILE_M if units.distance == "miles" else KM_M)


def in_temperature_unit(temp_c: float, units: Units) -> float:
    """Degrees Celsius or Fahrenheit."""
    return temp_c * 1.8 + 32 if units.temperature == "F" else temp_c


def celsius(temp: float, units: Units) -> float:
    """Degrees Celsius of a temperature in the shown unit: for ticks and steps that are round there."""
    return (temp - 32) / 1.8 if units.temperature == "F" else temp


def format_distance(metres: float, units: Units, digits: int = 1) -> str:
    """'12.3 km' or '7.6 miles'."""
    return f"{in_distance_unit(metres, units):.{digits}f} {units.distance}"


def format_mark(metres: float, units: Units) -> str:
    """'km 25.1' or 'mile 15.6': a place along a run, in the words `--at` takes."""
    name = "mile" if units.distance == "miles" else "km"
    return f"{name} {in_distance_unit(metres, units):.1f}"


def format_pace(speed_ms: float, units: Units) -> str:
    """'5:12 /km' or '8:22 /mile' at a speed in m/s."""
    metres, name = (MILE_M, "mile") if units.distance == "miles" else (KM_M, "km")
    pace_s = round(metres / speed_ms)
    return f"{pace_s // 60}:{pace_s % 60:02d} /{name}"


def format_speed(speed_ms: float, units: Units) -> str:
    """'24.1 km/h' or '15.0 mph'."""
    name = "mph" if units.distance == "miles" else "km/h"
    return f"{in_distance_unit(speed_ms * 3600, units):.1f} {name}"


def format_temperature(temp_c: float, units: Units) -> str:
    """'24 °C' or '75 °F', in whole degrees."""
    return f"{round(in_temperature_unit(temp_c, units))} °{units.temperature}"


def short_id(run_id: str) -> str:
    """An id as it is shown and may be typed: its first seven letters."""
    return run_id[:7]


def plural(count: int, singular: str, many: str | None = None) -> str:
    """'1 cramp', '9 cramps', '1,204 runs'."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"
