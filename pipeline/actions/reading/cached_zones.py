"""A cache of the time zones of places where somebody ran, so that the next run there needs no zone borders. Called by ingest.

`zones.json` in the home folder holds tiles of about 30 km or more, each within one zone; like the weather cells they do not
show a street. It is a file and not a table, so that it can be read while the store is closed. It may be deleted: zones are
then looked up from the borders again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple
from pathlib import Path

from pipeline.files import write_whole
from pipeline.settings import Settings
from pipeline.weather.zones import Tile, ZoneOf, borders, tile_of_place, zone_of_place


@contextmanager
def cached_zones(settings: Settings) -> Iterator[ZoneOf]:
    """A function that returns the zone of a place, from cached tiles or else from the borders. New tiles are saved at the end."""
    path = settings.home / "zones.json"
    tiles = _read_tiles(path)
    before = len(tiles)

    def zone_of(latitude: float, longitude: float) -> str:
        for tile in tiles:
            if tile.holds(latitude, longitude):
                return tile.tz
        if (new_tile := tile_of_place(latitude, longitude)) is not None:
            tiles.append(new_tile)
        return zone_of_place(latitude, longitude)

    yield zone_of
    if len(tiles) > before:
        with suppress(OSError):  # the runs are already stored; the next ingest looks the zones up again
            text = json.dumps({"borders": borders(), "tiles": [astuple(tile) for tile in tiles]})
            write_whole(path, text.encode(), durable=False)


def _read_tiles(path: Path) -> list[Tile]:
    """The cached tiles; none from a file that is missing, made from other borders, or not in our format."""
    try:
        cache = json.loads(path.read_bytes())
        if cache["borders"] != borders():
            return []
        return [Tile(str(tz), *map(float, edges)) for tz, *edges in cache["tiles"]]
    except (OSError, ValueError, TypeError, KeyError):
        return []
