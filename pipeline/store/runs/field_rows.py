"""The layout of a run's further sensor fields in records.record_field: eight fields per row, one row per instant.

Values in, columns out. The layout is the store's own (sql/migrations/0003_carried.records.sql gives the reason). Called
where files are read to be stored, so nothing here depends on the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_true
from pipeline.schema import RecordField

FIELDS_PER_BLOCK = 8  # value_1 to value_8
VALUES = tuple(f"value_{number}" for number in range(1, FIELDS_PER_BLOCK + 1))

Columns = dict[str, NDArray[Any]]
Block = Sequence[RecordField]


def blocks_of(fields: Sequence[RecordField]) -> list[Block]:
    """Fields that can share rows, up to eight per block. A field with several values per instant has its own block."""
    single, several = list[RecordField](), list[RecordField]()
    rises = {id(field.elapsed_s): all_true(field.elapsed_s[1:] > field.elapsed_s[:-1]) for field in fields}
    for field in fields:
        (single if rises[id(field.elapsed_s)] else several).append(field)
    shared: list[Block] = [
        single[first : first + FIELDS_PER_BLOCK] for first in range(0, len(single), FIELDS_PER_BLOCK)
    ]
    return shared + [[field] for field in several]


def numbered_fields(blocks: Sequence[Block]) -> Iterator[tuple[int, RecordField]]:
    """Each field with its field_no, from 1. A block with fewer than eight fields leaves numbers unused."""
    for block_no, block in enumerate(blocks):
        for value_no, field in enumerate(block, start=1):
            yield FIELDS_PER_BLOCK * block_no + value_no, field


def field_rows(blocks: Sequence[Block]) -> Columns:
    """A run's rows, block after block: block_no (int32), elapsed_s and VALUES, shape (n_rows,), NaN if not measured."""
    rows = [_rows(block_no, block) for block_no, block in enumerate(blocks)]
    if not rows:
        return _NO_ROWS
    return rows[0] if len(rows) == 1 else {name: np.concatenate([part[name] for part in rows]) for name in _NO_ROWS}


def _rows(block_no: int, block: Block) -> Columns:
    at_s = block[0].elapsed_s
    for field in block[1:]:
        if field.elapsed_s is not at_s and not np.array_equal(at_s, field.elapsed_s):
            at_s = np.union1d(at_s, field.elapsed_s)
    values = np.full((FIELDS_PER_BLOCK, at_s.size), np.nan)
    for row, field in enumerate(block):
        complete = field.elapsed_s.size == at_s.size
        values[row, slice(None) if complete else np.searchsorted(at_s, field.elapsed_s)] = field.values
    numbers = np.full(at_s.size, block_no, dtype=np.int32)
    return dict(zip(_NAMES, (numbers, at_s, *values), strict=True))


_NAMES = ("block_no", "elapsed_s", *VALUES)
_NO_ROWS: Columns = {name: np.empty(0, dtype=np.int32 if name == "block_no" else np.float64) for name in _NAMES}
