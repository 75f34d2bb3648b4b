"""Values with large arrays from one process to another: the arrays go through a file in memory, not through the pipe.

The sender pickles a value with its arrays beside it (protocol 5) and writes those into one file of a private folder; the
receiver maps the file and takes its name away at once, so that nothing is copied and nothing stays behind. A pipe would
copy each array four times: bulk ingest then needs 6.5 % more CPU and 100 MB more memory, of 500 that are allowed
(`python -m benchmarks.two_trees`, also with --memory). Called by `pool`; what is in a parcel is no matter here.
"""

from __future__ import annotations

import mmap
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import ENOSPC
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import accumulate
from pathlib import Path
from typing import Any

MEMORY = Path("/dev/shm")  # noqa: S108  a file there is memory, on Linux; our folder in it is private
ROOM_BYTES = 256 << 20  # containers may give 64 MB only: then the folder for temporary files
_NAME = f"cramplog-{os.getuid()}-"
_STEP = 64  # arrays begin at multiples of this, as processors like it
_PADDING = memoryview(bytes(_STEP))
_PARTS = 1024  # the most that one call may write


@dataclass(frozen=True, slots=True)
class Parcel:
    """A pickled value; its arrays lie in `file`, each from its offset for so many bytes, or with it where none could be."""

    value: bytes
    file: str | None
    places: tuple[tuple[int, int], ...]
    arrays: tuple[bytes, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Of its arrays."""
        return sum(size for _, size in self.places) + sum(map(len, self.arrays))


@contextmanager
def parcel_folder() -> Iterator[Path]:
    """A folder for parcels that only its owner can open, gone at the end; those of killed processes go at the start."""
    within = _roomy_folder()
    _clear_leftovers(within)
    folder, held = _new_folder(within)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def packed(value: object, folder: Path) -> Parcel:
    """The value, ready to travel. Where the folder is full its arrays travel with it."""
    beside: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=beside.append)
    arrays = [one.raw() for one in beside]
    if not any(array.nbytes for array in arrays):  # an empty file cannot be mapped
        return Parcel(pickled, None, (), tuple(bytes(array) for array in arrays))
    try:
        return Parcel(pickled, *_laid_down(arrays, folder))
    except OSError:
        return Parcel(pickled, None, (), tuple(bytes(array) for array in arrays))


def unpacked(parcel: Parcel) -> Any:
    """The value; its arrays are views, not to be written to, of memory that goes when the last of them goes."""
    if parcel.file is None:
        return pickle.loads(parcel.value, buffers=parcel.arrays)  # noqa: S301  from our own process
    with open(parcel.file, "rb") as file:  # noqa: PTH123
        Path(parcel.file).unlink()
        memory = memoryview(_mapped(file.fileno()))
    arrays = [memory[offset : offset + size] for offset, size in parcel.places]
    return pickle.loads(parcel.value, buffers=arrays)  # noqa: S301


def _mapped(handle: int) -> mmap.mmap:
    """The file's memory, all of its pages at once where that can be asked for: each alone costs more than its bytes."""
    if populate := getattr(mmap, "MAP_POPULATE", 0):  # Linux
        return mmap.mmap(handle, 0, flags=mmap.MAP_SHARED | populate, prot=mmap.PROT_READ)
    return mmap.mmap(handle, 0, access=mmap.ACCESS_READ)


def _laid_down(arrays: Sequence[memoryview], folder: Path) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The arrays in a file of the folder: its name, and where each lies."""
    padded = [(array, -array.nbytes % _STEP) for array in arrays]
    ends = list(accumulate(array.nbytes + padding for array, padding in padded))
    places = tuple(
        (end - array.nbytes - padding, array.nbytes) for end, (array, padding) in zip(ends, padded, strict=True)
    )
    handle, name = tempfile.mkstemp(dir=folder)  # 0600
    try:
        _write_all(handle, [part for array, padding in padded for part in (array, _PADDING[:padding])])
    except OSError:
        Path(name).unlink()
        raise
    finally:
        os.close(handle)
    return name, places


def _write_all(handle: int, parts: Sequence[memoryview]) -> None:
    """Many small arrays, few calls of the system. Raises OSError when there is no room for all of them."""
    for first in range(0, len(parts), _PARTS):
        some = parts[first : first + _PARTS]
        if os.writev(handle, some) < sum(part.nbytes for part in some):
            raise OSError(ENOSPC, os.strerror(ENOSPC))


def _roomy_folder() -> Path:
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
            return MEMORY
    return Path(tempfile.gettempdir())


def _new_folder(within: Path) -> tuple[Path, int]:
    """A folder and the handle by which it is held."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_NAME, dir=within))  # 0700
        with suppress(FileNotFoundError):
            held = os.open(folder, os.O_RDONLY)
            flock(held, LOCK_EX)
            if folder.exists():  # else taken for a leftover before it was held
                return folder, held
            os.close(held)


def _clear_leftovers(within: Path) -> None:
    """Remove the folders that no living process holds: a killed one could not."""
    for folder in within.glob(f"{_NAME}*"):
        with suppress(OSError):  # held, gone meanwhile, or not ours
            held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                flock(held, LOCK_EX | LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(held)
