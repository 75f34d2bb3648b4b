"""All messages of one kind as columns: for records and beat intervals, of which a file contains thousands.

Values are scaled exactly as fitparse scales them, to the last bit. Called by `messages`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.clock import ShortTimes, Starts
from pipeline.formats.fit.columns import Builder, Column, Columns
from pipeline.formats.fit.fields import as_text
from pipeline.formats.fit.layout import Described, Key, StoredField, cut_of, rows_at
from pipeline.formats.fit.profile import BYTE, BaseType, name_of
from pipeline.formats.fit.unfold import component_values, is_entire_field
from pipeline.masks import any_true
from pipeline.schema import Records

_Chunks = tuple[list[slice | NDArray[np.intp]], list[Column]]  # rows of a table, and the stored values in them
_MOST_MEMORY = 8  # times the file's size; a file that needs more was made to exhaust memory (real files need at most 4)


@dataclass(frozen=True, slots=True)
class Table:
    """The messages of one kind in file order; `starts` are their positions, shape (n,).

    `numbers` have shape (n,), float64, NaN where unknown; `arrays` have shape (n, width) and the same type; `texts` (n,)
    contain str or None. Enumerations stay numbers. Only fields of at least one message are present.
    """

    starts: NDArray[np.intp]
    numbers: Columns = field(default_factory=Columns)
    arrays: Columns = field(default_factory=Columns)
    texts: Columns = field(default_factory=Columns)

    @property
    def records(self) -> Records:
        """The numbers of FIT's own fields, by name."""
        return {key: self.numbers[key] for key in self.numbers if isinstance(key, str)}


def read_table(
    content: bytes, message: int, starts: Starts, described: Described, short_times: ShortTimes | None
) -> Table:
    """Return the table of the messages at `starts`, all with number `message`. `short_times` come from `compressed_times`."""
    table = Table(_in_file_order(starts))
    packed: list[tuple[StoredField, Builder]] = []
    for stored_field, chunks in _stored_chunks(content, starts, described, table.starts).items():
        key, meaning, base, _ = stored_field
        stored = partial(_joined, chunks, base, table.starts.size)
        if base.code == "S":
            table.texts.lay_over(key, partial(_texts, stored))
            continue
        is_number = stored_field.is_number
        columns = table.numbers if is_number else table.arrays
        columns.lay_over(key, partial(_scaled, stored, base, meaning))
        if meaning is not None and meaning.components and (is_number or base is BYTE):
            packed.append((stored_field, stored))
    if packed:
        _unfold(table.numbers, message, packed)
    if short_times is not None:
        table.numbers.lay_under("timestamp", partial(_short, short_times, table.starts))
    return table


def _in_file_order(starts: Starts) -> NDArray[np.intp]:
    if len(starts) == 1:
        return next(iter(starts.values()))
    return np.sort(np.concatenate([*starts.values(), np.empty(0, dtype=np.intp)]), kind="stable")


def _stored_chunks(
    content: bytes, starts: Starts, described: Described, rows_start: NDArray[np.intp]
) -> dict[StoredField, _Chunks]:
    """Return each field's stored values per layout, and the rows of the table they belong to."""
    chunks: dict[StoredField, _Chunks] = {}
    memory_left = _MOST_MEMORY * len(content)
    for layout, positions in starts.items():
        dtype, fields = cut_of(layout, described if layout.has_developers else ())
        if not fields:
            continue
        cut = rows_at(content, layout, positions, dtype)
        rows = slice(None) if len(starts) == 1 else _rows_of(rows_start, positions)
        for i, stored_field in enumerate(fields):
            of_field = chunks.get(stored_field)
            if of_field is None:
                memory_left -= stored_field.size * rows_start.size
                if memory_left < 0:
                    continue
                of_field = chunks[stored_field] = [], []
            of_field[0].append(rows)
            of_field[1].append(cut[str(i)])
    return chunks


def _joined(chunks: _Chunks, base: BaseType, n_rows: int) -> Column:
    """Return a field's values as stored, in file order; invalid where a message's layout does not have the field."""
    first = chunks[1][0]
    if len(first) == n_rows:
        return first
    column = np.full((n_rows, *first.shape[1:]), _unknown(base), dtype=first.dtype.newbyteorder("="))
    for rows, stored in zip(*chunks, strict=True):
        column[rows] = stored
    return column


def _rows_of(all_starts: NDArray[np.intp], some: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """Return the rows of some messages among all; a slice if they are contiguous."""
    first, last = np.searchsorted(all_starts, some[[0, -1]]).tolist()
    return slice(first, last + 1) if last + 1 - first == some.size else np.searchsorted(all_starts, some)


def _unknown(base: BaseType) -> Any:
    if base.invalid is not None:
        return base.invalid
    return b"" if base.code == "S" else np.nan


def _values(stored: Builder, base: BaseType) -> Column:
    """Return the values as float64, NaN for the type's invalid value."""
    column = stored()
    values = column.astype(np.float64)
    if base is BYTE:
        values[(column == base.invalid).all(axis=1)] = np.nan
    elif base.invalid is not None:
        exact = values if base.size <= 4 else column  # if float64 is exact, comparing there is fastest
        unknown = exact == base.invalid
        if any_true(unknown):
            values[unknown] = np.nan
    return values


def _scaled(stored: Builder, base: BaseType, meaning: Any | None) -> Column:
    values = _values(stored, base)
    if meaning is not None and meaning.scale:
        values /= meaning.scale
    if meaning is not None and meaning.offset:
        values -= meaning.offset
    return values


def _unfold(numbers: Columns, message: int, packed: list[tuple[StoredField, Builder]]) -> None:
    """Add the components packed in these fields, for values without a field of their own."""
    as_numbers = Columns()
    for stored_field, stored in packed:
        as_numbers.lay_over(stored_field.key, partial(_as_single_number, stored, stored_field.base))
    for stored_field, stored in packed:
        for component in stored_field.meaning.components if stored_field.meaning is not None else ():
            build = partial(_component, as_numbers, stored_field.key, component)
            if is_entire_field(component, stored_field.base, stored_field.size):
                build = partial(_scaled, stored, stored_field.base, component)
            numbers.lay_under(name_of(message, component.def_num), build)


def _component(as_numbers: Columns, key: Key, component: Any) -> Column:
    return component_values(as_numbers[key], component)


def _as_single_number(stored: Builder, base: BaseType) -> Column:
    """Read bytes as one little-endian number, for components across byte borders; only bytes that float64 holds exactly."""
    values = _values(stored, base)
    if values.ndim == 1:
        return values
    weights = 256.0 ** np.arange(min(values.shape[1], 6))
    return np.asarray(values[:, : weights.size] @ weights)


def _texts(stored: Builder) -> Column:
    column = stored()
    texts = np.empty(column.size, dtype=object)
    texts[:] = [as_text(value) for value in column.tolist()]
    return texts


def _short(short_times: ShortTimes, starts: NDArray[np.intp]) -> Column:
    """Return the times in the messages' headers."""
    seconds = short_times.at(starts).astype(np.float64)
    seconds[seconds < 0] = np.nan
    return seconds
