"""Damaged files: exit 3 with the file's name, nothing written over, and what does not need the file goes on."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.evening import TOLD, WORK, Evening, answers
from tests.support.cli import Home

FIRST_BLOCK = 12288  # where DuckDB's headers end
BLOCK = 262144
BLOCKS = {"cramplog": 4 * BLOCK, "records": BLOCK}  # how far apart the spoiled ones are


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: FIRST_BLOCK + 3000])


def zeroed_head(path: Path) -> None:
    path.write_bytes(bytes(4096) + path.read_bytes()[4096:])


def zeroed_headers(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + bytes(8192) + content[FIRST_BLOCK:])


def random_blocks(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:FIRST_BLOCK] + random.Random(7).randbytes(len(content) - FIRST_BLOCK))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_text(path: Path) -> None:
    path.write_text("what a run that was\n" * 2000)


def nothing_in_it(path: Path) -> None:
    path.write_bytes(b"")


def gone(path: Path) -> None:
    path.unlink()


DAMAGES = [cut_off, zeroed_head, zeroed_headers, random_blocks, a_folder, a_text, nothing_in_it, gone]
TAG = WORK["tag"].words
NEEDS = {
    "cramplog": (("runs",), ("init", "--runner", "ben")),
    "records": (("ingest", "{new}/010.fit"), TAG),
    "tracks": (("ingest", "{new}/010.fit"),),
    "private": (("runner", "private", "anna"),),
}
GOES_ON = {
    "records": (("runs",), ("tag", "2026-06-18", "--none")),
    "tracks": (("publish",), TAG),
    "private": (TAG, ("ingest", "{new}/010.fit")),
}


def state(folder: Path) -> dict[str, str]:
    """What each of the store's files is."""
    files = sorted(folder.glob("*.duckdb"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "folder" for file in files}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", NEEDS)
def test_damage_is_said_with_the_files_name_and_nothing_is_written_over(
    file: str, damage: Callable[[Path], None], evening: Evening, tmp_path: Path
) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    path = home.path / f"{file}.duckdb"
    damage(path)
    before = state(home.path)
    for words in NEEDS[file] if damage is gone else NEEDS[file][:1]:
        said = home(*(word.format(new=evening.folder / "new") for word in words))
        assert said.exit_code == 3, said.output
        assert str(path) in said.stderr or (file == "cramplog" and "there is no store" in said.stderr)
        assert "backup" in said.stderr or "cramplog init" in said.stderr
    assert state(home.path) == before


@pytest.mark.parametrize("damage", [cut_off, gone])
@pytest.mark.parametrize("file", GOES_ON)
def test_what_does_not_need_the_damaged_file_goes_on(
    file: str, damage: Callable[[Path], None], evening: Evening, tmp_path: Path
) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    path = home.path / f"{file}.duckdb"
    damage(path)
    before = state(home.path).get(path.name)
    for words in GOES_ON[file]:
        went = home(*(word.format(new=evening.folder / "new") for word in words))
        assert went.exit_code == 0, went.output
    assert state(home.path).get(path.name) == before


@pytest.mark.parametrize("file", ["cramplog", "records"])
def test_a_damaged_block_far_inside_is_traced_to_its_file(file: str, evening: Evening, tmp_path: Path) -> None:
    spoiled = 0
    whole = (evening.folder / "home" / f"{file}.duckdb").read_bytes()
    home = evening.copy(WORK["runs"], tmp_path / "home")
    path = home.path / f"{file}.duckdb"
    words = ("publish",)
    for block in range(FIRST_BLOCK, len(whole), BLOCKS[file]):
        content = bytearray(whole)
        content[block + 1000 : block + 3000] = random.Random(block).randbytes(2000)
        path.write_bytes(content)
        shutil.rmtree(home.path / "analyst", ignore_errors=True)
        said = home(*words)
        assert said.exit_code in (0, 3), said.output  # 0: a block that is not in use
        if said.exit_code == 3:
            spoiled += 1
            assert f"{path} is damaged" in said.stderr
            assert path.read_bytes() == bytes(content)
    assert spoiled >= 2


@pytest.mark.parametrize("damage", [cut_off, random_blocks, nothing_in_it])
@pytest.mark.parametrize("file", ["cramplog", "records"])
def test_a_damaged_snapshot_is_made_anew(
    file: str, damage: Callable[[Path], None], evening: Evening, tmp_path: Path
) -> None:
    home = evening.copy(WORK["sql"], tmp_path / "home")
    assert home("publish").exit_code == 0
    path = home.path / "analyst" / f"{file}.duckdb"
    path.chmod(0o600)
    damage(path)
    for query in ("SELECT count(*) AS n FROM v_run", "SELECT count(*) AS n FROM v_record"):
        assert home("sql", query, "--csv").stdout == {"v_run": "n\n6\n", "v_record": "n\n2166\n"}[query.split()[-1]]


def test_a_store_with_a_torn_log_opens_with_what_was_said_before(evening: Evening, tmp_path: Path) -> None:
    home = evening.copy(WORK["runs"], tmp_path / "home")
    Home(home.path).path.joinpath("cramplog.duckdb.wal").write_bytes(random.Random(3).randbytes(30_000))
    assert answers(home) == TOLD
