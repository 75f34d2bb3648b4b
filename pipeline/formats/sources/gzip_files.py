"""Decompresses gzip files, and refuses those that unpack to more than a run. Called by `read`; `zips` is for zip archives."""

from __future__ import annotations

import zlib

from pipeline.errors import FileRefused

MAX_UNPACKED_BYTES = 300_000_000  # a 24 h run at 1 Hz is 3 MB of FIT and 40 MB of GPX
MAX_RATIO = 200  # GPX compresses by 10 to 30; a bomb by a thousand
_RATIO_FROM_BYTES = 10_000_000  # below this size a ratio does no harm (a short file of zeros)
_CHUNK_BYTES = 256  # compressed bytes at a time; deflate expands at most 1032 times, so memory stays bounded


def unwrap_gzip(content: bytes) -> tuple[bytes, bool]:
    """Return the unpacked bytes, and whether the file was complete; a cut or damaged file gives the bytes before the damage.

    Raises FileRefused if nothing can be unpacked, or more than any run file contains.
    """
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = bytearray()
    try:
        for start in range(0, len(content), _CHUNK_BYTES):
            unpacked += unpacker.decompress(content[start : start + _CHUNK_BYTES])
            _refuse_bomb(len(unpacked), start + _CHUNK_BYTES)
    except zlib.error:
        pass  # use the bytes before the damage; `eof` stays False
    if not unpacked:
        raise FileRefused(
            "damaged", "the gzip compression is damaged: nothing could be unpacked", "download or copy the file again"
        )
    return bytes(unpacked), unpacker.eof


def unwrap_head(head: bytes) -> bytes:
    """Unpack the first bytes of a gzip file, to at most the same number of bytes; empty if that is not possible."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, len(head))
    except zlib.error:
        return b""


def too_dense(unpacked_bytes: int, packed_bytes: int) -> bool:
    """Return True if the ratio of unpacked to packed bytes is that of a zip bomb."""
    return unpacked_bytes > _RATIO_FROM_BYTES and unpacked_bytes > MAX_RATIO * packed_bytes


def _refuse_bomb(unpacked_bytes: int, packed_bytes: int) -> None:
    if unpacked_bytes > MAX_UNPACKED_BYTES or too_dense(unpacked_bytes, packed_bytes):
        size = f"{unpacked_bytes // 1_000_000} MB"
        raise FileRefused(
            "too_large",
            f"unpacks to over {size}: no run is that large",
            "check where it comes from before you unpack it",
        )
