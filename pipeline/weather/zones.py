"""The time zone of a place, by tzfpy's borders, and how far around it the answer is the same.

tzfpy answers from an index of tiles wherever one holds the place, and asks its borders elsewhere; both take 70 ms to load. The
tile of a run is all of them that the next run from the same door needs. Called by clock; ingest keeps the tiles.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version

ZoneOf = Callable[[float, float], str]  # latitude and longitude in degrees to an IANA name; '' for none


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle (degrees, at least 0.3 wide) that tzfpy answers with one zone; it never spans the date line."""

    tz: str
    west: float
    south: float
    east: float
    north: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a place lies within; one on the edge is for tzfpy to say."""
        return self.west < longitude < self.east and self.south < latitude < self.north


def zone_of_place(latitude: float, longitude: float) -> str:
    """The IANA zone at a position (degrees); oceans have one too ('Etc/GMT+7', whose sign runs the other way)."""
    from tzfpy import get_tz  # borders of the world: only when a position is looked up

    name: str = get_tz(longitude, latitude)
    return name


def tile_of_place(latitude: float, longitude: float) -> Tile | None:
    """The tile of tzfpy's index that holds a position; None near a border."""
    tiles = _tiles(zone_of_place(latitude, longitude))
    return next((tile for tile in tiles if tile.holds(latitude, longitude)), None)


def borders() -> str:
    """By which borders zones are known here: a tile of others is none."""
    return f"tzfpy {version('tzfpy')}"


@lru_cache(8)
def _tiles(tz: str) -> tuple[Tile, ...]:
    """The tiles of a zone. Where those of two lie over each other, the other's are not looked at: tzfpy said which it is."""
    from tzfpy import get_tz_index_geojson

    try:
        index = json.loads(get_tz_index_geojson(tz))
    except ValueError:  # a small country has none
        return ()
    (country,) = index["features"]
    return tuple(_tile(tz, outline) for (outline,) in country["geometry"]["coordinates"])


def _tile(tz: str, outline: list[list[float]]) -> Tile:
    """`outline` is [[longitude, latitude], ...] around the four corners, the first twice."""
    east_west, north_south = zip(*outline, strict=True)
    return Tile(tz, min(east_west), min(north_south), max(east_west), max(north_south))
