"""How a run's further sensor fields lie in records.record_field: eight beside each other, a row an instant. For `carried`.

Values in, columns out; the store's own layout and nobody else's (sql/migrations/0003_carried.records.sql says why).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.schema import RecordField

BESIDE = 8  # value_1 to value_8
VALUES = tuple(f"value_{place}" for place in range(1, BESIDE + 1))

Columns = dict[str, NDArray[Any]]


def numbered_fields(fields: Sequence[RecordField]) -> Iterator[tuple[int, RecordField]]:
    """Each field with its field_no, from 1; numbers without a field are left over where a block is not full."""
    for block_no, block in enumerate(_blocks(fields)):
        for place, one in enumerate(block, start=1):
            yield BESIDE * block_no + place, one


def field_rows(run_no: int, fields: Sequence[RecordField]) -> list[Columns]:
    """The rows of a run, block by block: run_no, block_no, elapsed_s and VALUES, equally long, NaN where not measured."""
    return [_rows(run_no, block_no, block) for block_no, block in enumerate(_blocks(fields))]


def _blocks(fields: Sequence[RecordField]) -> list[Sequence[RecordField]]:
    """Fields that can share rows, up to eight at once; one with several values in an instant (beats) stays alone."""
    single, several = list[RecordField](), list[RecordField]()
    for one in fields:
        (single if (one.elapsed_s[1:] > one.elapsed_s[:-1]).all() else several).append(one)
    beside: list[Sequence[RecordField]] = [single[first : first + BESIDE] for first in range(0, len(single), BESIDE)]
    return beside + [[one] for one in several]


def _rows(run_no: int, block_no: int, block: Sequence[RecordField]) -> Columns:
    at_s = block[0].elapsed_s
    for one in block[1:]:
        if one.elapsed_s is not at_s and not np.array_equal(at_s, one.elapsed_s):
            at_s = np.union1d(at_s, one.elapsed_s)
    values = np.full((BESIDE, at_s.size), np.nan)
    for place, one in enumerate(block):
        whole = one.elapsed_s.size == at_s.size
        values[place, slice(None) if whole else np.searchsorted(at_s, one.elapsed_s)] = one.values
    same = {"run_no": run_no, "block_no": block_no}
    numbers: Columns = {name: np.full(at_s.size, number, dtype=np.int32) for name, number in same.items()}
    return numbers | {"elapsed_s": at_s} | dict(zip(VALUES, values, strict=True))
