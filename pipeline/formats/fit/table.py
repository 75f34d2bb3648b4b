"""All messages of one kind as columns: records and beat intervals, of which a file holds thousands.

Values are scaled as fitparse scales them, to the last bit. Called by fit_messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.clock import ShortTimes, Starts
from pipeline.formats.fit.columns import Column, Columns, Maker
from pipeline.formats.fit.fields import as_text
from pipeline.formats.fit.layout import Described, Key, StoredField, cut_of, rows_at
from pipeline.formats.fit.profile import BYTE, BaseType, name_of
from pipeline.formats.fit.unfold import component_values, is_whole
from pipeline.masks import any_holds
from pipeline.schema import Records

_Pieces = tuple[list[slice | NDArray[np.intp]], list[Column]]  # rows of a table, and what is stored in them
_ROOM = 8  # times the file's size; further fields are a file made to exhaust memory (real ones need 4 at most)


@dataclass(frozen=True, slots=True)
class Table:
    """A kind's messages in file order, `starts` being their positions, shape (n,).

    `numbers` have shape (n,), float64, NaN where unknown; `arrays` (n, width) the same; `texts` (n,) hold str or
    None. Enumerations stay numbers. Only fields that some message has are there.
    """

    starts: NDArray[np.intp]
    numbers: Columns = field(default_factory=Columns)
    arrays: Columns = field(default_factory=Columns)
    texts: Columns = field(default_factory=Columns)

    @property
    def records(self) -> Records:
        """The numbers of FIT's own fields by name."""
        return {key: self.numbers[key] for key in self.numbers if isinstance(key, str)}


def read_table(
    content: bytes, message: int, starts: Starts, described: Described, short_times: ShortTimes | None
) -> Table:
    """The table of the messages at `starts`, all of the kind with that number. `short_times` are compressed_times'."""
    table = Table(_in_file_order(starts))
    packed: list[tuple[StoredField, Maker]] = []
    for one, pieces in _stored_pieces(content, starts, described, table.starts).items():
        key, meaning, base, _ = one
        stored = partial(_joined, pieces, base, table.starts.size)
        if base.code == "S":
            table.texts.lay_over(key, partial(_texts, stored))
            continue
        is_number = one.is_number
        columns = table.numbers if is_number else table.arrays
        columns.lay_over(key, partial(_scaled, stored, base, meaning))
        if meaning is not None and meaning.components and (is_number or base is BYTE):
            packed.append((one, stored))
    if packed:
        _unfold(table.numbers, message, packed)
    if short_times is not None:
        table.numbers.lay_under("timestamp", partial(_short, short_times, table.starts))
    return table


def _in_file_order(starts: Starts) -> NDArray[np.intp]:
    if len(starts) == 1:
        return next(iter(starts.values()))
    return np.sort(np.concatenate([*starts.values(), np.empty(0, dtype=np.intp)]), kind="stable")


def _stored_pieces(
    content: bytes, starts: Starts, described: Described, rows_start: NDArray[np.intp]
) -> dict[StoredField, _Pieces]:
    """Where each field's values are stored, and in which rows of the table they belong."""
    pieces: dict[StoredField, _Pieces] = {}
    room = _ROOM * len(content)
    for layout, some in starts.items():
        dtype, fields = cut_of(layout, described if layout.has_developers else ())
        if not fields:
            continue
        cut = rows_at(content, layout, some, dtype)
        rows = slice(None) if len(starts) == 1 else _rows_of(rows_start, some)
        for i, one in enumerate(fields):
            of_field = pieces.get(one)
            if of_field is None:
                room -= one.size * rows_start.size
                if room < 0:
                    continue
                of_field = pieces[one] = [], []
            of_field[0].append(rows)
            of_field[1].append(cut[str(i)])
    return pieces


def _joined(pieces: _Pieces, base: BaseType, n_rows: int) -> Column:
    """A field's values as they are stored, in file order, unknown where a message's layout does not have it."""
    first = pieces[1][0]
    if len(first) == n_rows:
        return first
    column = np.full((n_rows, *first.shape[1:]), _unknown(base), dtype=first.dtype.newbyteorder("="))
    for rows, stored in zip(*pieces, strict=True):
        column[rows] = stored
    return column


def _rows_of(all_starts: NDArray[np.intp], some: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """The rows of some messages among all of them; a slice where they follow one another."""
    first, last = np.searchsorted(all_starts, some[[0, -1]]).tolist()
    return slice(first, last + 1) if last + 1 - first == some.size else np.searchsorted(all_starts, some)


def _unknown(base: BaseType) -> Any:
    if base.invalid is not None:
        return base.invalid
    return b"" if base.code == "S" else np.nan


def _known_values(stored: Maker, base: BaseType) -> Column:
    """float64, NaN where the type's invalid value stands."""
    column = stored()
    values = column.astype(np.float64)
    if base is BYTE:
        values[(column == base.invalid).all(axis=1)] = np.nan
    elif base.invalid is not None:
        exact = values if base.size <= 4 else column  # what float64 holds exactly is compared fastest there
        unknown = exact == base.invalid
        if any_holds(unknown):
            values[unknown] = np.nan
    return values


def _scaled(stored: Maker, base: BaseType, meaning: Any | None) -> Column:
    values = _known_values(stored, base)
    if meaning is not None and meaning.scale:
        values /= meaning.scale
    if meaning is not None and meaning.offset:
        values -= meaning.offset
    return values


def _unfold(numbers: Columns, message: int, packed: list[tuple[StoredField, Maker]]) -> None:
    """What is packed in these fields, where no field of its own says it."""
    as_numbers = Columns()
    for one, stored in packed:
        as_numbers.lay_over(one.key, partial(_as_one_number, stored, one.base))
    for one, stored in packed:
        for component in one.meaning.components if one.meaning is not None else ():
            make = partial(_component, as_numbers, one.key, component)
            if is_whole(component, one.base, one.size):
                make = partial(_scaled, stored, one.base, component)
            numbers.lay_under(name_of(message, component.def_num), make)


def _component(as_numbers: Columns, key: Key, component: Any) -> Column:
    return component_values(as_numbers[key], component)


def _as_one_number(stored: Maker, base: BaseType) -> Column:
    """Bytes read as one little-endian number, for components that cross their borders; as far as float64 is exact."""
    values = _known_values(stored, base)
    if values.ndim == 1:
        return values
    weights = 256.0 ** np.arange(min(values.shape[1], 6))
    return np.asarray(values[:, : weights.size] @ weights)


def _texts(stored: Maker) -> Column:
    column = stored()
    texts = np.empty(column.size, dtype=object)
    texts[:] = [as_text(one) for one in column.tolist()]
    return texts


def _short(short_times: ShortTimes, starts: NDArray[np.intp]) -> Column:
    """The times that stand in the messages' headers."""
    seconds = short_times.at(starts).astype(np.float64)
    seconds[seconds < 0] = np.nan
    return seconds
