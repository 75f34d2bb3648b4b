"""The archive that this process has open, and the archives inside it. Called by sources.

A worker reads one member after another of the same archive: opening it anew each time would cost more than the member (a
table of 5,000 members takes 50 ms). One chain is kept, from the file on disk to the innermost archive.
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
    HEAD_BYTES,
    STEP_BYTES,
    close_zip,
    open_zip,
    read_member,
    steps_of_member,
    unpack_inner,
)

_SPARSE = 100  # times as long as what the disk holds of it: holes, though a disk may pack what it keeps


@dataclass(frozen=True, slots=True)
class _Open:
    known_by: tuple[object, ...]
    archive: ZipFile


_chain: list[_Open] = []
_one_at_a_time = threading.RLock()


@contextmanager
def archive_at(path: Path, inside: tuple[str, ...] = ()) -> Iterator[ZipFile]:
    """The archive at `path`, or the one inside it that the names lead to. Raises OSError, FileRefused."""
    with _one_at_a_time:
        steps: list[tuple[object, ...]] = [_known_by(path), *((name,) for name in inside)]
        pairs = zip(_chain, steps, strict=False)
        _close_from(next((no for no, (one, step) in enumerate(pairs) if one.known_by != step), len(_chain)))
        for step in steps[len(_chain) :]:
            raw = unpack_inner(_chain[-1].archive, str(step[0])) if _chain else open_regular(path)
            _chain.append(_Open(step, open_zip(raw)))
        yield _chain[len(steps) - 1].archive


def read_at(path: Path, inside: tuple[str, ...]) -> bytes:
    """The bytes of the file on disk, or of the member inside it. Raises OSError, FileRefused."""
    if not inside:
        return read_file(path)
    with archive_at(path, inside[:-1]) as archive:
        return read_member(archive, inside[-1])


def steps_at(path: Path, inside: tuple[str, ...], at_most_bytes: int) -> Iterator[bytes]:
    """The same in steps of some MB, for what is too large to be held. Raises OSError, FileRefused."""
    if not inside:
        with open_regular(path) as file:
            there = os.fstat(file.fileno())
            if there.st_size > at_most_bytes or 0 < _SPARSE * 512 * there.st_blocks < there.st_size:
                raise FileRefused("too_large", "it is larger than what is in it", "look what it is")
            yield from iter(lambda: file.read(STEP_BYTES), b"")
        return
    with archive_at(path, inside[:-1]) as archive:
        yield from steps_of_member(archive, inside[-1], at_most_bytes)


def read_file(path: Path) -> bytes:
    """The bytes of a file on disk. Raises OSError, and FileRefused for a pipe, a device or more than any run holds."""
    with open_regular(path) as file:
        size = _size(file)
        if size <= MAX_UNPACKED_BYTES:
            content = file.read(size + 1)
            if len(content) > size:  # it grows, or tells no size
                content += file.read(MAX_UNPACKED_BYTES)
            if len(content) <= MAX_UNPACKED_BYTES:
                return content
        raise FileRefused("too_large", f"{_size(file) // 1_000_000} MB: no run is that large", "look what it is")


def read_file_head(path: Path) -> bytes:
    """Its first bytes. Raises OSError, and FileRefused for a pipe or a device."""
    with open_regular(path) as file:
        return file.read(HEAD_BYTES)


def open_regular(path: Path) -> FileIO:
    """The file, opened without waiting: a pipe, on which one would wait for ever, is refused."""
    file = FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise FileRefused("not_a_file", "a pipe or a device, not a file", "copy what it gives into a file")
    return file


@atexit.register
def close_archives() -> None:
    """Let go of what is open, and of the room on the disk; a later question opens it again."""
    with _one_at_a_time:
        _close_from(0)


def _close_from(no: int) -> None:
    for one in reversed(_chain[no:]):
        close_zip(one.archive)
    del _chain[no:]


def _known_by(path: Path) -> tuple[object, ...]:
    """What tells this file from another of that name; the process too, as a forked child shares the place in the file."""
    there = os.stat(path)  # noqa: PTH116 - one call for all
    return os.getpid(), str(path), there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns


def _size(file: FileIO) -> int:
    return os.fstat(file.fileno()).st_size
