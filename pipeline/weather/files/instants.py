"""The UTC time of each row of a weather file. Called by the readers of tables and of replies.

The service applies one offset to the whole file and ignores summer time (open-meteo#1255), so the rules of the zone must
not be used. Of an offset of 9:30 it really applies only 9:00: it reads hours at the whole hours of the offset, but labels
them with the full offset (`hourlyRead` and `hourlyDisplay` in its ForecastapiQuery.swift). A recorded reply of a winter in
Adelaide confirms it: only then does evaporation follow the sun.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

HOUR_S = 3600
EARLIEST_S, LATEST_S = -2_208_988_800, 7_258_118_400  # 1900 and 2200


def whole_hours_s(utc_offset_s: int) -> int:
    """Returns the part of an offset that the service applies: whole hours, cut towards zero (-12,600: -10,800)."""
    return int(utc_offset_s / HOUR_S) * HOUR_S


def seconds_of_label(text: str, utc_offset_s: int) -> int:
    """Returns the Unix seconds of a local label like '2025-01-10T00:00' in a file with that offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return _possible(int(moment.timestamp()))
    return _possible(int(moment.replace(tzinfo=UTC).timestamp()) - whole_hours_s(utc_offset_s))


def seconds_of_unixtime(seconds: int, utc_offset_s: int) -> int:
    """Returns the Unix seconds of a label in Unix seconds, which is wrong by the minutes of the offset."""
    return _possible(seconds + utc_offset_s - whole_hours_s(utc_offset_s))


def as_instants(unix_seconds: list[int]) -> NDArray[np.datetime64]:
    """Returns datetime64[s], UTC, shape (n,)."""
    return np.array(unix_seconds, dtype=np.int64).astype("datetime64[s]")


def _possible(unix_seconds: int) -> int:
    """Returns the same number. Raises ValueError outside of 1900 to 2200."""
    if not EARLIEST_S <= unix_seconds <= LATEST_S:
        raise ValueError("a weather hour must lie between 1900 and 2200")
    return unix_seconds
