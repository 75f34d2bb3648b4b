"""The time zones of places where somebody ran before, so that the next run there needs no borders. Called by ingest.

`zones.json` in the home folder holds tiles about 30 km wide or more, each within one zone; like a cell of the ledger they are too
coarse for a street. A file and no table: it takes no visit to the store, and may be lost: the borders are asked again.
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
def known_zones(settings: Settings) -> Iterator[ZoneOf]:
    """Inside, zones by the tiles that are known and by the borders; at the end the tiles that came are kept."""
    kept = settings.home / "zones.json"
    tiles = _read(kept)
    before = len(tiles)

    def zone_of(latitude: float, longitude: float) -> str:
        for tile in tiles:
            if tile.holds(latitude, longitude):
                return tile.tz
        if (here := tile_of_place(latitude, longitude)) is not None:
            tiles.append(here)
        return zone_of_place(latitude, longitude)

    yield zone_of
    if len(tiles) > before:
        with suppress(OSError):  # the runs are stored by now; the borders will be asked again
            text = json.dumps({"borders": borders(), "tiles": [astuple(tile) for tile in tiles]})
            write_whole(kept, text.encode(), durable=False)


def _read(kept: Path) -> list[Tile]:
    """The tiles that are known; none from a file that is missing, of other borders, or not as we wrote it."""
    try:
        known = json.loads(kept.read_bytes())
        if known["borders"] != borders():
            return []
        return [Tile(str(tz), *map(float, edges)) for tz, *edges in known["tiles"]]
    except (OSError, ValueError, TypeError, KeyError):
        return []
