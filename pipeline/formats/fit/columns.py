"""Columns that are built on first access: watches write many fields that nobody reads.

`table` fills these and defines how a column is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.layout import Key

Column = NDArray[Any]
Builder = Callable[[], Column]


class Columns(Mapping[Key, Column]):
    """Columns by key. Each is built on first access and then cached."""

    def __init__(self) -> None:
        self._builders: dict[Key, list[Builder]] = {}
        self._built: dict[Key, Column] = {}

    def __getitem__(self, key: Key) -> Column:
        column = self._built.get(key)
        if column is None:
            bottom, *layers = self._builders[key]
            column = bottom()
            for build in layers:
                column = _laid_over(column, build())
            self._built[key] = column
        return column

    def __iter__(self) -> Iterator[Key]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)

    def __contains__(self, key: object) -> bool:
        return key in self._builders

    def lay_over(self, key: Key, build: Builder) -> None:
        """Add a layer on top: where it has values, they win."""
        self._builders.setdefault(key, []).append(build)

    def lay_under(self, key: Key, build: Builder) -> None:
        """Add a layer at the bottom: its values count only where no other layer has any."""
        self._builders.setdefault(key, []).insert(0, build)


def _laid_over(under: Column, over: Column) -> Column:
    """Merge two layers; the second wins where it has values. Layouts may store a field in different widths."""
    wide, narrow = (over, under) if over.shape[1:] > under.shape[1:] else (under, over)
    present = np.array([value is not None for value in narrow]) if narrow.dtype == object else ~np.isnan(narrow)
    joined = wide.copy()
    if narrow.ndim == 1:
        joined[present] = narrow[present]
    else:
        joined[:, : narrow.shape[1]][present] = narrow[present]
    return joined
