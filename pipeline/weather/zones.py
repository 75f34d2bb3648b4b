"""The time zone of a position, from tzfpy, and the tile around it with the same zone.

tzfpy uses an index of tiles where a tile contains the position, and borders elsewhere; loading both takes 70 ms. A run near
an earlier one needs only the tile of that run. Called by clock.py; ingest stores the tiles.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

ZoneOf = Callable[[float, float], str]  # from latitude and longitude in degrees to an IANA name; '' for none


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle (degrees, at least 0.3 wide) that lies in one zone by tzfpy; it never crosses the date line."""

    tz: str
    west: float
    south: float
    east: float
    north: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Returns True if a position lies inside; tzfpy decides for positions on the edge."""
        return self.west < longitude < self.east and self.south < latitude < self.north


def zone_of_place(latitude: float, longitude: float) -> str:
    """Returns the IANA zone at a position (degrees), also on oceans ('Etc/GMT+7' is seven hours behind UTC)."""
    from tzfpy import get_tz  # loads the borders of the world, so only when needed

    name: str = get_tz(longitude, latitude)
    return name


def tile_of_place(latitude: float, longitude: float) -> Tile | None:
    """Returns the tile of tzfpy's index that contains a position; None near a border."""
    tiles = _tiles(zone_of_place(latitude, longitude))
    return next((tile for tile in tiles if tile.holds(latitude, longitude)), None)


def borders() -> str:
    """Returns the version of the borders; tiles of another version are not used."""
    return f"tzfpy {version('tzfpy')}"


@lru_cache(8)
def _tiles(tz: str) -> tuple[Tile, ...]:
    """Returns the tiles of a zone. Where tiles of two zones overlap, tzfpy has already chosen this zone."""
    from tzfpy import get_tz_index_geojson

    try:
        index = json.loads(get_tz_index_geojson(tz))
    except ValueError:  # a small country has none
        return ()
    (country,) = index["features"]
    return tuple(_tile(tz, outline) for (outline,) in country["geometry"]["coordinates"])


def _tile(tz: str, outline: list[list[float]]) -> Tile:
    """Returns a tile. `outline` is [[longitude, latitude], ...] around the four corners, the first corner twice."""
    east_west, north_south = zip(*outline, strict=True)
    return Tile(tz, min(east_west), min(north_south), max(east_west), max(north_south))
