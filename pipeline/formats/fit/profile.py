"""The meaning of FIT's numbers: base types, and names, scales and labels of messages and fields.

The tables are fitparse's (Garmin's profile of 2019), plus a few newer record fields. Called by the other modules of
`fit`; nothing here reads a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fitparse.profile import MESSAGE_TYPES
from fitparse.records import BASE_TYPES as _PROFILE_TYPES
from fitparse.records import Field

FIT_EPOCH_S = 631065600  # 1989-12-31 00:00 UTC, the zero of FIT's seconds
TIMESTAMP = 253  # the number of the time field in every message
RECORD, HRV, FIELD_DESCRIPTION = 20, 78, 206
MESSAGE_NUMBERS = {kind.name: number for number, kind in MESSAGE_TYPES.items()}


@dataclass(frozen=True, slots=True, eq=False)
class BaseType:
    """How a value is stored: `code` is numpy's type without byte order, `letter` is struct's; `invalid` means unknown."""

    name: str
    code: str
    letter: str
    size: int
    invalid: int | None


# Unknown floats are NaN, unknown texts are empty; bytes are unknown if all of them are 255.
BASE_TYPES = {
    0x00: BaseType("enum", "u1", "B", 1, 0xFF),
    0x01: BaseType("sint8", "i1", "b", 1, 0x7F),
    0x02: BaseType("uint8", "u1", "B", 1, 0xFF),
    0x83: BaseType("sint16", "i2", "h", 2, 0x7FFF),
    0x84: BaseType("uint16", "u2", "H", 2, 0xFFFF),
    0x85: BaseType("sint32", "i4", "i", 4, 0x7FFFFFFF),
    0x86: BaseType("uint32", "u4", "I", 4, 0xFFFFFFFF),
    0x07: BaseType("string", "S", "s", 1, None),
    0x88: BaseType("float32", "f4", "f", 4, None),
    0x89: BaseType("float64", "f8", "d", 8, None),
    0x0A: BaseType("uint8z", "u1", "B", 1, 0),
    0x8B: BaseType("uint16z", "u2", "H", 2, 0),
    0x8C: BaseType("uint32z", "u4", "I", 4, 0),
    0x0D: BaseType("byte", "u1", "B", 1, 0xFF),
    0x8E: BaseType("sint64", "i8", "q", 8, 0x7FFFFFFFFFFFFFFF),
    0x8F: BaseType("uint64", "u8", "Q", 8, 0xFFFFFFFFFFFFFFFF),
    0x90: BaseType("uint64z", "u8", "Q", 8, 0),
}
BYTE = BASE_TYPES[0x0D]
BASE_TYPE_NAMED = {base.name: base for base in BASE_TYPES.values()}


def _newer(number: int, name: str, base: int, scale: float | None, unit: str | None) -> Any:
    return Field(name=name, type=_PROFILE_TYPES[base], def_num=number, scale=scale, units=unit)


_RECORD_FIELDS_SINCE_2019 = (
    _newer(87, "cycle_length16", 0x84, 100, "m"),
    _newer(99, "respiration_rate", 0x02, None, "breaths/min"),
    _newer(108, "enhanced_respiration_rate", 0x84, 100, "breaths/min"),
    _newer(116, "current_stress", 0x84, 100, None),
    _newer(139, "core_temperature", 0x84, 100, "C"),
)
_FIELDS: dict[int, dict[int, Any]] = {number: dict(kind.fields) for number, kind in MESSAGE_TYPES.items()}
_FIELDS[RECORD].update({field.def_num: field for field in _RECORD_FIELDS_SINCE_2019})
_TIME = _FIELDS[RECORD][TIMESTAMP]
_RECORD_FIELD_NAMED = {field.name: field for field in _FIELDS[RECORD].values()}


def meaning_of(message: int, number: int) -> Any | None:
    """Return fitparse's Field for a field of a message (name, scale, offset, units, components, subfields); None if unknown."""
    if number == TIMESTAMP:
        return _TIME
    return _FIELDS.get(message, {}).get(number)


def name_of(message: int, number: int) -> str:
    """Return the field's name; 'unknown_87' for a number without a name."""
    meaning = meaning_of(message, number)
    return meaning.name if meaning is not None else f"unknown_{number}"


def unit_of(record_field: str) -> str | None:
    """Return a record field's unit as the profile writes it."""
    unit: str | None = _RECORD_FIELD_NAMED[record_field].units
    return unit


def is_measured(record_field: str) -> bool:
    """Return True if a record field's numbers are amounts: neither labels nor containers of other values."""
    meaning = _RECORD_FIELD_NAMED.get(record_field)
    return meaning is not None and not meaning.type.values and not meaning.components
