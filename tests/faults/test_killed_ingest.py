"""kill -9 in the middle of many files: nothing half, nothing left behind, and the same command then ends as if undisturbed."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.actions.ingest.ingest import BATCH
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from tests.support.cli import Home, recordings
from tests.support.stores import make_store

FILES = 2 * BATCH + 30
COMPARED = {
    "run": "* EXCLUDE (run_no, ingested_at)",
    "file": "* EXCLUDE (first_seen_at)",
    "segment": "*",
    "lap": "*",
    "parse_note": "*",
    "weather_cell": "*",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings of many days, one no recording, one a copy with fewer values."""
    there = recordings(tmp_path_factory.mktemp("watch") / "files", FILES - 2, minutes=10)
    (there / "100b.fit").write_bytes(b"no recording")
    (there / "150b.fit").write_bytes((there / "150.fit").read_bytes()[:-400])
    return there


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    home = _new_home(tmp_path_factory.mktemp("undisturbed") / "home")
    assert home("ingest", str(folder)).exit_code == 1
    return _contents(home)


@dataclass(frozen=True, slots=True)
class Ingest:
    """One that is going on: its home, and its process, which leads a group."""

    home: Path
    pid: int


# Moments by what can be seen of the work from outside: its processes, originals, records on disk.
MOMENTS: dict[str, Callable[[Ingest], bool]] = {
    "the processes start": lambda at: len(_living(at.pid)) > 1,
    "the first files are read": lambda at: (at.home / "originals").exists(),
    "the first batch is being stored": lambda at: (at.home / "records.duckdb.wal").exists(),
    "the first batch is stored": lambda at: (at.home / "records.duckdb").stat().st_size > 900_000,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_ingest_goes_on_as_if_undisturbed(
    moment: str, folder: Path, undisturbed: dict[str, object], tmp_path: Path
) -> None:
    home = _new_home(tmp_path / "home")
    child = home.child("ingest", str(folder))
    _wait_until(lambda: MOMENTS[moment](Ingest(home.path, child.pid)) or child.poll() is not None)
    folders = _shared_folders(child.pid)
    assert child.poll() is None
    child.kill()  # the program alone: its processes have to notice by themselves
    child.communicate()
    _wait_until(lambda: not _living(child.pid))
    again = home("ingest", str(folder))
    assert again.exit_code == 1
    assert again.stdout.splitlines()[-2].startswith(f"{FILES} files: ")
    assert _contents(home) == undisturbed
    assert [path.name for path in home.path.rglob(".*") if path.is_file() and path.name != ".writing"] == []
    assert [path for path in folders if path.exists()] == []


def _new_home(path: Path) -> Home:
    make_store(path, "anna")
    return Home(path)


def _contents(home: Home) -> dict[str, object]:
    with open_store(Settings(home.path), write=True, with_records=True, with_tracks=True) as con:
        found: dict[str, object] = {
            table: con.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
            for table, columns in COMPARED.items()
        }
        for table in ("records.record", "tracks.track"):
            kept = f"SELECT run_id, one.* EXCLUDE (run_no) FROM {table} AS one LEFT JOIN run USING (run_no)"
            found[table] = con.execute(f"SELECT count(*), bit_xor(hash(kept)) FROM ({kept}) AS kept").fetchall()
    originals = sorted(path.name for path in (home.path / "originals").rglob("*") if path.is_file())
    quarantined = sorted(path.name for path in (home.path / "quarantine").iterdir())
    return {**found, "originals": originals, "quarantine": quarantined}


def _shared_folders(pid: int) -> list[Path]:
    """The folders in memory that the process holds."""
    held = []
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.append(handle.readlink())
    return [path for path in held if path.name.startswith("cramplog-")]


def _wait_until(seen: Callable[[], bool], within_s: float = 60) -> None:
    until = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < until
        time.sleep(0.002)


def _living(group: int) -> list[int]:
    """The processes of a group that have not ended; what has ended may wait for ever to be asked about."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = status.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state not in "ZX":
            found.append(int(status.parent.name))
    return found
