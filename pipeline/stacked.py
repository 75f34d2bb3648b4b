"""The records of many runs in one array a column, each run a view of its rows. Made where files are read, for the store.

Many runs then travel from process to process, and into a table, as a dozen large arrays instead of hundreds of small ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.schema import RECORD_COLUMNS

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Stack:
    """RECORD_COLUMNS of several runs, one run's rows after the other's: float64, shape (n_rows,)."""

    columns: Columns


class StackedRecords(Mapping[str, NDArray[np.float64]]):
    """One run's records: the rows from `first` up to `end` of a stack."""

    __slots__ = ("end", "first", "stack")

    def __init__(self, stack: Stack, first: int, end: int) -> None:
        self.stack, self.first, self.end = stack, first, end

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        return self.stack.columns[name][self.first : self.end]

    def __iter__(self) -> Iterator[str]:
        return iter(self.stack.columns)

    def __len__(self) -> int:
        return len(self.stack.columns)


def stacked(records: Sequence[Columns]) -> list[StackedRecords]:
    """The same records, in one stack."""
    columns = {name: np.concatenate([one[name] for one in records]) for name in RECORD_COLUMNS} if records else {}
    stack = Stack(columns)
    ends = np.cumsum([one["elapsed_s"].size for one in records]).tolist()
    return [StackedRecords(stack, first, end) for first, end in zip([0, *ends], ends, strict=False)]


def blocks(records: Sequence[Columns]) -> list[tuple[int, Columns]]:
    """All rows in few blocks: of how many runs, and their rows. Runs that follow each other in a stack are not copied."""
    groups: list[list[Columns]] = []
    for one in records:
        if groups and _goes_on(groups[-1][-1], one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [(len(group), _together(group)) for group in groups]


def _goes_on(before: Columns, after: Columns) -> bool:
    if isinstance(before, StackedRecords) and isinstance(after, StackedRecords):
        return before.stack is after.stack and before.end == after.first
    return not isinstance(before, StackedRecords) and not isinstance(after, StackedRecords)


def _together(group: Sequence[Columns]) -> Columns:
    first, last = group[0], group[-1]
    if isinstance(first, StackedRecords) and isinstance(last, StackedRecords):
        return StackedRecords(first.stack, first.first, last.end)
    return {name: np.concatenate([one[name] for one in group]) for name in RECORD_COLUMNS}
