"""Reads a FIT file as plain columns and mappings: its chained parts, their messages, and notes on damage.

Runs are built in `decode`, which calls this. Damage never raises an error here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastcrc.crc16 import arc

from pipeline.formats.fit.chain import Body
from pipeline.formats.fit.clock import compressed_times
from pipeline.formats.fit.fields import Fields, read_fields
from pipeline.formats.fit.profile import (
    BASE_TYPE_NAMED,
    BASE_TYPES,
    BYTE,
    FIELD_DESCRIPTION,
    HRV,
    MESSAGE_NUMBERS,
    RECORD,
    BaseType,
)
from pipeline.formats.fit.resync import FoundMessages, find_messages
from pipeline.formats.fit.table import Table, read_table
from pipeline.formats.fit.walk import Walk
from pipeline.schema import ParseNote, Records

_RARE = {
    name: MESSAGE_NUMBERS[name]
    for name in ("file_id", "session", "lap", "event", "activity", "sport", "device_info", "weather_conditions")
}


@dataclass(frozen=True, slots=True)
class DeveloperField:
    """An app's description of a field that it adds; name and unit are the app's own."""

    name: str
    unit: str | None
    base: BaseType


@dataclass(frozen=True, slots=True)
class FitPart:
    """One FIT file (several may be chained in one). Times are FIT seconds, positions semicircles.

    `messages` contains the rare kinds of messages, by name. `described` contains the developers' fields by
    (developer data index, field number), the key that the columns of `record` use too.
    """

    record: Table
    hrv: Table
    messages: Mapping[str, tuple[Fields, ...]]
    described: Mapping[tuple[int, int], DeveloperField]

    @property
    def records(self) -> Records:
        """FIT's own number fields of the records by name: float64, shape (n_records,), scaled, NaN where invalid."""
        return self.record.records


def read_messages(content: bytes) -> tuple[tuple[FitPart, ...], tuple[ParseNote, ...]]:
    """Return all parts of the file, and notes on damage and oddities."""
    parts: list[FitPart] = []
    notes: list[ParseNote] = []
    at = 0
    while content[at + 8 : at + 12] == b".FIT":
        begin, end = at + content[at], at + content[at] + int.from_bytes(content[at + 4 : at + 8], "little")
        body = _bounds(content, at, begin, end, notes)
        found = find_messages(content, body)
        parts.append(_read_part(content, found.walk))
        notes += _notes(found, is_cut=end > len(content))
        at = body.end + 2
    return tuple(parts), _one_per_kind(notes)


def _bounds(content: bytes, at: int, begin: int, end: int, notes: list[ParseNote]) -> Body:
    """Return the bounds of the messages of the part at `at`, and whether header and checksum show it undamaged."""
    if begin == end < len(content):
        notes.append(ParseNote("unclosed", "the watch did not finish this file: it was read to its end"))
        return Body(begin, len(content), cut=True)
    if end > len(content):
        notes.append(ParseNote("damaged", "the file is cut short: everything up to the cut was read"))
        return Body(begin, len(content), cut=True)
    checksum = int.from_bytes(content[end : end + 2], "little")  # absent or 0: some watches write none
    if not checksum or checksum == arc(memoryview(content)[at:end]):
        return Body(begin, end, sound=True)
    notes.append(ParseNote("checksum", "the file's checksum is wrong: the file was changed or cut short"))
    more_follows = content[end + 10 : end + 14] == b".FIT" or len(content) <= end + 2
    return Body(begin, end if more_follows else len(content))  # perhaps the size in the header is wrong


def _read_part(content: bytes, walk: Walk) -> FitPart:
    short_times = compressed_times(content, walk.starts()) if walk.has_compressed_times() else None
    described = _described(read_fields(content, walk.starts(FIELD_DESCRIPTION), None))
    bases = tuple((key, field.base) for key, field in described.items())
    return FitPart(
        record=read_table(content, RECORD, walk.starts(RECORD), bases, short_times),
        hrv=read_table(content, HRV, walk.starts(HRV), (), None),
        messages={name: read_fields(content, walk.starts(number), short_times) for name, number in _RARE.items()},
        described=described,
    )


def _described(descriptions: tuple[Fields, ...]) -> dict[tuple[int, int], DeveloperField]:
    """Return the developers' fields. A description may follow its records, or be repeated: the last one counts."""
    described = {}
    for description in descriptions:
        app, number, base = (
            description.get(key) for key in ("developer_data_index", "field_definition_number", "fit_base_type_id")
        )
        if isinstance(app, int) and isinstance(number, int):
            name, unit = _printable(description.get("field_name")), _printable(description.get("units"))
            described[app, number] = DeveloperField(name or f"unnamed_dev_field_{number}", unit, _base_type(base))
    return described


def _base_type(value: object) -> BaseType:
    """Return the base type by its name in the profile, or by its number if the profile has no name."""
    if isinstance(value, str):
        return BASE_TYPE_NAMED.get(value, BYTE)
    return BASE_TYPES.get(value, BYTE) if isinstance(value, int) else BYTE


def _printable(text: object) -> str | None:
    """Return an app's text without control characters, which a terminal would obey."""
    if not isinstance(text, str):
        return None
    printable = text if text.isprintable() else "".join(sign for sign in text if sign.isprintable())
    return printable.strip() or None


def _notes(found: FoundMessages, is_cut: bool) -> list[ParseNote]:
    notes = []
    if found.n_breaks and not is_cut:  # a cut part has a note already
        detail = "parts of the file are damaged: the records before and after them were read"
        notes.append(ParseNote("damaged", detail, found.n_breaks))
    n_misaligned = found.walk.n_misaligned((RECORD, HRV, *_RARE.values()))
    if n_misaligned:
        detail = "a field with a size that does not fit its type was left out"
        notes.append(ParseNote("misaligned_field", detail, n_misaligned))
    return notes


def _one_per_kind(notes: list[ParseNote]) -> tuple[ParseNote, ...]:
    """Merge the notes of each kind into the first, adding their counts."""
    by_kind: dict[str, ParseNote] = {}
    for note in notes:
        before = by_kind.get(note.kind)
        by_kind[note.kind] = note if before is None else ParseNote(before.kind, before.detail, before.n + note.n)
    return tuple(by_kind.values())
