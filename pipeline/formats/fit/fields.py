"""The messages of which a FIT file holds few (sessions, laps, events, devices ...): each a mapping by field name.

Enumerations become the profile's words, and fields that mean different things by another's value get the name of
what they mean ('product' is 'garmin_product' where the maker is Garmin). Called by fit_messages; fit asks for
single numbers.
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
    """How a stored value is said: under this name, as its word, or scaled."""

    name: str
    words: Mapping[Any, str]
    scale: float | None
    offset: float | None


# where another field, by its number, has a certain stored value
_Instead = tuple[tuple[int, Any, _Meaning], ...]
# Of a field of a layout: its number; where its first value stands among all that is unpacked, and which value is none;
# what makes one of several values or of a text (None for a single number); what it means, and what instead.
_Step = tuple[int, int, int | None, Callable[[tuple[Any, ...]], Any] | None, _Meaning, _Instead]


def read_fields(content: bytes, starts: Starts, short_times: ShortTimes | None) -> tuple[Fields, ...]:
    """The messages at `starts`, all of one kind, in file order; a field is absent where invalid."""
    found: list[tuple[int, Fields]] = []
    for layout, some in starts.items():
        packed, plan = plan_of(layout)
        times: Iterable[int] = repeat(-1) if short_times is None else short_times.at(some).tolist()
        for at, seconds in zip(some.tolist(), times, strict=False):
            fields = _named(packed.unpack_from(content, at + 1), plan)
            if seconds >= 0:
                fields.setdefault("timestamp", seconds)
            found.append((at, fields))
    if len(starts) > 1:
        found.sort(key=itemgetter(0))
    return tuple([fields for _, fields in found])


@lru_cache(maxsize=256)
def plan_of(layout: Layout) -> tuple[struct.Struct, list[_Step]]:
    """How to unpack a message of the layout: the fields the profile knows, the rest stepped over."""
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
            read = partial(_several, slice(n_unpacked, n_unpacked + n_values), base)
        plan.append((number, n_unpacked, base.invalid, read, *meanings))
        at = offset + size
        n_unpacked += n_values
    return struct.Struct("".join(letters)), plan


@lru_cache(maxsize=1024)
def _meanings(message: int, number: int) -> tuple[_Meaning, _Instead] | None:
    """A field's meaning, and what it means instead; None for a field that the profile does not know."""
    field = meaning_of(message, number)
    if field is None:
        return None
    instead = [
        (other.def_num, other.raw_value, _meaning(sub)) for sub in field.subfields or () for other in sub.ref_fields
    ]
    return _meaning(field), tuple(instead)


def _meaning(field: Any) -> _Meaning:
    return _Meaning(field.name, field.type.values or {}, field.scale, field.offset)


def _text(at: int, values: tuple[Any, ...]) -> str | None:
    return as_text(values[at])


def _several(these: slice, base: BaseType, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    own = values[these]
    if base is BYTE:
        return None if set(own) == {base.invalid} else own
    return tuple(None if one == base.invalid or one != one else one for one in own)


def as_text(stored: bytes) -> str | None:
    """A text up to its first zero byte; None when there is nothing in it."""
    return stored.split(b"\0")[0].decode("utf-8", "replace") or None


def _named(values: tuple[Any, ...], plan: list[_Step]) -> dict[str, object]:
    """The fields by name, in words and scaled, out of what was unpacked; without what is unknown."""
    fields: dict[str, object] = {}
    stored: dict[int, Any] = {}
    varying: list[_Step] = []
    for step in plan:
        number, at, invalid, read, (name, words, scale, offset), instead = step
        value = values[at] if read is None else read(values)
        if value is None or value == invalid or value != value:
            continue
        stored[number] = value
        if instead:
            varying.append(step)
        elif value in words:
            fields[name] = words[value]
        else:
            fields[name] = _scaled(value, scale, offset) if scale or offset else value
    for number, _, _, _, meaning, instead in varying:
        value = stored[number]
        name, words, scale, offset = _meant(meaning, instead, stored)
        fields[name] = words[value] if value in words else _scaled(value, scale, offset)
    return fields


def _meant(meaning: _Meaning, instead: _Instead, stored: Mapping[int, Any]) -> _Meaning:
    """What the field means beside the other fields of its message."""
    for number, value, other in instead:
        if number in stored and stored[number] == value:
            return other
    return meaning


def _scaled(value: Any, scale: float | None, offset: float | None) -> Any:
    if isinstance(value, tuple):
        return tuple(_scaled(one, scale, offset) for one in value)
    if isinstance(value, _NUMBER):
        value = value / scale if scale else value
        value = value - offset if offset else value
    return value


def number_of(fields: Fields, name: str) -> float | None:
    """A field's number; None without one."""
    value = fields.get(name)
    return float(value) if isinstance(value, _NUMBER) else None


def instant_s(fields: Fields, name: str) -> float:
    """A field's instant in seconds since 1970; the FIT epoch itself when it gives none."""
    return (number_of(fields, name) or 0.0) + FIT_EPOCH_S
