"""What the simulated weather service says: which requests it refuses, and the hours it answers with.

Called by server.py. The weather is a daily wave known beforehand, so that tests can write what they expect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

UNITS = {
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "dew_point_2m": "°C",
    "apparent_temperature": "°C",
    "precipitation": "mm",
    "wind_speed_10m": "km/h",
    "shortwave_radiation": "W/m²",
    "direct_radiation": "W/m²",
    "surface_pressure": "hPa",
}
WIND_UNITS = {"kmh": ("km/h", 3.6), "ms": ("m/s", 1.0)}
FORECAST_WARMER_C = 1.0  # so that a test sees which host an hour came from
GRID_OFF_DEG = 0.03  # the service answers with its own grid point
TERRAIN_M = 200.0  # everywhere, where no elevation is asked for
ARCHIVE_FROM = date(1940, 1, 1)
FORECAST_BACK_DAYS, FORECAST_AHEAD_DAYS = 93, 16


class Refused(Exception):
    """The service's words for a request it cannot mean: status 400."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came over the wire."""

    target: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]

    @property
    def host(self) -> str:
        """'archive' or 'forecast'."""
        return self.path.rpartition("/")[2]

    def numbers(self, name: str) -> list[float]:
        """A parameter's comma list; empty when it is not there."""
        return [float(word) for word in self.params[name].split(",")] if name in self.params else []

    def days(self, name: str) -> list[date]:
        """A parameter's comma list of days."""
        return [date.fromisoformat(word) for word in self.params.get(name, "").split(",") if word]


def temperature_c(hour: datetime, latitude: float) -> float:
    """What the archive says of an hour (UTC): a daily wave of 6 degrees, warmest at 15:00, colder towards the poles."""
    return round(25.0 - abs(latitude) / 5.0 + 6.0 * math.cos((hour.hour - 15) * math.pi / 12.0), 1)


def service_reply(heard: Heard, now: datetime, archive_ends_at: datetime | None) -> Any:
    """The JSON document for a request: an object for one location, else an array. Raises Refused."""
    north, east, elevation = (heard.numbers(name) for name in ("latitude", "longitude", "elevation"))
    first, last = heard.days("start_date"), heard.days("end_date")
    _check(heard, now.date())
    replies = [
        {
            **_place(at, north[at], east[at], elevation[at] if elevation else TERRAIN_M),
            **_hourly(heard, north[at], first[at], last[at], archive_ends_at),
        }
        for at in range(len(north))
    ]
    return replies[0] if len(replies) == 1 else replies


def _check(heard: Heard, today: date) -> None:
    north, east, elevation = (heard.numbers(name) for name in ("latitude", "longitude", "elevation"))
    first, last = heard.days("start_date"), heard.days("end_date")
    if len(north) != len(east):
        raise Refused("Parameter 'latitude' and 'longitude' must have the same number of elements")
    if elevation and len(elevation) != len(north):
        raise Refused("Parameter 'elevation' must have the same number of elements as coordinates")
    if not len(first) == len(last) == len(north):
        raise Refused("Parameter 'start_date' and 'end_date' must have the same number of elements as coordinates")
    if far := [latitude for latitude in north if abs(latitude) > 90.0]:
        raise Refused(f"Latitude must be in range of -90 to 90°. Given: {far[0]}.")
    if unknown := [name for name in heard.params["hourly"].split(",") if name not in UNITS]:
        raise Refused(f"Cannot initialize WeatherVariable from invalid String value {unknown[0]}")
    if "timezone" in heard.params or heard.params.get("timeformat") != "unixtime":
        raise Refused("this simulated service knows unixtime without a timezone only")
    for name, days in (("start_date", first), ("end_date", last)):
        for day in days:
            _check_day(heard.host, name, day, today)


def _check_day(host: str, name: str, day: date, today: date) -> None:
    start = ARCHIVE_FROM if host == "archive" else today - timedelta(days=FORECAST_BACK_DAYS)
    end = today + timedelta(days=1 if host == "archive" else FORECAST_AHEAD_DAYS)
    if not start <= day <= end:
        raise Refused(f"Parameter '{name}' is out of allowed range from {start} to {end}")


def _place(at: int, north: float, east: float, elevation_m: float) -> dict[str, Any]:
    return {
        "latitude": min(90.0, round(north + GRID_OFF_DEG, 2)),
        "longitude": round(east + GRID_OFF_DEG, 2),
        "generationtime_ms": 0.5,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        **({"elevation": elevation_m} if math.isfinite(elevation_m) else {}),
        **({"location_id": at} if at else {}),
    }


def _hourly(heard: Heard, north: float, first: date, last: date, archive_ends_at: datetime | None) -> dict[str, Any]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    hours = [start + timedelta(hours=hour) for hour in range(24 * ((last - first).days + 1))]
    names = heard.params["hourly"].split(",")
    wind_unit, wind_factor = WIND_UNITS[heard.params.get("wind_speed_unit", "kmh")]
    ends_at = archive_ends_at if heard.host == "archive" else None

    def value(name: str, hour: datetime) -> float | None:
        if ends_at is not None and hour > ends_at:
            return None
        return _value(heard.host, name, hour, north) * (wind_factor if name == "wind_speed_10m" else 1.0)

    return {
        "hourly_units": {"time": "unixtime", **{name: UNITS[name] for name in names}, "wind_speed_10m": wind_unit},
        "hourly": {
            "time": [int(hour.timestamp()) for hour in hours],
            **{name: [value(name, hour) for hour in hours] for name in names},
        },
    }


def _value(host: str, name: str, hour: datetime, north: float) -> float:
    """The value of one of the service's variables, possible and without surprises."""
    warm_c = temperature_c(hour, north) + (FORECAST_WARMER_C if host == "forecast" else 0.0)
    daylight = max(0.0, math.sin((hour.hour - 6) * math.pi / 12.0))
    return {
        "temperature_2m": round(warm_c, 1),
        "relative_humidity_2m": 60.0,
        "dew_point_2m": round(warm_c - 8.0, 1),
        "apparent_temperature": round(warm_c - 1.0, 1),
        "precipitation": 0.0,
        "wind_speed_10m": 2.5,
        "shortwave_radiation": round(700.0 * daylight, 1),
        "direct_radiation": round(500.0 * daylight, 1),
        "surface_pressure": 990.0,
    }[name]
