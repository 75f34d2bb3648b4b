"""All messages of one kind as columns: records and beat intervals, of which a file holds thousands.

Values are scaled as fitparse scales them, to the last bit. Called by fit_messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit_clock import Starts
from pipeline.formats.fit_layout import Described, StoredField, cut_of, rows_at
from pipeline.formats.fit_profile import BYTE, BaseType, meaning_of, name_of
from pipeline.formats.fit_unfold import unfold
from pipeline.formats.fit_words import as_text
from pipeline.schema import Records

Key = str | tuple[int, int]  # a field of FIT by its name, a developer's by (developer data index, field number)
Column = NDArray[Any]
_ROOM = 8  # times the file's size; further fields are a file made to exhaust memory (real ones need 4 at most)


@dataclass(frozen=True, slots=True)
class Table:
    """A kind's messages in file order, `starts` being their positions, shape (n,).

    `numbers` have shape (n,), float64, NaN where unknown; `arrays` (n, width) the same; `texts` (n,) hold str or
    None. Enumerations stay numbers. Only fields that some message has are there.
    """

    starts: NDArray[np.intp]
    numbers: dict[Key, Column] = field(default_factory=dict)
    arrays: dict[Key, Column] = field(default_factory=dict)
    texts: dict[Key, Column] = field(default_factory=dict)

    @property
    def records(self) -> Records:
        """The numbers of FIT's own fields by name."""
        return {key: column for key, column in self.numbers.items() if isinstance(key, str)}


def read_table(
    content: bytes, message: int, starts: Starts, described: Described, short_times: Mapping[int, int]
) -> Table:
    """The table of the messages at `starts`, all of the kind with that number. `short_times` are compressed_times'."""
    table = Table(np.sort(np.concatenate([*starts.values(), np.empty(0, dtype=np.intp)])))
    raw: dict[int, Column] = {}  # by field number as stored, of the fields that others are packed in
    for (number, app, base, _), stored in _stored_columns(content, starts, described, table.starts).items():
        if base.code == "S":
            _put(table.texts, name_of(message, number) if app is None else (app, number), _texts(stored))
            continue
        meaning = meaning_of(message, number) if app is None else None
        values = _known_values(stored, base)
        if meaning is not None and meaning.components and (values.ndim == 1 or base is BYTE):
            _put(raw, number, _as_one_number(values))
        columns = table.numbers if values.ndim == 1 else table.arrays
        _put(columns, name_of(message, number) if app is None else (app, number), _scaled(values, meaning))
    for name, values in unfold(message, raw).items():
        own = table.numbers.get(name)
        table.numbers[name] = values if own is None else np.where(np.isnan(own), values, own)
    _fill_times(table, short_times)
    return table


def _stored_columns(
    content: bytes, starts: Starts, described: Described, rows_start: NDArray[np.intp]
) -> dict[StoredField, Column]:
    """Each field's values as they are stored, in file order, unknown where a message's layout does not have it."""
    columns: dict[StoredField, Column] = {}
    room = _ROOM * len(content)
    for layout, some in starts.items():
        dtype, fields = layout.own_cut if not layout.has_developers else cut_of(layout, described)
        if not fields:
            continue
        cut = rows_at(content, layout, some, dtype)
        rows = _rows_of(rows_start, some)
        for i, one in enumerate(fields):
            stored = cut[str(i)]
            if len(starts) == 1:
                columns[one] = stored
                continue
            column = columns.get(one)
            if column is None:
                room -= one.size * rows_start.size
                if room < 0:
                    continue
                native = stored.dtype.newbyteorder("=")
                column = np.full((rows_start.size, *stored.shape[1:]), _unknown(one.base), dtype=native)
                columns[one] = column
            column[rows] = stored
    return columns


def _rows_of(all_starts: NDArray[np.intp], some: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """The rows of some messages among all of them; a slice where they follow one another."""
    first, last = np.searchsorted(all_starts, some[[0, -1]]).tolist()
    return slice(first, last + 1) if last + 1 - first == some.size else np.searchsorted(all_starts, some)


def _unknown(base: BaseType) -> Any:
    if base.invalid is not None:
        return base.invalid
    return b"" if base.code == "S" else np.nan


def _known_values(stored: Column, base: BaseType) -> Column:
    """float64, NaN where the type's invalid value stands."""
    values = stored.astype(np.float64)
    if base is BYTE:
        values[(stored == base.invalid).all(axis=1)] = np.nan
    elif base.invalid is not None:
        np.copyto(values, np.nan, where=stored == base.invalid)
    return values


def _scaled(values: Column, meaning: Any | None) -> Column:
    if meaning is not None and meaning.scale:
        values = values / meaning.scale
    if meaning is not None and meaning.offset:
        values = values - meaning.offset
    return values


def _as_one_number(values: Column) -> Column:
    """Bytes read as one little-endian number, for components that cross their borders; as far as float64 is exact."""
    if values.ndim == 1:
        return values
    weights = 256.0 ** np.arange(min(values.shape[1], 6))
    return np.asarray(values[:, : weights.size] @ weights)


def _texts(stored: Column) -> Column:
    texts = np.empty(stored.size, dtype=object)
    texts[:] = [as_text(one) for one in stored.tolist()]
    return texts


def _put(columns: dict[Any, Column], key: object, values: Column) -> None:
    """The values as a column; where layouts store a field otherwise, those of all of them in one."""
    column = columns.get(key)
    if column is None:
        columns[key] = values
        return
    wide, narrow = (values, column) if values.shape[1:] > column.shape[1:] else (column, values)
    known = np.array([one is not None for one in narrow]) if narrow.dtype == object else ~np.isnan(narrow)
    joined = columns[key] = wide.copy()
    if narrow.ndim == 1:
        joined[known] = narrow[known]
    else:
        joined[:, : narrow.shape[1]][known] = narrow[known]


def _fill_times(table: Table, short_times: Mapping[int, int]) -> None:
    """The times that stand in the messages' headers."""
    if short_times:
        seconds = np.array([short_times.get(at, np.nan) for at in table.starts.tolist()], dtype=np.float64)
        written = table.numbers.get("timestamp", seconds)
        table.numbers["timestamp"] = np.where(np.isnan(written), seconds, written)
