"""The local clock of a run: its zone, how far from UTC, and by which rule we know it.

Called by ingest and by the actions that correct a clock.

Instants stay UTC everywhere; local wall time is only ever derived, here.
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
    """The clock on the wall where the run was.

    `tz` is an IANA name ('Europe/Vienna') or 'UTC+05:30' when only the file's offset is known; `utc_offset_s`
    is its offset at the run's start; `rule` says what told us. `disagrees`: the place's zone and the file's
    own offset differ (a watch not set after a flight); the place is believed.
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
    """The clock of a run that starts at `start_at` (aware): by its place, else its file, else the home zone.

    `file_offset_s` is what the file claims (local minus UTC, seconds); it is rounded to a quarter of an hour,
    and one outside -12 h to +14 h is not believed. An unknown `home_tz` counts as none. `zone_of` may know zones
    of places more quickly than the borders of the world.
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
    """The naive wall time of an aware instant on that clock, in that day's summer time; None without one."""
    if clock.utc_offset_s is None:
        return None
    if clock.rule == "file" or clock.tz is None:
        return instant.astimezone(timezone(timedelta(seconds=clock.utc_offset_s))).replace(tzinfo=None)
    return instant.astimezone(ZoneInfo(clock.tz)).replace(tzinfo=None)


def instant_of(local: datetime, clock: LocalClock) -> datetime | None:
    """The instant (aware, UTC) at which that clock shows a naive wall time, of two the first; None without a clock."""
    if clock.utc_offset_s is None:
        return None
    if clock.rule == "file" or clock.tz is None:
        return local.replace(tzinfo=timezone(timedelta(seconds=clock.utc_offset_s))).astimezone(UTC)
    return local.replace(tzinfo=ZoneInfo(clock.tz)).astimezone(UTC)


def _zone_of_place(latitude: float | None, longitude: float | None, zone_of: ZoneOf) -> str | None:
    """The IANA zone at a position, where this computer knows that zone's clock."""
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
    assert offset is not None  # a ZoneInfo always knows it
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
