"""Weather at one moment, looked up the slow way: by hand over plain hours. The reference for segment_weather.

What runs carried themselves is not here: test_carried has its own. Nor is the choice of segments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import acos, cos, floor, radians, sin

HOUR = timedelta(hours=1)
WIDEST_KM = 30.0
STRAIGHT = ("air_temp_c", "rel_humidity_pct", "dew_point_c", "wind_ms", "pressure_hpa", "wbgt_c")
SUNNY = ("shortwave_wm2", "direct_wm2")
Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Place:
    """What is known at one place (degrees, of whole tenths), by full hour in UTC; a missing hour is no key."""

    latitude: float
    longitude: float
    provider: str
    hours: Mapping[datetime, Values]

    @property
    def cell(self) -> str:
        """The name of the place in the store; 180 degrees east are 180 west."""
        return f"{self.latitude:.1f},{-180.0 if self.longitude == 180.0 else self.longitude:.1f}"


@dataclass(frozen=True, slots=True)
class Found:
    """The weather of a moment, and of which place."""

    cell: str | None
    provider: str | None
    values: dict[str, float | None]


def weather_at(at: datetime, latitude: float, longitude: float, places: list[Place], *, simulated: bool) -> Found:
    """The weather at a position (degrees) as the nearest place within 30 km has it that knows both hours around `at`."""
    north, east = _tenth(latitude), _tenth(longitude)
    away = [(_way_km(north, east, place.latitude, place.longitude), place) for place in places]
    near = [(km, place.cell, _believed(place, simulated)) for km, place in away if km <= WIDEST_KM]
    if not near:
        return Found(None, None, dict.fromkeys((*STRAIGHT, *SUNNY, "precip_mm")))
    _, cell, place = min(near, key=lambda one: (*_lacks(one[2], at), one[0], one[1]))
    values = {name: _straight(place, name, at) for name in STRAIGHT}
    values |= {name: _centred(place, name, at) for name in SUNNY}
    values["precip_mm"] = _value(place, _hour(at) + HOUR, "precip_mm")
    return Found(cell, place.provider if _hour(at) in place.hours else None, values)


def _tenth(degrees: float) -> float:
    return floor(degrees * 10 + 0.5) / 10


def _way_km(north_1: float, east_1: float, north_2: float, east_2: float) -> float:
    """By the angle between two directions from the middle of the earth, to the metre: east and west are as far."""
    phi_1, phi_2, turn = radians(north_1), radians(north_2), radians(east_2 - east_1)
    cosine = sin(phi_1) * sin(phi_2) + cos(phi_1) * cos(phi_2) * cos(turn)
    return round(6371.0 * acos(max(-1.0, min(1.0, cosine))), 3)


def _believed(place: Place, simulated: bool) -> Place:
    """Nobody ran in simulated weather but simulated runners."""
    if place.provider == "simulated" and not simulated:
        return Place(place.latitude, place.longitude, place.provider, {})
    return place


def _lacks(place: Place, at: datetime) -> tuple[bool, bool]:
    return _straight(place, "air_temp_c", at) is None, _straight(place, "wbgt_c", at) is None


def _hour(at: datetime) -> datetime:
    """The full hour that `at` lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


def _value(place: Place, hour: datetime, name: str) -> float | None:
    return place.hours[hour].get(name) if hour in place.hours else None


def _straight(place: Place, name: str, at: datetime) -> float | None:
    """What is of the instant of an hour."""
    hour = _hour(at)
    return _between(_value(place, hour, name), _value(place, hour + HOUR, name), (at - hour) / HOUR)


def _centred(place: Place, name: str, at: datetime) -> float | None:
    """What is written at an hour but is the mean of the hour before, and so of half an hour before."""
    centre = _hour(at - HOUR / 2) + HOUR / 2
    written = centre + HOUR / 2
    return _between(_value(place, written, name), _value(place, written + HOUR, name), (at - centre) / HOUR)


def _between(before: float | None, after: float | None, share: float) -> float | None:
    return None if before is None or after is None else before * (1 - share) + after * share
