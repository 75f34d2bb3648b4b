"""Columns that are made when they are first asked for: watches write many fields that nobody reads.

How a column is made is fit_table's business, which fills these; whoever reads a table asks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.layout import Key

Column = NDArray[Any]
Maker = Callable[[], Column]


class Columns(Mapping[Key, Column]):
    """Columns by key, each made when it is first asked for, and kept."""

    def __init__(self) -> None:
        self._makers: dict[Key, list[Maker]] = {}
        self._made: dict[Key, Column] = {}

    def __getitem__(self, key: Key) -> Column:
        column = self._made.get(key)
        if column is None:
            lowest, *others = self._makers[key]
            column = lowest()
            for make in others:
                column = _laid_over(column, make())
            self._made[key] = column
        return column

    def __iter__(self) -> Iterator[Key]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __contains__(self, key: object) -> bool:
        return key in self._makers

    def lay_over(self, key: Key, make: Maker) -> None:
        """What `make` makes counts wherever it is known."""
        self._makers.setdefault(key, []).append(make)

    def lay_under(self, key: Key, make: Maker) -> None:
        """What `make` makes counts where nothing else is known."""
        self._makers.setdefault(key, []).insert(0, make)


def _laid_over(under: Column, over: Column) -> Column:
    """Both in one, the second where it is known; layouts may store a field in different widths."""
    wide, narrow = (over, under) if over.shape[1:] > under.shape[1:] else (under, over)
    known = np.array([one is not None for one in narrow]) if narrow.dtype == object else ~np.isnan(narrow)
    joined = wide.copy()
    if narrow.ndim == 1:
        joined[known] = narrow[known]
    else:
        joined[:, : narrow.shape[1]][known] = narrow[known]
    return joined
