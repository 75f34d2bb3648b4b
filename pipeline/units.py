"""Units and how people write them: durations, pace, temperature, angles. Pure functions, no I/O."""

from __future__ import annotations

import re

from pipeline.errors import WrongInput

SEMICIRCLE_DEG = 180.0 / 2**31  # FIT positions are 32-bit fractions of half a turn

_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,3}):(\d{2})(?:\.\d+)?$")
_MINUTES = re.compile(r"^(\d+(?:\.\d+)?)\s*(?:m|min)$")
_HOURS = re.compile(r"^(\d+(?:\.\d+)?)\s*h(?:\s*(\d{1,2})\s*(?:m|min)?)?$")


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


def pace_s_per_km(speed_ms: float) -> float:
    """Seconds per kilometre at a speed in m/s."""
    return 1000.0 / speed_ms


def format_pace(speed_ms: float) -> str:
    """'5:12 /km' at a speed in m/s."""
    pace = round(pace_s_per_km(speed_ms))
    return f"{pace // 60}:{pace % 60:02d} /km"
