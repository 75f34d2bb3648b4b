"""When a row of a weather file was, in UTC. Called by the readers of tables and of replies.

The service applies one offset to the whole file, whatever the zone's summer time (open-meteo#1255), so the
zone's rules must not be used. And of an offset of 9:30 only 9:00 is true: it reads its hours at the offset's
whole hours and labels them with all of it (`hourlyRead` and `hourlyDisplay` in its ForecastapiQuery.swift; in
a recorded reply of Adelaide's winter, evaporation keeps step with the sun when read that way, else not).
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

HOUR_S = 3600
EARLIEST_S, LATEST_S = -2_208_988_800, 7_258_118_400  # 1900 and 2200


def whole_hours_s(utc_offset_s: int) -> int:
    """The part of an offset the service really applies: whole hours, cut towards zero (-12,600: -10,800)."""
    return int(utc_offset_s / HOUR_S) * HOUR_S


def seconds_of_label(text: str, utc_offset_s: int) -> int:
    """Unix seconds of a local label like '2025-01-10T00:00' in a file with that offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return _possible(int(moment.timestamp()))
    return _possible(int(moment.replace(tzinfo=UTC).timestamp()) - whole_hours_s(utc_offset_s))


def seconds_of_unixtime(seconds: int, utc_offset_s: int) -> int:
    """Unix seconds of a label in unix seconds: UTC but shifted by what is no whole hour of the offset."""
    return _possible(seconds + utc_offset_s - whole_hours_s(utc_offset_s))


def as_instants(unix_seconds: list[int]) -> NDArray[np.datetime64]:
    """datetime64[s], UTC, shape (n,)."""
    return np.array(unix_seconds, dtype=np.int64).astype("datetime64[s]")


def _possible(unix_seconds: int) -> int:
    """The same number. Raises ValueError for a year of which nobody has hourly weather."""
    if not EARLIEST_S <= unix_seconds <= LATEST_S:
        raise ValueError("a weather hour lies between 1900 and 2200")
    return unix_seconds
