"""Rows of many runs in one array a column, each run a view of its rows. Made where files are read, for the store.

Many runs then travel from process to process, and into a table, as a dozen large arrays instead of hundreds of small ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Stack:
    """The same columns of several runs, one run's rows after the other's: shape (n_rows,)."""

    columns: Rows


class StackedRows(Mapping[str, NDArray[Any]]):
    """One run's rows: those from `first` up to `end` of a stack."""

    __slots__ = ("end", "first", "stack")

    def __init__(self, stack: Stack, first: int, end: int) -> None:
        self.stack, self.first, self.end = stack, first, end

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.stack.columns[name][self.first : self.end]

    def __iter__(self) -> Iterator[str]:
        return iter(self.stack.columns)

    def __len__(self) -> int:
        return len(self.stack.columns)

    def __reduce__(self) -> tuple[type[StackedRows], tuple[Stack, int, int]]:
        return StackedRows, (self.stack, self.first, self.end)


def stacked(runs: Sequence[Rows]) -> list[StackedRows]:
    """The same rows, in one stack; all runs have the same columns."""
    stack = Stack({name: np.concatenate([one[name] for one in runs]) for name in runs[0]} if runs else {})
    ends = np.cumsum([_size(one) for one in runs]).tolist()
    return [StackedRows(stack, first, end) for first, end in zip([0, *ends], ends, strict=False)]


def blocks(runs: Sequence[Rows]) -> list[tuple[list[int], Rows]]:
    """All rows in few blocks: each run's number of rows, and the rows. Runs that follow each other in a stack are not copied."""
    groups: list[list[Rows]] = []
    for one in runs:
        if groups and _goes_on(groups[-1][-1], one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [([_size(one) for one in group], _together(group)) for group in groups]


def _size(rows: Rows) -> int:
    return rows.end - rows.first if isinstance(rows, StackedRows) else next(iter(rows.values())).size


def _goes_on(before: Rows, after: Rows) -> bool:
    if isinstance(before, StackedRows) and isinstance(after, StackedRows):
        return before.stack is after.stack and before.end == after.first
    return not isinstance(before, StackedRows) and not isinstance(after, StackedRows)


def _together(group: Sequence[Rows]) -> Rows:
    first, last = group[0], group[-1]
    if isinstance(first, StackedRows) and isinstance(last, StackedRows):
        return StackedRows(first.stack, first.first, last.end)
    return {name: np.concatenate([one[name] for one in group]) for name in first}
