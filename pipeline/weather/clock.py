"""The local clock of a run: its time zone, its offset from UTC, and the rule that gave it.

Called by ingest and by the actions that correct a clock. Instants are UTC everywhere; only this module derives local time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.weather.zones import ZoneOf, zone_of_place

Rule = Literal["place", "file", "home", "none"]

QUARTER_S = 900
FURTHEST_WEST_S, FURTHEST_EAST_S = -12 * 3600, 14 * 3600


@dataclass(frozen=True, slots=True)
class LocalClock:
    """The local clock at the place of a run.

    `tz` is an IANA name ('Europe/Vienna'), or 'UTC+05:30' if only the file's offset is known; `utc_offset_s` is the offset
    at the start of the run; `rule` names the source. `disagrees`: the zone of the place and the offset in the file differ
    (a watch that was not set after a flight); the place is used.
    """

    tz: str | None
    utc_offset_s: int | None
    rule: Rule
    disagrees: bool


def local_clock(
    start_at: datetime,
    latitude: float | None,
    longitude: float | None,
    file_offset_s: float | None,
    home_tz: str | None,
    zone_of: ZoneOf = zone_of_place,
) -> LocalClock:
    """Returns the clock of a run that starts at `start_at` (aware): by its place, else its file, else the home zone.

    `file_offset_s` is the offset in the file (local minus UTC, seconds). It is rounded to a quarter of an hour, and ignored
    outside -12 h to +14 h. An unknown `home_tz` counts as none. `zone_of` looks up the zone of a position; a caller may pass
    a faster look-up.
    """
    claimed = _quarter_offset_s(file_offset_s)
    if (place_tz := _zone_of_place(latitude, longitude, zone_of)) is not None:
        offset = _offset_s(place_tz, start_at)
        return LocalClock(place_tz, offset, "place", claimed is not None and claimed != offset)
    if claimed is not None:
        return LocalClock(_offset_name(claimed), claimed, "file", False)
    if home_tz is not None and _is_zone(home_tz):
        return LocalClock(home_tz, _offset_s(home_tz, start_at), "home", False)
    return LocalClock(None, None, "none", False)


def local_time(instant: datetime, clock: LocalClock) -> datetime | None:
    """Returns the naive local time of an aware instant, with the summer time of that day; None without a clock."""
    if clock.utc_offset_s is None:
        return None
    if clock.rule == "file" or clock.tz is None:
        return instant.astimezone(timezone(timedelta(seconds=clock.utc_offset_s))).replace(tzinfo=None)
    return instant.astimezone(ZoneInfo(clock.tz)).replace(tzinfo=None)


def instant_of(local: datetime, clock: LocalClock) -> datetime | None:
    """Returns the instant (aware, UTC) of a naive local time, the first if there are two; None without a clock."""
    if clock.utc_offset_s is None:
        return None
    if clock.rule == "file" or clock.tz is None:
        return local.replace(tzinfo=timezone(timedelta(seconds=clock.utc_offset_s))).astimezone(UTC)
    return local.replace(tzinfo=ZoneInfo(clock.tz)).astimezone(UTC)


def _zone_of_place(latitude: float | None, longitude: float | None, zone_of: ZoneOf) -> str | None:
    """Returns the IANA zone at a position if this computer has the rules of that zone."""
    if latitude is None or longitude is None:
        return None
    name = zone_of(latitude, longitude)
    return name if name and _is_zone(name) else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # ValueError: '../x'; OSError: 'Europe', a folder
        return False
    return True


def _offset_s(tz: str, instant: datetime) -> int:
    offset = instant.astimezone(ZoneInfo(tz)).utcoffset()
    assert offset is not None  # a ZoneInfo always has one
    return int(offset.total_seconds())


def _quarter_offset_s(offset_s: float | None) -> int | None:
    if offset_s is None or not FURTHEST_WEST_S - QUARTER_S < offset_s < FURTHEST_EAST_S + QUARTER_S:
        return None
    rounded = round(offset_s / QUARTER_S) * QUARTER_S
    return rounded if FURTHEST_WEST_S <= rounded <= FURTHEST_EAST_S else None


def _offset_name(offset_s: int) -> str:
    """'UTC+05:30' for 19800."""
    hours, minutes = divmod(abs(offset_s) // 60, 60)
    return f"UTC{'-' if offset_s < 0 else '+'}{hours:02d}:{minutes:02d}"
