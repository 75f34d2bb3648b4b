"""Exports as a bad download leaves them: whatever is damaged, nothing but a refusal with its reason comes of it."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import FileRefused
from pipeline.formats.sources.find import find_sources
from tests.support.exports import apple_export, garmin_export, strava_export, zip_bytes

VARIANTS = 120  # of each export and damage
EXPORTS = {
    "strava": zip_bytes(strava_export()),
    "garmin": zip_bytes(garmin_export()),
    "apple": zip_bytes(apple_export(), zipfile.ZIP_STORED),
    "apple table": apple_export()["apple_health_export/export.xml"],
    "strava table": strava_export()["activities.csv"],
}


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def bytes_changed(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randrange(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)


def block_zeroed(content: bytearray, chance: random.Random) -> None:
    at, n = chance.randrange(len(content)), chance.randrange(1, 512)
    content[at : at + n] = bytes(n)


def piece_doubled(content: bytearray, chance: random.Random) -> None:
    at, of = chance.randrange(len(content)), chance.randrange(len(content))
    content[at:at] = content[of : of + chance.randrange(1, 200)]


def piece_lost(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content))
    del content[at : at + chance.randrange(1, 300)]


def table_changed(content: bytearray, chance: random.Random) -> None:
    """The end of an archive, where its table of contents says what is where."""
    for _ in range(chance.randrange(1, 5)):
        content[-chance.randrange(1, min(400, len(content)))] = chance.choice([0, 1, 127, 255])


DAMAGES = [cut, bytes_changed, block_zeroed, piece_doubled, piece_lost, table_changed]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("export", EXPORTS)
def test_a_maimed_export_is_read_or_refused(
    export: str, damage: Callable[[bytearray, random.Random], None], tmp_path: Path
) -> None:
    chance = random.Random(f"{export} {damage.__name__}")
    path = tmp_path / ("activities.csv" if export == "strava table" else "export")
    answers = 0
    for _ in range(VARIANTS):
        content = bytearray(EXPORTS[export])
        damage(content, chance)
        path.write_bytes(content)
        found = find_sources([path])
        answers += len(found.refused)
        for source in found.sources:
            try:
                answers += bool(source.read())
            except FileRefused as refused:
                answers += bool(refused.message)
    assert answers >= VARIANTS  # each variant was answered
