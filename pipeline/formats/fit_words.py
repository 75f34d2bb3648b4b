"""The messages of which a FIT file holds few (sessions, laps, events, devices ...): each a mapping by field name.

Enumerations become the profile's words, and fields that mean different things by another's value get the name of
what they mean ('product' is 'garmin_product' where the maker is Garmin). Called by fit_messages; fit asks for
single numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pipeline.formats.fit_clock import Starts
from pipeline.formats.fit_layout import Layout
from pipeline.formats.fit_profile import BYTE, FIT_EPOCH_S, BaseType, meaning_of

Fields = Mapping[str, object]
_Plan = list[tuple[int, Any, BaseType, int]]  # per field its number, meaning, type, and how many values it has


def read_fields(content: bytes, starts: Starts, short_times: Mapping[int, int]) -> tuple[Fields, ...]:
    """The messages at `starts`, all of one kind, in file order; a field is absent where invalid."""
    found: list[tuple[int, Fields]] = []
    for layout, some in starts.items():
        packed, plan = plan_of(layout)
        for at in some.tolist():
            fields = _named(_stored(packed.unpack_from(content, at + 1), plan))
            if at in short_times:
                fields.setdefault("timestamp", short_times[at])
            found.append((at, fields))
    found.sort(key=lambda one: one[0])
    return tuple(fields for _, fields in found)


@lru_cache(maxsize=256)
def plan_of(layout: Layout) -> tuple[struct.Struct, _Plan]:
    """How to unpack a message of the layout: the fields the profile knows, the rest stepped over."""
    plan: _Plan = []
    letters, at = [layout.order], 0
    for number, app, base, offset, size in layout.places:
        meaning = meaning_of(layout.message, number) if app is None else None
        if base is None or meaning is None:
            continue
        n_values = size // base.size
        letters.append(f"{offset - at}x{n_values}{base.letter}")
        plan.append((number, meaning, base, 1 if base.letter == "s" else n_values))
        at = offset + size
    return struct.Struct("".join(letters)), plan


def _stored(values: tuple[Any, ...], plan: _Plan) -> dict[int, tuple[Any, Any]]:
    """By field number the value that stands in the message and its meaning; without what is unknown."""
    stored = {}
    at = 0
    for number, meaning, base, n_values in plan:
        value = values[at]
        if n_values > 1 or base is BYTE:
            value = _several(values[at : at + n_values], base)
        elif base.letter == "s":
            value = as_text(value)
        elif value == base.invalid or value != value:
            value = None
        if value is not None:
            stored[number] = value, meaning
        at += n_values
    return stored


def _several(values: tuple[Any, ...], base: BaseType) -> tuple[Any, ...] | None:
    if base is BYTE:
        return None if set(values) == {base.invalid} else values
    return tuple(None if one == base.invalid or one != one else one for one in values)


def as_text(stored: bytes) -> str | None:
    """A text up to its first zero byte; None when there is nothing in it."""
    return stored.split(b"\0")[0].decode("utf-8", "replace") or None


def _named(stored: Mapping[int, tuple[Any, Any]]) -> dict[str, object]:
    """The fields by name, in words and scaled."""
    fields: dict[str, object] = {}
    for value, field in stored.values():
        meaning = _meant(field, stored) if field.subfields else field
        words = meaning.type.values
        if words and not isinstance(value, tuple) and value in words:
            fields[meaning.name] = words[value]
        elif meaning.scale or meaning.offset:
            fields[meaning.name] = _scaled(value, meaning)
        else:
            fields[meaning.name] = value
    return fields


def _meant(field: Any, stored: Mapping[int, tuple[Any, Any]]) -> Any:
    """The field, or what it means beside the other fields of its message."""
    for sub in field.subfields:
        for other in sub.ref_fields:
            if other.def_num in stored and stored[other.def_num][0] == other.raw_value:
                return sub
    return field


def _scaled(value: Any, meaning: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_scaled(one, meaning) for one in value)
    if isinstance(value, int | float):
        value = value / meaning.scale if meaning.scale else value
        value = value - meaning.offset if meaning.offset else value
    return value


def number_of(fields: Fields, name: str) -> float | None:
    """A field's number; None without one."""
    value = fields.get(name)
    return float(value) if isinstance(value, int | float) else None


def instant_s(fields: Fields, name: str) -> float:
    """A field's instant in seconds since 1970; the FIT epoch itself when it gives none."""
    return (number_of(fields, name) or 0.0) + FIT_EPOCH_S
