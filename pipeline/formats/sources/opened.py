"""The open archive of this process, and the archives inside it. Called by `find`, `listing` and `tables`.

A worker reads one member after another of the same archive. Opening the archive each time would cost more than reading the
member (a table of 5,000 members takes 50 ms), so one chain stays open, from the file on disk to the innermost archive.
"""

from __future__ import annotations

import atexit
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from zipfile import ZipFile

from pipeline.errors import FileRefused
from pipeline.formats.sources.gzip_files import MAX_UNPACKED_BYTES
from pipeline.formats.sources.zips import (
    CHUNK_BYTES,
    HEAD_BYTES,
    chunks_of_member,
    close_zip,
    open_zip,
    read_member,
    unpack_inner,
)

_SPARSE = 100  # a file this many times longer than its disk blocks is mostly holes; a disk may compress what it stores


@dataclass(frozen=True, slots=True)
class _OpenArchive:
    identity: tuple[object, ...]
    archive: ZipFile


_chain: list[_OpenArchive] = []
_chain_lock = threading.RLock()


@contextmanager
def archive_at(path: Path, inside: tuple[str, ...] = ()) -> Iterator[ZipFile]:
    """Open the archive at `path`, or the archive inside it under the names `inside`. Raises OSError, FileRefused."""
    with _chain_lock:
        levels: list[tuple[object, ...]] = [_identity(path), *((name,) for name in inside)]
        pairs = zip(_chain, levels, strict=False)
        _close_from(next((no for no, (opened, level) in enumerate(pairs) if opened.identity != level), len(_chain)))
        for level in levels[len(_chain) :]:
            raw = unpack_inner(_chain[-1].archive, str(level[0])) if _chain else open_regular(path)
            _chain.append(_OpenArchive(level, open_zip(raw)))
        yield _chain[len(levels) - 1].archive


def read_at(path: Path, inside: tuple[str, ...]) -> bytes:
    """Return the bytes of the file on disk, or of the member inside it. Raises OSError, FileRefused."""
    if not inside:
        return read_file(path)
    with archive_at(path, inside[:-1]) as archive:
        return read_member(archive, inside[-1])


def chunks_at(path: Path, inside: tuple[str, ...], at_most_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of the file or member in chunks, if it is too large for memory. Raises OSError, FileRefused."""
    if not inside:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            if status.st_size > at_most_bytes or 0 < _SPARSE * 512 * status.st_blocks < status.st_size:
                raise FileRefused(
                    "too_large", "it is too large, or mostly empty (a sparse file)", "check what this file is"
                )
            yield from iter(lambda: file.read(CHUNK_BYTES), b"")
        return
    with archive_at(path, inside[:-1]) as archive:
        yield from chunks_of_member(archive, inside[-1], at_most_bytes)


def read_file(path: Path) -> bytes:
    """Return the bytes of a file on disk. Raises OSError, and FileRefused for a pipe, a device or a file too large for a run."""
    with open_regular(path) as file:
        size = _size(file)
        if size <= MAX_UNPACKED_BYTES:
            content = file.read(size + 1)
            if len(content) > size:  # it grows, or has no size
                content += file.read(MAX_UNPACKED_BYTES)
            if len(content) <= MAX_UNPACKED_BYTES:
                return content
        raise FileRefused(
            "too_large", f"{_size(file) // 1_000_000} MB: no run is that large", "check what this file is"
        )


def read_file_head(path: Path) -> bytes:
    """Return its first bytes. Raises OSError, and FileRefused for a pipe or a device."""
    with open_regular(path) as file:
        return file.read(HEAD_BYTES)


def open_regular(path: Path) -> FileIO:
    """Open the file without blocking. A pipe, which could block for ever, is refused. Raises OSError, FileRefused."""
    file = FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileRefused(
            "not_a_file", "a pipe or a device, not a file", "save its output to a file, then use that file"
        )
    return file


@atexit.register
def close_archives() -> None:
    """Close the open archives and free their disk space; they are opened again when needed."""
    with _chain_lock:
        _close_from(0)


def _close_from(no: int) -> None:
    for opened in reversed(_chain[no:]):
        close_zip(opened.archive)
    del _chain[no:]


def _identity(path: Path) -> tuple[object, ...]:
    """Return what identifies this file; with the process, because a forked child shares the position in the file."""
    status = os.stat(path)  # noqa: PTH116 - one call for all
    return os.getpid(), str(path), status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _size(file: FileIO) -> int:
    return os.fstat(file.fileno()).st_size
