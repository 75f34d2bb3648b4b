"""Reads the rare messages of a FIT file (sessions, laps, events, devices ...): one mapping by field name per message.

Enumerations become the profile's labels. A field with a meaning that depends on another field gets the name of that
meaning ('product' is 'garmin_product' if the manufacturer is Garmin). Called by `messages`; `decode` and `extras` use
`number_of` and `instant_s`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

from pipeline.formats.fit.clock import ShortTimes, Starts
from pipeline.formats.fit.layout import Layout
from pipeline.formats.fit.profile import BYTE, FIT_EPOCH_S, BaseType, meaning_of

Fields = Mapping[str, object]
_NUMBER = (int, float)


class _Meaning(NamedTuple):
    """How a stored value is shown: under this name, as its label, or scaled."""

    name: str
    labels: Mapping[Any, str]
    scale: float | None
    offset: float | None


# Other meanings: field number, its stored value, and the meaning that counts if that field has that value.
_OtherMeanings = tuple[tuple[int, Any, _Meaning], ...]
# For a field of a layout: its number; the index of its first value among all unpacked values; its invalid value; the
# function that reads an array or a text (None for a single number); its meaning and its other meanings.
_Step = tuple[int, int, int | None, Callable[[tuple[Any, ...]], Any] | None, _Meaning, _OtherMeanings]


def read_fields(content: bytes, starts: Starts, short_times: ShortTimes | None) -> tuple[Fields, ...]:
    """Return the messages at `starts`, all of one kind, in file order; invalid fields are absent."""
    found: list[tuple[int, Fields]] = []
    for layout, positions in starts.items():
        packed, plan = plan_of(layout)
        times: Iterable[int] = repeat(-1) if short_times is None else short_times.at(positions).tolist()
        for at, seconds in zip(positions.tolist(), times, strict=False):
            fields = _named(packed.unpack_from(content, at + 1), plan)
            if seconds >= 0:
                fields.setdefault("timestamp", seconds)
            found.append((at, fields))
    if len(starts) > 1:
        found.sort(key=itemgetter(0))
    return tuple([fields for _, fields in found])


@lru_cache(maxsize=256)
def plan_of(layout: Layout) -> tuple[struct.Struct, list[_Step]]:
    """Return how to unpack a message of the layout: the fields in the profile; the others are skipped."""
    plan: list[_Step] = []
    letters, at, n_unpacked = [layout.order], 0, 0
    for number, app, base, offset, size in layout.places:
        meanings = _meanings(layout.message, number) if app is None else None
        if base is None or meanings is None:
            continue
        n_values = size // base.size
        letters.append(f"{offset - at}x{n_values}{base.letter}")
        read: Callable[[tuple[Any, ...]], Any] | None = None
        if base.letter == "s":
            read, n_values = partial(_text, n_unpacked), 1
        elif n_values > 1 or base is BYTE:
            read = partial(_array, slice(n_unpacked, n_unpacked + n_values), base)
        plan.append((number, n_unpacked, base.invalid, read, *meanings))
        at = offset + size
        n_unpacked += n_values
    return struct.Struct("".join(letters)), plan


@lru_cache(maxsize=1024)
def _meanings(message: int, number: int) -> tuple[_Meaning, _OtherMeanings] | None:
    """Return a field's meaning and its other meanings; None for a field that is not in the profile."""
    field = meaning_of(message, number)
    if field is None:
        return None
    other_meanings = [
        (ref.def_num, ref.raw_value, _meaning(sub)) for sub in field.subfields or () for ref in sub.ref_fields
    ]
    return _meaning(field), tuple(other_meanings)


def _meaning(field: Any) -> _Meaning:
    return _Meaning(field.name, field.type.values or {}, field.scale, field.offset)


def _text(at: int, values: tuple[Any, ...]) -> str | None:
    return as_text(values[at])


def _array(where: slice, base: BaseType, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    elements = values[where]
    if base is BYTE:
        return None if set(elements) == {base.invalid} else elements
    return tuple(None if value == base.invalid or value != value else value for value in elements)


def as_text(stored: bytes) -> str | None:
    """Return a text up to its first zero byte; None if it is empty."""
    return stored.split(b"\0")[0].decode("utf-8", "replace") or None


def _named(values: tuple[Any, ...], plan: list[_Step]) -> dict[str, object]:
    """Return the unpacked fields by name, as labels or scaled; invalid fields are absent."""
    fields: dict[str, object] = {}
    stored: dict[int, Any] = {}
    varying: list[_Step] = []
    for step in plan:
        number, at, invalid, read, (name, labels, scale, offset), other_meanings = step
        value = values[at] if read is None else read(values)
        if value is None or value == invalid or value != value:
            continue
        stored[number] = value
        if other_meanings:
            varying.append(step)
        elif value in labels:
            fields[name] = labels[value]
        else:
            fields[name] = _scaled(value, scale, offset) if scale or offset else value
    for number, _, _, _, meaning, other_meanings in varying:
        value = stored[number]
        name, labels, scale, offset = _actual_meaning(meaning, other_meanings, stored)
        fields[name] = labels[value] if value in labels else _scaled(value, scale, offset)
    return fields


def _actual_meaning(meaning: _Meaning, other_meanings: _OtherMeanings, stored: Mapping[int, Any]) -> _Meaning:
    """Return what the field means, given the other fields of its message."""
    for number, value, alternative in other_meanings:
        if number in stored and stored[number] == value:
            return alternative
    return meaning


def _scaled(value: Any, scale: float | None, offset: float | None) -> Any:
    if isinstance(value, tuple):
        return tuple(_scaled(element, scale, offset) for element in value)
    if isinstance(value, _NUMBER):
        value = value / scale if scale else value
        value = value - offset if offset else value
    return value


def number_of(fields: Fields, name: str) -> float | None:
    """Return a field's number; None if it has none."""
    value = fields.get(name)
    return float(value) if isinstance(value, _NUMBER) else None


def instant_s(fields: Fields, name: str) -> float:
    """Return a field's instant in seconds since 1970; the FIT epoch itself if it has none."""
    return (number_of(fields, name) or 0.0) + FIT_EPOCH_S
