"""FIT's definition messages: which bytes of a data message are which field, and the rows they cut out of a file.

A definition may come thousands of times in a file; its layout is made once, and taken apart only if it is one of a
message we use. Called by the walk, the clock and the tables.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.profile import BASE_TYPES, BYTE, TIMESTAMP, BaseType, meaning_of, name_of


class Place(NamedTuple):
    """A field's bytes within a message's content. `app` is the developer data index, None for FIT's own fields.

    A developer's field says elsewhere, perhaps later in the file, how it is stored: `base` is None until then.
    """

    number: int
    app: int | None
    base: BaseType | None
    offset: int
    size: int


Key = str | tuple[int, int]  # a field of FIT by its name, a developer's by (developer data index, field number)


class StoredField(NamedTuple):
    """A field as one or more layouts store it. `meaning` is the profile's, None without one."""

    key: Key
    meaning: Any | None
    base: BaseType
    size: int

    @property
    def is_number(self) -> bool:
        """One value, not an array of several; bytes always are an array."""
        return self.size == self.base.size and self.base is not BYTE


# what each developer's field, by (developer data index, field number), is stored as
Described = tuple[tuple[tuple[int, int], BaseType], ...]
Cut = tuple[
    np.dtype[np.void], list[StoredField]
]  # numpy's structure of a content, and what its fields '0', '1' ... are


class Layout:
    """Use layout_of. What a definition message (given whole) says: the global number of the message, its byte order, its size.

    41 00 00 14 00 02 fd 04 86 03 01 02: local number 1, little-endian, message 20 (record), two fields: 253 in
    4 bytes of type 0x86 (the time), 3 in 1 byte of type 2 (heart rate).
    """

    def __init__(self, definition: bytes) -> None:
        self.order = ">" if definition[2] else "<"
        self.message = int.from_bytes(definition[3:5], "big" if definition[2] else "little")
        self._own = definition[6 : 6 + 3 * definition[5]]
        self._developers = definition[7 + 3 * definition[5] :]
        self.size = sum(self._own[1::3]) + sum(self._developers[1::3])  # of the content, without the header byte

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The fields in their order, without those whose size does not fit their type.

        COROS writes a 4-byte type in 1 byte, TrainingPeaks a text in 0.
        """
        places: list[Place] = []
        offset = 0
        for number, size, code in zip(self._own[::3], self._own[1::3], self._own[2::3], strict=True):
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
        """How many fields are left out of `places`."""
        return (len(self._own) + len(self._developers)) // 3 - len(self.places)

    @cached_property
    def time(self) -> Place | None:
        """Where the time in full stands, None without one."""
        if TIMESTAMP not in self._own[::3]:
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
        """The numbers of FIT's own fields' base types."""
        return frozenset(self._own[2::3])


@lru_cache(maxsize=1024)
def layout_of(definition: bytes) -> Layout:
    """The layout of a definition message, given whole: one for all files of a process, for a watch writes the same."""
    return Layout(definition)


def rows_at(content: bytes, layout: Layout, starts: NDArray[np.intp], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """The contents of the messages whose headers stand at `starts`, shape (n,), seen as `dtype`."""
    first, last = int(starts[0]), int(starts[-1])
    if last - first == (starts.size - 1) * (1 + layout.size):  # no other message between them: seen where they stand
        return np.ndarray((starts.size,), dtype, content, first + 1, (1 + layout.size,))
    whole = np.dtype((np.void, layout.size))
    n_positions = len(content) - layout.size + 1
    anywhere = np.ndarray((n_positions,), whole, content, strides=(1,))
    return anywhere[starts + 1].view(dtype)


@lru_cache(maxsize=1024)
def cut_of(layout: Layout, described: Described) -> Cut:
    """How to cut the content into its fields; one that is given twice is its last place.

    A developer's field that nothing describes, or otherwise than it is written, is not among them.
    """
    told = dict(described)
    fields: dict[Key, tuple[StoredField, int]] = {}
    for number, app, own, offset, size in layout.places:
        base = own if app is None else told.get((app, number))
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
    """A text, a value, or an array of values."""
    if field.base.code == "S":
        return f"S{field.size}"
    one = order + field.base.code
    return one if field.is_number else (one, (field.size // field.base.size,))
