"""Time zones by place: a tile answers for every place in it as the borders do, and what is kept of tiles is checked."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from pipeline.actions.reading.cached_zones import cached_zones
from pipeline.settings import Settings
from pipeline.weather.zones import Tile, borders, tile_of_place, zone_of_place

VIENNA, GRAZ, BASEL, URUMQI = (48.2, 16.37), (47.07, 15.44), (47.56, 7.59), (43.83, 87.6)
WRONG = ["Asia/Tokyo", 16.0, 48.0, 17.0, 49.0]


@pytest.mark.parametrize("place", [VIENNA, GRAZ, URUMQI, (40.7, -74.0), (-22.9, -43.2), (30.0, -30.0)])
def test_every_place_of_a_tile_has_its_zone(place: tuple[float, float]) -> None:
    tile = tile_of_place(*place)
    assert tile is not None
    assert tile.holds(*place)
    shares = [(number + 0.5) / 40 for number in range(40)]
    norths = [tile.south + share * (tile.north - tile.south) for share in shares]
    easts = [tile.west + share * (tile.east - tile.west) for share in shares]
    assert {zone_of_place(north, east) for north, east in product(norths, easts)} == {tile.tz}


def test_a_tile_shows_no_street() -> None:
    tile = tile_of_place(*VIENNA)
    assert tile is not None
    assert tile.east - tile.west > 0.3
    assert tile.north - tile.south > 0.2


def test_a_place_near_a_border_has_no_tile() -> None:
    assert zone_of_place(*BASEL) == "Europe/Zurich"
    assert tile_of_place(*BASEL) is None


def test_a_country_too_small_for_a_tile_has_none() -> None:
    assert zone_of_place(43.7384, 7.4246) == "Europe/Monaco"
    assert tile_of_place(43.7384, 7.4246) is None


def test_a_place_on_the_edge_is_for_the_borders_to_say() -> None:
    tile = Tile("Europe/Vienna", 16.0, 48.0, 17.0, 49.0)
    assert tile.holds(48.5, 16.5)
    assert not any(tile.holds(*edge) for edge in ((48.0, 16.5), (49.0, 16.5), (48.5, 16.0), (48.5, 17.0)))


def test_a_tile_is_kept_for_its_owner_alone_and_a_border_is_not(tmp_path: Path) -> None:
    with cached_zones(Settings(tmp_path)) as zone_of:
        assert [zone_of(*VIENNA), zone_of(48.1, 16.3), zone_of(*BASEL)] == [
            "Europe/Vienna",
            "Europe/Vienna",
            "Europe/Zurich",
        ]
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [tile[0] for tile in json.loads(kept.read_text())["tiles"]] == ["Europe/Vienna"]


def test_a_kept_tile_is_what_answers(tmp_path: Path) -> None:
    write(tmp_path, {"borders": borders(), "tiles": [WRONG]})
    with cached_zones(Settings(tmp_path)) as zone_of:
        assert zone_of(*VIENNA) == "Asia/Tokyo"
        assert zone_of(*GRAZ) == "Europe/Vienna"


def test_tiles_of_other_borders_are_not_believed(tmp_path: Path) -> None:
    write(tmp_path, {"borders": "tzfpy 0.1", "tiles": [WRONG]})
    with cached_zones(Settings(tmp_path)) as zone_of:
        assert zone_of(*VIENNA) == "Europe/Vienna"
    assert json.loads((tmp_path / "zones.json").read_text())["borders"] == borders()


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", "null", '{"borders": 1}', "\udcff", f'{{"borders": "{borders()}", "tiles": [["a"], 3]}}']
)
def test_a_damaged_file_is_written_anew(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "zones.json").write_bytes(damaged.encode(errors="surrogateescape"))
    with cached_zones(Settings(tmp_path)) as zone_of:
        assert zone_of(*VIENNA) == "Europe/Vienna"
    assert len(json.loads((tmp_path / "zones.json").read_text())["tiles"]) == 1


def test_a_disk_that_takes_no_tile_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "zones.json").mkdir()
    with cached_zones(Settings(tmp_path)) as zone_of:
        assert zone_of(*VIENNA) == "Europe/Vienna"
    assert [path.name for path in tmp_path.iterdir()] == ["zones.json"]


def test_an_error_inside_is_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), cached_zones(Settings(tmp_path)):
        _ = 1 / 0


def write(home: Path, known: object) -> None:
    (home / "zones.json").write_text(json.dumps(known))
