"""Values with large arrays are sent between processes through a file that exists only for a moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from pipeline.actions.reading.shared_memory import pack, shared_folder, unpack

HOLD = """
from pipeline.actions.reading.shared_memory import shared_folder
with shared_folder() as folder:
    print(folder, flush=True)
    input()
"""


@contextmanager
def _held() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that holds a folder for arrays, and the folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        yield holder, Path(holder.stdout.readline().strip())
        with suppress(BrokenPipeError):
            holder.communicate("\n")


def test_what_is_packed_comes_out_equal(tmp_path: Path) -> None:
    value = {"run": "a1", "speed": np.arange(1000.0), "beats": np.arange(7, dtype=np.int32), "none": np.empty(0)}
    packed = pack(value, tmp_path)
    assert len(packed.value) < 1000  # the arrays did not go with it
    got = unpack(packed)
    assert got["run"] == "a1"
    for name in ("speed", "beats", "none"):
        np.testing.assert_array_equal(got[name], value[name], strict=True)


def test_the_file_is_its_owners_and_goes_when_it_is_opened(tmp_path: Path) -> None:
    packed = pack(np.arange(1000.0), tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    array = unpack(packed)
    assert list(tmp_path.iterdir()) == []
    assert array[999] == 999.0  # its memory stays as long as it is looked at
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1.0


def test_without_arrays_there_is_no_file(tmp_path: Path) -> None:
    assert unpack(pack([1, "two"], tmp_path)) == [1, "two"]
    assert unpack(pack(np.empty(0), tmp_path)).size == 0
    assert list(tmp_path.iterdir()) == []


def test_where_there_is_no_room_the_arrays_go_with_the_value(tmp_path: Path) -> None:
    array = unpack(pack(np.arange(5.0), tmp_path / "not there"))
    assert array.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_the_folder_is_private_and_gone_at_the_end() -> None:
    with shared_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "arrays").write_bytes(b"x")
    assert not folder.exists()


def test_the_folder_of_a_killed_process_goes_and_that_of_a_living_one_stays() -> None:
    with _held() as killed, _held() as living:
        killed[0].kill()
        killed[0].wait()
        assert (killed[1].exists(), living[1].exists()) == (True, True)
        with shared_folder():
            assert (killed[1].exists(), living[1].exists()) == (False, True)
    assert not living[1].exists()
