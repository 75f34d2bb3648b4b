"""Positions on a coarse grid: the 0.1 degree cell of a run, and the places with weather near it.

Called by pipeline.weather and the weather actions. A cell is about 11 km wide, coarse enough to hide a street.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, floor, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0
MAX_DISTANCE_KM = 30.0  # a service answers for its own grid point, up to about 15 km away; over 30 km is another place


def cell_of(latitude: float, longitude: float) -> str:
    """Returns the 0.1 degree cell as text, '48.2,16.4': rounded degrees, longitude in [-180, 180), never '-0.0'.

    Raises ValueError for a position that is not on Earth; pipeline.formats removes those earlier.
    """
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
        raise ValueError("a cell needs a latitude of -90 to 90 and a longitude of -360 to 360 degrees")
    tenths_north = floor(latitude * 10.0 + 0.5)
    tenths_east = (floor(longitude * 10.0 + 0.5) + 1800) % 3600 - 1800
    return f"{tenths_north / 10:.1f},{tenths_east / 10:.1f}"


def cell_centre(cell: str) -> tuple[float, float]:
    """Returns latitude and longitude (degrees) of the centre of a cell: '48.2,16.4' -> (48.2, 16.4)."""
    north, east = cell.split(",")
    return float(north), float(east)


def distance_km(latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float) -> float:
    """Returns the great-circle distance (km) between two positions in degrees (haversine, on a sphere)."""
    phi_1, phi_2 = radians(latitude_1), radians(latitude_2)
    half_north = sin((phi_2 - phi_1) / 2.0)
    half_east = sin(radians(longitude_2 - longitude_1) / 2.0)
    chord = half_north**2 + cos(phi_1) * cos(phi_2) * half_east**2
    return 2.0 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def places_near(cell: str, places: Iterable[str], max_km: float = MAX_DISTANCE_KM) -> list[tuple[str, float]]:
    """Returns the places (cells with weather) within `max_km` of the cell's centre with their distance (km), nearest first.

    Distances are rounded to the metre, so that equal distances are ordered by name and not by rounding errors.
    """
    centre = cell_centre(cell)
    by_distance = sorted((round(distance_km(*centre, *cell_centre(place)), 3), place) for place in places)
    return [(place, km) for km, place in by_distance if km <= max_km]
