"""Takes the gzip wrapping off a file, and says what unpacks to more than a run. Called by read; zips is its sibling."""

from __future__ import annotations

import zlib

from pipeline.errors import FileRefused

MAX_UNPACKED_BYTES = 300_000_000  # a 24 h run at 1 Hz is 3 MB of FIT and 40 MB of GPX
MAX_RATIO = 200  # GPX packs 10 to 30 times; a bomb a thousand times
_RATIO_FROM_BYTES = 10_000_000  # below this a ratio does no harm (a short file of zeros)
_STEP_BYTES = 256  # packed bytes at a time; deflate gives at most 1032 times as much, so memory stays bounded


def unwrap_gzip(content: bytes) -> tuple[bytes, bool]:
    """The unpacked bytes, and whether the packed file was whole: a cut or damaged one gives what came before.

    Raises FileRefused when nothing can be unpacked, or more than any run file holds.
    """
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = bytearray()
    try:
        for start in range(0, len(content), _STEP_BYTES):
            unpacked += unpacker.decompress(content[start : start + _STEP_BYTES])
            _refuse_bomb(len(unpacked), start + _STEP_BYTES)
    except zlib.error:
        pass  # what came before the damage is kept; `eof` stays False
    if not unpacked:
        raise FileRefused("damaged", "the .gz wrapping is damaged: nothing can be unpacked", "fetch the file again")
    return bytes(unpacked), unpacker.eof


def unwrap_head(head: bytes) -> bytes:
    """What the first bytes of a packed file unpack to, at most as many again; empty when they cannot be."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(head))
    except zlib.error:
        return b""


def too_dense(unpacked_bytes: int, packed_bytes: int) -> bool:
    """Whether so much out of so little is a bomb."""
    return unpacked_bytes > _RATIO_FROM_BYTES and unpacked_bytes > MAX_RATIO * packed_bytes


def _refuse_bomb(unpacked_bytes: int, packed_bytes: int) -> None:
    if unpacked_bytes > MAX_UNPACKED_BYTES or too_dense(unpacked_bytes, packed_bytes):
        size = f"{unpacked_bytes // 1_000_000} MB"
        raise FileRefused(
            "too_large", f"unpacks to {size} and more: no run is that large", "look what it is before you unpack it"
        )
