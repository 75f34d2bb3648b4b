"""Sends values with large arrays between processes: the arrays go through a file in memory, not through the pipe.

The sender pickles a value with out-of-band buffers (protocol 5) and writes these into one file of a private folder. The
receiver maps the file and deletes its name at once, so that nothing is copied and no file is left. A pipe would copy each
array four times: bulk ingest then needs 6.5 % more CPU and 100 MB more memory, of 500 MB allowed
(`python -m benchmarks.two_trees`, also with --memory). Called by `pool` and `worker`, for any picklable value.
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

MEMORY = Path("/dev/shm")  # noqa: S108  on Linux, files in it are memory; our folder in it is private
ROOM_BYTES = 256 << 20  # containers may have only 64 MB there; then the temporary folder is used
_NAME = f"cramplog-{os.getuid()}-"
_STEP = 64  # alignment of the arrays in bytes: a cache line
_PADDING = memoryview(bytes(_STEP))
_PARTS = 1024  # the most buffers that one writev may get


@dataclass(frozen=True, slots=True)
class Packed:
    """A pickled value. Its arrays are in `file`, each at (offset, bytes) of `spans`, or in `arrays` if there is no file."""

    value: bytes
    file: str | None
    spans: tuple[tuple[int, int], ...]
    arrays: tuple[bytes, ...] = ()

    @property
    def size_bytes(self) -> int:
        """The size of its arrays."""
        return sum(size for _, size in self.spans) + sum(map(len, self.arrays))


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A private folder for arrays, deleted at the end. Deletes the folders of killed processes first."""
    parent = _parent_folder()
    _delete_leftovers(parent)
    folder, locked = _new_folder(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(locked)


def pack(value: object, folder: Path) -> Packed:
    """Pack the value, with its arrays in a file of `folder`; if the folder is full, inside the result."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    arrays = [buffer.raw() for buffer in buffers]
    if not any(array.nbytes for array in arrays):  # an empty file cannot be mapped
        return Packed(pickled, None, (), tuple(bytes(array) for array in arrays))
    try:
        return Packed(pickled, *_write_arrays(arrays, folder))
    except OSError:
        return Packed(pickled, None, (), tuple(bytes(array) for array in arrays))


def unpack(packed: Packed) -> Any:
    """The value. Its arrays are read-only views of memory that is freed with the last of them."""
    if packed.file is None:
        return pickle.loads(packed.value, buffers=packed.arrays)  # noqa: S301  from our own process
    with open(packed.file, "rb") as file:  # noqa: PTH123
        Path(packed.file).unlink()
        memory = memoryview(_mapped(file.fileno()))
    arrays = [memory[offset : offset + size] for offset, size in packed.spans]
    return pickle.loads(packed.value, buffers=arrays)  # noqa: S301


def _mapped(handle: int) -> mmap.mmap:
    """Map the file, all pages at once where possible: a page fault per page costs more than its bytes."""
    if populate := getattr(mmap, "MAP_POPULATE", 0):  # Linux
        return mmap.mmap(handle, 0, flags=mmap.MAP_SHARED | populate, prot=mmap.PROT_READ)
    return mmap.mmap(handle, 0, access=mmap.ACCESS_READ)


def _write_arrays(arrays: Sequence[memoryview], folder: Path) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Write the arrays into a file of the folder. Returns its path, and (offset, bytes) per array."""
    padded = [(array, -array.nbytes % _STEP) for array in arrays]
    ends = list(accumulate(array.nbytes + padding for array, padding in padded))
    spans = tuple(
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
    return name, spans


def _write_all(handle: int, parts: Sequence[memoryview]) -> None:
    """Write many small arrays with few system calls. Raises OSError when there is no room for all of them."""
    for first in range(0, len(parts), _PARTS):
        batch = parts[first : first + _PARTS]
        if os.writev(handle, batch) < sum(part.nbytes for part in batch):
            raise OSError(ENOSPC, os.strerror(ENOSPC))


def _parent_folder() -> Path:
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
            return MEMORY
    return Path(tempfile.gettempdir())


def _new_folder(parent: Path) -> tuple[Path, int]:
    """A new folder, and the handle that locks it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_NAME, dir=parent))  # 0700
        with suppress(FileNotFoundError):
            locked = os.open(folder, os.O_RDONLY)
            flock(locked, LOCK_EX)
            if folder.exists():  # else another process deleted it as a leftover before the lock
                return folder, locked
            os.close(locked)


def _delete_leftovers(parent: Path) -> None:
    """Delete the folders that no running process locks: those of killed processes."""
    for folder in parent.glob(f"{_NAME}*"):
        with suppress(OSError):  # locked, deleted meanwhile, or not ours
            handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                flock(handle, LOCK_EX | LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(handle)
