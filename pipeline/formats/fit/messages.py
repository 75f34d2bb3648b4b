"""A FIT file as plain columns and mappings: its chained parts, their messages, and what was odd about them.

Nothing here knows what a run is; fit.py does and calls this. It never raises for damage.
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
from pipeline.formats.fit.resync import Found, find_messages
from pipeline.formats.fit.table import Table, read_table
from pipeline.formats.fit.walk import Walk
from pipeline.schema import ParseNote, Records

_FEW = {
    name: MESSAGE_NUMBERS[name]
    for name in ("file_id", "session", "lap", "event", "activity", "sport", "device_info", "weather_conditions")
}


@dataclass(frozen=True, slots=True)
class DeveloperField:
    """What an app says of a field it adds: its name and unit are the app's own words."""

    name: str
    unit: str | None
    base: BaseType


@dataclass(frozen=True, slots=True)
class FitPart:
    """One FIT file (several may be chained in one). Times are FIT seconds, positions semicircles.

    `messages` holds, by name, the kinds of which there are few; `described` the developers' fields by
    (developer data index, field number), as the columns of `record` are keyed.
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
    """All parts of the file, and what was odd."""
    parts: list[FitPart] = []
    notes: list[ParseNote] = []
    at = 0
    while content[at + 8 : at + 12] == b".FIT":
        begin, end = at + content[at], at + content[at] + int.from_bytes(content[at + 4 : at + 8], "little")
        body = _judge(content, at, begin, end, notes)
        found = find_messages(content, body)
        parts.append(_read_part(content, found.walk))
        notes += _notes(found, is_cut=end > len(content))
        at = body.end + 2
    return tuple(parts), _each_kind_once(notes)


def _judge(content: bytes, at: int, begin: int, end: int, notes: list[ParseNote]) -> Body:
    """Where the messages of the part at `at` end, and whether it is whole as far as its header and checksum tell."""
    if begin == end < len(content):
        notes.append(ParseNote("unclosed", "the watch never closed this file: read to its end"))
        return Body(begin, len(content), cut=True)
    if end > len(content):
        notes.append(ParseNote("damaged", "the file ends before its time: what is there was read"))
        return Body(begin, len(content), cut=True)
    said = int.from_bytes(content[end : end + 2], "little")  # absent or 0: some watches write none
    if not said or said == arc(memoryview(content)[at:end]):
        return Body(begin, end, sound=True)
    notes.append(ParseNote("checksum", "the file's checksum is wrong: a byte changed on the way, or it was cut"))
    more_follows = content[end + 10 : end + 14] == b".FIT" or len(content) <= end + 2
    return Body(begin, end if more_follows else len(content))  # perhaps it is the said size that changed


def _read_part(content: bytes, walk: Walk) -> FitPart:
    short_times = compressed_times(content, walk.starts()) if walk.has_compressed_times() else None
    described = _described(read_fields(content, walk.starts(FIELD_DESCRIPTION), None))
    bases = tuple((key, one.base) for key, one in described.items())
    return FitPart(
        record=read_table(content, RECORD, walk.starts(RECORD), bases, short_times),
        hrv=read_table(content, HRV, walk.starts(HRV), (), None),
        messages={name: read_fields(content, walk.starts(number), short_times) for name, number in _FEW.items()},
        described=described,
    )


def _described(descriptions: tuple[Fields, ...]) -> dict[tuple[int, int], DeveloperField]:
    """The developers' fields; a description may come after the records it describes, and again: the last counts."""
    described = {}
    for said in descriptions:
        app, number, base = (
            said.get(key) for key in ("developer_data_index", "field_definition_number", "fit_base_type_id")
        )
        if isinstance(app, int) and isinstance(number, int):
            name, unit = _said(said.get("field_name")), _said(said.get("units"))
            described[app, number] = DeveloperField(name or f"unnamed_dev_field_{number}", unit, _base_type(base))
    return described


def _base_type(said: object) -> BaseType:
    """By the profile's word for it, or the number where the profile has none."""
    if isinstance(said, str):
        return BASE_TYPE_NAMED.get(said, BYTE)
    return BASE_TYPES.get(said, BYTE) if isinstance(said, int) else BYTE


def _said(text: object) -> str | None:
    """An app's own words, without what a terminal would obey."""
    if not isinstance(text, str):
        return None
    shown = text if text.isprintable() else "".join(sign for sign in text if sign.isprintable())
    return shown.strip() or None


def _notes(found: Found, is_cut: bool) -> list[ParseNote]:
    notes = []
    if found.n_breaks and not is_cut:  # what is cut is damaged anyway
        detail = "parts of the file make no sense: what lies before and after them was read"
        notes.append(ParseNote("damaged", detail, found.n_breaks))
    n_misaligned = found.walk.n_misaligned((RECORD, HRV, *_FEW.values()))
    if n_misaligned:
        detail = "a field whose size does not fit its type was left out"
        notes.append(ParseNote("misaligned_field", detail, n_misaligned))
    return notes


def _each_kind_once(notes: list[ParseNote]) -> tuple[ParseNote, ...]:
    """The first note of a kind, counting them all."""
    once: dict[str, ParseNote] = {}
    for note in notes:
        before = once.get(note.kind)
        once[note.kind] = note if before is None else ParseNote(before.kind, before.detail, before.n + note.n)
    return tuple(once.values())
