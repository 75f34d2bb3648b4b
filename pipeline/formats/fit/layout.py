"""FIT's definition messages: which bytes of a data message are which field; and views of a file's messages as rows.

A definition may occur thousands of times in a file. Its layout is made once, and analysed only if we use its message.
Called by `walk`, `clock`, `fields` and `table`.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.profile import BASE_TYPES, BYTE, TIMESTAMP, BaseType, meaning_of, name_of


class Place(NamedTuple):
    """A field's bytes within a message's content. `app` is the developer data index, None for FIT's own fields.

    The type of a developer's field is defined elsewhere, perhaps later in the file: its `base` is None.
    """

    number: int
    app: int | None
    base: BaseType | None
    offset: int
    size: int


Key = str | tuple[int, int]  # a FIT field: its name; a developer's field: (developer data index, field number)


class StoredField(NamedTuple):
    """A field as one or more layouts store it. `meaning` comes from the profile, None if it has none."""

    key: Key
    meaning: Any | None
    base: BaseType
    size: int

    @property
    def is_number(self) -> bool:
        """True for a single value; bytes are always an array."""
        return self.size == self.base.size and self.base is not BYTE


# the type of each developer's field, by (developer data index, field number)
Described = tuple[tuple[tuple[int, int], BaseType], ...]
# numpy's structured type for a message's content, and the fields behind its names '0', '1' ...
Cut = tuple[np.dtype[np.void], list[StoredField]]


class Layout:
    """A definition message, given complete: the global number of its message, byte order and size. Use `layout_of`.

    41 00 00 14 00 02 fd 04 86 03 01 02: local number 1, little-endian, message 20 (record), two fields: 253 in
    4 bytes of type 0x86 (the time), 3 in 1 byte of type 2 (heart rate).
    """

    def __init__(self, definition: bytes) -> None:
        self.order = ">" if definition[2] else "<"
        self.message = int.from_bytes(definition[3:5], "big" if definition[2] else "little")
        self._standard = definition[6 : 6 + 3 * definition[5]]
        self._developers = definition[7 + 3 * definition[5] :]
        # bytes of the content, without the header byte
        self.size = sum(self._standard[1::3]) + sum(self._developers[1::3])

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The fields in their order, without fields with a size that does not fit their type.

        COROS writes a 4-byte type in 1 byte, TrainingPeaks a text in 0.
        """
        places: list[Place] = []
        offset = 0
        for number, size, code in zip(self._standard[::3], self._standard[1::3], self._standard[2::3], strict=True):
            base = BASE_TYPES.get(code, BYTE)
            if size and size % base.size == 0:
                places.append(Place(number, None, base, offset, size))
            offset += size
        for number, size, app in zip(
            self._developers[::3], self._developers[1::3], self._developers[2::3], strict=True
        ):
            places.append(Place(number, app, None, offset, size))
            offset += size
        return tuple(places)

    @cached_property
    def n_misaligned(self) -> int:
        """The number of fields left out of `places`."""
        return (len(self._standard) + len(self._developers)) // 3 - len(self.places)

    @cached_property
    def time(self) -> Place | None:
        """The place of the full time, None without one."""
        if TIMESTAMP not in self._standard[::3]:
            return None
        of_time = (
            place for place in self.places if place.number == TIMESTAMP and place.app is None and place.size == 4
        )
        return next(of_time, None)

    @property
    def has_developers(self) -> bool:
        return bool(self._developers)

    @cached_property
    def base_codes(self) -> frozenset[int]:
        """The numbers of the base types of FIT's own fields."""
        return frozenset(self._standard[2::3])


@lru_cache(maxsize=1024)
def layout_of(definition: bytes) -> Layout:
    """Return the layout of a complete definition message. Cached for all files of a process: a watch repeats its definitions."""
    return Layout(definition)


def rows_at(content: bytes, layout: Layout, starts: NDArray[np.intp], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Return the contents of the messages with headers at `starts`, shape (n,), viewed as `dtype`."""
    first, last = int(starts[0]), int(starts[-1])
    if last - first == (starts.size - 1) * (1 + layout.size):  # no other message between them: a view without copying
        return np.ndarray((starts.size,), dtype, content, first + 1, (1 + layout.size,))
    content_type = np.dtype((np.void, layout.size))
    n_positions = len(content) - layout.size + 1
    anywhere = np.ndarray((n_positions,), content_type, content, strides=(1,))
    return anywhere[starts + 1].view(dtype)


@lru_cache(maxsize=1024)
def cut_of(layout: Layout, described: Described) -> Cut:
    """Return how to split the content into its fields. If a field occurs twice, its last place counts.

    Developers' fields without a description, or with one that does not fit, are left out.
    """
    base_types = dict(described)
    fields: dict[Key, tuple[StoredField, int]] = {}
    for number, app, standard_base, offset, size in layout.places:
        base = standard_base if app is None else base_types.get((app, number))
        if base is not None and size and size % base.size == 0:
            meaning = meaning_of(layout.message, number) if app is None else None
            key = name_of(layout.message, number) if app is None else (app, number)
            fields[key] = (StoredField(key, meaning, base, size), offset)
    formats = [_format(layout.order, field) for field, _ in fields.values()]
    names = [str(i) for i in range(len(formats))]
    offsets = [offset for _, offset in fields.values()]
    dtype = np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": layout.size})
    return dtype, [field for field, _ in fields.values()]


def _format(order: str, field: StoredField) -> object:
    """Return numpy's format of a text, a value, or an array of values."""
    if field.base.code == "S":
        return f"S{field.size}"
    value = order + field.base.code
    return value if field.is_number else (value, (field.size // field.base.size,))
