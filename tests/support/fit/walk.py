"""Counts and times the records of FIT files without any reader: for tests that must not believe one.

Walks the messages of files as tests/support/fit/writer.py writes them (no compressed headers, little-endian).
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator
from pathlib import Path

from tests.support.fit.writer import FIT_EPOCH_S

RECORD = 20


def unpacked(path: Path) -> bytes:
    """The file's bytes, out of their .gz if there is one."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def messages(fit: bytes) -> Iterator[tuple[int, int]]:
    """(global message number, offset of the content) of every data message; stops where a file is cut."""
    sizes: dict[int, tuple[int, int]] = {}
    at = fit[0]
    while at < len(fit) - 2:
        head = fit[at]
        if head & 0x40:
            number, fields = struct.unpack_from("<HB", fit, at + 3)
            sizes[head & 0x0F] = (number, sum(fit[at + 7 + 3 * i] for i in range(fields)))
            at += 6 + 3 * fields
        else:
            number, size = sizes[head & 0x0F]
            yield number, at + 1
            at += 1 + size


def record_moments(path: Path) -> list[int]:
    """POSIX seconds of the records of a FIT file of ours, whose time is the first field."""
    fit = unpacked(path)
    return [struct.unpack_from("<I", fit, at)[0] + FIT_EPOCH_S for number, at in messages(fit) if number == RECORD]
