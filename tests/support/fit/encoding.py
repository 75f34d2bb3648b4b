"""The letters of FIT: types, definitions, messages, scaled columns, the checksum. Called by fit_writer."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

FIT_EPOCH_S = 631065600  # 1989-12-31 00:00 UTC

ENUM, SINT8, UINT8, STRING, UINT16, SINT32, UINT32 = 0x00, 0x01, 0x02, 0x07, 0x84, 0x85, 0x86
_STRUCT_LETTER = {ENUM: "B", UINT8: "B", UINT16: "H", SINT32: "i", UINT32: "I"}


def encoded_message(number: int, *fields: tuple[int, int, int | bytes | None]) -> bytes:
    """A definition and its one message; a field is (number, base type, value), left out when None."""
    present = [(num, kind, value) for num, kind, value in fields if value is not None]
    definition, content = [], b""
    for num, kind, value in present:
        raw = value if isinstance(value, bytes) else struct.pack("<" + _STRUCT_LETTER[kind], value)
        definition.append((num, len(raw), kind))
        content += raw
    return encoded_definition(number, definition) + b"\x00" + content


def encoded_definition(number: int, fields: list[tuple[int, int, int]]) -> bytes:
    head = struct.pack("<BBBHB", 0x40, 0, 0, number, len(fields))
    return head + b"".join(struct.pack("BBB", *field) for field in fields)


def encoded_text(value: str) -> bytes:
    return value.encode() + b"\x00"


def scaled(value: float | None, scale: float) -> int | None:
    return None if value is None else round(value * scale)


def raw_column(column: ArrayLike | None, scale: float, offset: float = 0.0) -> NDArray[np.float64] | None:
    """The integers FIT stores, (value + offset) * scale, as floats with NaN; None without any value."""
    if column is None:
        return None
    raw = np.round((np.asarray(column, dtype=np.float64) + offset) * scale)
    return None if np.isnan(raw).all() else raw


def fit_crc(content: bytes) -> int:
    """The FIT protocol's 16-bit checksum (CRC-16/ARC: polynomial 0x8005 reflected, start 0)."""
    crc = 0
    for byte in content:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))
