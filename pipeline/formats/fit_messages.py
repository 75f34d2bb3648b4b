"""The messages of a FIT file as plain columns and mappings: here a faster decoder will take fitparse's place.

Nothing here knows what a run is; fit.py does and calls this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.formats.fit_reader import BROKEN, OTHER_MESSAGES, RECORD_FIELDS, Fields, ForgivingReader
from pipeline.schema import ParseNote, Records

FIT_EPOCH_S = 631065600  # 1989-12-31 00:00 UTC, where FIT's seconds begin


@dataclass(frozen=True, slots=True)
class FitPart:
    """One FIT file (several may be chained in one): its records in file order, other messages by their name.

    `records` has RECORD_FIELDS as float64 columns, shape (n_records,), scaled, NaN where invalid; timestamps
    are FIT seconds, positions semicircles. A field of `messages` is absent where invalid.
    """

    records: Records
    messages: Mapping[str, tuple[Fields, ...]]


def read_messages(content: bytes) -> tuple[tuple[FitPart, ...], tuple[ParseNote, ...]]:
    """All parts of the file, and what was odd. Never raises for damage: what came before it is kept."""
    whole, notes = _with_real_size(content)
    if not notes and not checksums_match(whole):
        notes.append(ParseNote("checksum", "the file's checksum is wrong: a byte changed on the way, or it was cut"))
    parts: list[_Collector] = []
    reader = None
    try:
        reader = ForgivingReader(whole)
        for name, fields in reader.walk():
            if name == "file_id" or not parts:
                parts.append(_Collector())
            parts[-1].add(name, fields)
    except BROKEN as error:
        if reader is None or not reader.at_trailing_bytes:
            notes.append(ParseNote("damaged", f"reading stopped early, what came before is kept ({error})"))
    if reader is not None and reader.n_misaligned:
        detail = "a field whose size does not fit its type was left out"
        notes.append(ParseNote("misaligned_field", detail, reader.n_misaligned))
    return tuple(part.done() for part in parts), tuple(notes)


def checksums_match(content: bytes) -> bool:
    """Whether each chained file's CRC-16 is right; an absent one is, for some watches write none."""
    at = 0
    while content[at + 8 : at + 12] == b".FIT":
        end = at + content[at] + int.from_bytes(content[at + 4 : at + 8], "little")
        said = int.from_bytes(content[end : end + 2], "little")
        if said and said != _crc(content[at:end]):
            return False
        at = end + 2
    return True


class _Collector:
    """Gathers the messages of one part while they come by."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, ...]] = []
        self._messages: dict[str, list[Fields]] = {name: [] for name in OTHER_MESSAGES}

    def add(self, name: str, fields: Fields) -> None:
        if name == "record":
            self._rows.append(tuple(_number(fields.get(field)) for field in RECORD_FIELDS))
        else:
            self._messages[name].append(fields)

    def done(self) -> FitPart:
        table = np.array(self._rows, dtype=np.float64).reshape(len(self._rows), len(RECORD_FIELDS))
        columns = {name: table[:, i].copy() for i, name in enumerate(RECORD_FIELDS)}
        return FitPart(columns, {name: tuple(found) for name, found in self._messages.items()})


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _with_real_size(content: bytes) -> tuple[bytes, list[ParseNote]]:
    """A header that says "0 bytes follow" is of a watch that crashed before it closed the file: read to the
    end.
    """
    header_size, said = content[0], int.from_bytes(content[4:8], "little")
    if said or len(content) <= header_size:
        return content, []
    real = (len(content) - header_size).to_bytes(4, "little")
    note = ParseNote("unclosed", "the watch never closed this file: read to its end")
    return content[:4] + real + content[8:], [note]


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def _crc(content: bytes) -> int:
    """CRC-16/ARC (the FIT protocol's), a table look-up a byte."""
    crc = 0
    for byte in content:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc
