"""FIT message by message, as odd as one likes: both byte orders, compressed times, developers' fields, chains.

fit_writer writes what a watch writes; here a test says every byte's meaning itself. Called by tests and benchmarks.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.support.fit.encoding import fit_crc

# base type: struct's letter, the value that means unknown (None: there is none)
LETTERS = {
    0x00: ("B", 0xFF),
    0x01: ("b", 0x7F),
    0x02: ("B", 0xFF),
    0x83: ("h", 0x7FFF),
    0x84: ("H", 0xFFFF),
    0x85: ("i", 0x7FFFFFFF),
    0x86: ("I", 0xFFFFFFFF),
    0x07: ("s", None),
    0x88: ("f", None),
    0x89: ("d", None),
    0x0A: ("B", 0),
    0x8B: ("H", 0),
    0x8C: ("I", 0),
    0x0D: ("B", 0xFF),
}
FieldDefinition = tuple[int, int, int]  # number, size in bytes, base type; a developer's: number, size, app
Value = int | float | bytes | Sequence[int] | None


def definition(
    local: int,
    message: int,
    fields: Sequence[FieldDefinition],
    developer: Sequence[FieldDefinition] = (),
    big: bool = False,
) -> bytes:
    """A definition message; `big` for big-endian."""
    head = bytes([0x40 | (0x20 if developer else 0) | local, 0, int(big)])
    own = struct.pack(">HB" if big else "<HB", message, len(fields)) + b"".join(bytes(field) for field in fields)
    return head + own + (bytes([len(developer)]) + b"".join(bytes(field) for field in developer) if developer else b"")


def message(local: int, types: Sequence[tuple[int, int]], values: Sequence[Value], big: bool = False) -> bytes:
    """A data message; `types` are (base type, size) in the definition's order. None is written as unknown."""
    return bytes([local]) + content(types, values, big)


def compressed(local: int, seconds: int, types: Sequence[tuple[int, int]], values: Sequence[Value]) -> bytes:
    """A data message whose header carries the last five bits of its time; `local` is 0 to 3."""
    return bytes([0x80 | local << 5 | seconds & 0x1F]) + content(types, values, False)


def content(types: Sequence[tuple[int, int]], values: Sequence[Value], big: bool) -> bytes:
    return b"".join(_packed(base, size, value, big) for (base, size), value in zip(types, values, strict=True))


def fit_file(body: bytes, header_size: int = 14, size: int | None = None, crc: bool = True) -> bytes:
    """The body with its header and checksum; `size` is what the header says instead of the truth."""
    header = struct.pack("<BBHI4s", header_size, 0x20, 2132, len(body) if size is None else size, b".FIT")
    whole = header.ljust(header_size, b"\0") + body
    return whole + struct.pack("<H", fit_crc(whole)) if crc else whole


def _packed(base: int, size: int, value: Value, big: bool) -> bytes:
    letter, unknown = LETTERS[base]
    if letter == "s":
        return (value if isinstance(value, bytes) else b"").ljust(size, b"\0")
    n = size // struct.calcsize(letter)
    several = list(value) if isinstance(value, Sequence) else [value] * n
    filled = [float("nan") if one is None and unknown is None else unknown if one is None else one for one in several]
    return struct.pack(f"{'>' if big else '<'}{n}{letter}", *filled)
