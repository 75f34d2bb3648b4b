"""Files of ours: private, whole or not at all, on the disk before anything rests on them, one writer at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import CannotStart, TryAgain
from pipeline.files import FEW_FILES, make_private_folder, private_umask, sync_files, write_lock, write_whole

HOLD_LOCK = """
import sys
from pathlib import Path
from pipeline.files import write_lock
with write_lock(Path(sys.argv[1]), 0.0):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths for which the operating system is asked to sync, in order."""
    paths: list[Path] = []
    fsync: Callable[[int], None] = os.fsync

    def recording_fsync(descriptor: int) -> None:
        paths.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recording_fsync)
    return paths


def test_a_file_and_the_folders_made_for_it_are_private(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "page.html"
    write_whole(path, b"<p>")
    assert path.read_bytes() == b"<p>"
    assert [entry.stat().st_mode & 0o777 for entry in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "page.html"
    write_whole(path, b"old")

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to name a descriptor's file")
def test_a_durable_file_is_synced_before_it_has_its_name_and_its_folder_after(
    tmp_path: Path, synced: list[Path]
) -> None:
    write_whole(tmp_path / "page.html", b"<p>")
    half, folder = synced
    assert (half.parent, half.name.startswith(".page.html.")) == (tmp_path, True)
    assert folder == tmp_path
    write_whole(tmp_path / "cache.json", b"{}", durable=False)
    assert len(synced) == 2


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to name a descriptor's file")
def test_few_files_are_synced_one_by_one_with_their_folders_and_missing_ones_passed_over(
    tmp_path: Path, synced: list[Path]
) -> None:
    files = [tmp_path / folder / name for folder in ("a", "b") for name in ("1", "2")]
    for file in files:
        write_whole(file, b"run", durable=False)
    sync_files([*files, tmp_path / "missing"])
    assert synced == [*files, tmp_path / "a", tmp_path / "b"]


def test_many_files_are_synced_together(tmp_path: Path, synced: list[Path]) -> None:
    files = [tmp_path / str(number) for number in range(FEW_FILES + 1)]
    for file in files:
        write_whole(file, b"run", durable=False)
    sync_files(files)
    assert synced == []


def test_new_folders_are_private_all_the_way_and_old_ones_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    made = make_private_folder(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o777 == 0o700
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert make_private_folder(tmp_path).stat().st_mode & 0o777 == 0o755


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot make the folder"):
        make_private_folder(tmp_path / "file")
    with pytest.raises(CannotStart, match="cannot make the folder"):
        make_private_folder(tmp_path / "file" / "below")


def test_files_made_inside_the_umask_are_the_owners_and_it_is_given_back(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_umask():
            (tmp_path / "private").touch()
        (tmp_path / "open").touch()
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o644


def test_a_second_writer_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(TryAgain, match="another command is writing in"), write_lock(tmp_path, 0.0):
        pass
    child.kill()
    child.communicate(timeout=20)
    with write_lock(tmp_path, 0.0):
        pass
