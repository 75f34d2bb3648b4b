"""Bytes of files on disk, whole whatever the disk says of their size."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import FileRefused
from pipeline.formats.sources import opened
from pipeline.formats.sources.opened import read_file

UNSIZED = Path("/proc/version")  # Linux says 0 bytes of it


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "run.fit").write_bytes(b"1234567")
    (tmp_path / "empty.fit").touch()
    assert read_file(tmp_path / "run.fit") == b"1234567"
    assert read_file(tmp_path / "empty.fit") == b""


@pytest.mark.skipif(not UNSIZED.exists(), reason="only Linux has files without a size")
def test_one_that_tells_no_size_is_read_whole() -> None:
    assert read_file(UNSIZED) == UNSIZED.read_bytes() != b""


@pytest.mark.skipif(not UNSIZED.exists(), reason="only Linux has files without a size")
def test_one_that_turns_out_longer_than_any_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MAX_UNPACKED_BYTES", 3)
    with pytest.raises(FileRefused, match="no run is that large"):
        read_file(UNSIZED)
