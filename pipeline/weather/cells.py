"""Places on a coarse grid: the 0.1 degree cell of a run, and the weather place that serves it.

Called by the weather actions and by files.py. A cell is about 11 km wide, coarse enough to hide a street.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, floor, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0
MAX_DISTANCE_KM = 30.0  # a service answers with its own grid point, up to about 15 km off; over 30 km it is elsewhere


def cell_of(latitude: float, longitude: float) -> str:
    """The 0.1 degree cell as text, '48.2,16.4': each degree rounded, longitude in [-180, 180), never '-0.0'.

    Raises ValueError for a position that is not on Earth: formats/ removes those before.
    """
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 360.0):
        raise ValueError("a cell needs a latitude of -90 to 90 and a longitude of -360 to 360 degrees")
    tenths_north = floor(latitude * 10.0 + 0.5)
    tenths_east = (floor(longitude * 10.0 + 0.5) + 1800) % 3600 - 1800
    return f"{tenths_north / 10:.1f},{tenths_east / 10:.1f}"


def cell_centre(cell: str) -> tuple[float, float]:
    """Latitude and longitude (degrees) of a cell's middle: '48.2,16.4' -> (48.2, 16.4)."""
    north, east = cell.split(",")
    return float(north), float(east)


def distance_km(latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float) -> float:
    """Kilometres along the great circle between two positions in degrees (haversine, on a sphere)."""
    phi_1, phi_2 = radians(latitude_1), radians(latitude_2)
    half_north = sin((phi_2 - phi_1) / 2.0)
    half_east = sin(radians(longitude_2 - longitude_1) / 2.0)
    chord = half_north**2 + cos(phi_1) * cos(phi_2) * half_east**2
    return 2.0 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def places_near(cell: str, places: Iterable[str], max_km: float = MAX_DISTANCE_KM) -> list[tuple[str, float]]:
    """The places (cells with weather) within `max_km` of the cell's middle with their way in km, nearest first.

    To the metre: of two that are as far, west and east, the name decides and not the last bit of a cosine.
    """
    here = cell_centre(cell)
    away = sorted((round(distance_km(*here, *cell_centre(place)), 3), place) for place in places)
    return [(place, way_km) for way_km, place in away if way_km <= max_km]
