"""How a run's further sensor fields lie in records.record_field: eight beside each other, a row an instant.

Values in, columns out; the store's own layout and nobody else's (sql/migrations/0003_carried.records.sql says why). Called
where files are read to be stored, so nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_true
from pipeline.schema import RecordField

BESIDE = 8  # value_1 to value_8
VALUES = tuple(f"value_{place}" for place in range(1, BESIDE + 1))

Columns = dict[str, NDArray[Any]]
Block = Sequence[RecordField]


def blocks_of(fields: Sequence[RecordField]) -> list[Block]:
    """Fields that can share rows, up to eight at once; one with several values in an instant (beats) stays alone."""
    single, several = list[RecordField](), list[RecordField]()
    rises = {id(one.elapsed_s): all_true(one.elapsed_s[1:] > one.elapsed_s[:-1]) for one in fields}
    for one in fields:
        (single if rises[id(one.elapsed_s)] else several).append(one)
    beside: list[Block] = [single[first : first + BESIDE] for first in range(0, len(single), BESIDE)]
    return beside + [[one] for one in several]


def numbered_fields(blocks: Sequence[Block]) -> Iterator[tuple[int, RecordField]]:
    """Each field with its field_no, from 1; numbers without a field are left over where a block is not full."""
    for block_no, block in enumerate(blocks):
        for place, one in enumerate(block, start=1):
            yield BESIDE * block_no + place, one


def field_rows(blocks: Sequence[Block]) -> Columns:
    """A run's rows, block after block: block_no (int32), elapsed_s and VALUES, shape (n_rows,), NaN where not measured."""
    rows = [_rows(block_no, block) for block_no, block in enumerate(blocks)]
    if not rows:
        return _NONE
    return rows[0] if len(rows) == 1 else {name: np.concatenate([one[name] for one in rows]) for name in _NONE}


def _rows(block_no: int, block: Block) -> Columns:
    at_s = block[0].elapsed_s
    for one in block[1:]:
        if one.elapsed_s is not at_s and not np.array_equal(at_s, one.elapsed_s):
            at_s = np.union1d(at_s, one.elapsed_s)
    values = np.full((BESIDE, at_s.size), np.nan)
    for place, one in enumerate(block):
        whole = one.elapsed_s.size == at_s.size
        values[place, slice(None) if whole else np.searchsorted(at_s, one.elapsed_s)] = one.values
    numbers = np.full(at_s.size, block_no, dtype=np.int32)
    return dict(zip(_NAMES, (numbers, at_s, *values), strict=True))


_NAMES = ("block_no", "elapsed_s", *VALUES)
_NONE: Columns = {name: np.empty(0, dtype=np.int32 if name == "block_no" else np.float64) for name in _NAMES}
