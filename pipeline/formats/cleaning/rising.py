"""The longest rising part of a series: a clock or a counter without its slips.

Called by `columns` and `distance`.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

FEW = 0.1  # the largest share of a series that counts as slips; with more, nobody knows which part is right


def longest_rising(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the longest subsequence that never falls, shape (n,). Values must be finite.

    A value belongs to it if no earlier value is higher and no later one is lower. All other values lie in stretches
    between two such values, so one search over all of them finds the rest.
    """
    marks = (values >= np.maximum.accumulate(values)) & (values <= np.minimum.accumulate(values[::-1])[::-1])
    unsure = np.flatnonzero(~marks)
    if unsure.size:
        marks[unsure[_longest_rising_rows(values[unsure].tolist())]] = True
    return marks


def _longest_rising_rows(series: list[float]) -> list[int]:
    """Patience sorting with back pointers (Fredman 1975), n log n. Returns the rows from last to first."""
    tails: list[float] = []  # the lowest possible last value of a rising subsequence, per length
    tail_rows: list[int] = []
    before = [-1] * len(series)
    for row, value in enumerate(series):
        length = bisect_right(tails, value)
        before[row] = tail_rows[length - 1] if length else -1
        tails[length : length + 1] = [value]
        tail_rows[length : length + 1] = [row]
    rows = [tail_rows[-1]]
    while before[rows[-1]] >= 0:
        rows.append(before[rows[-1]])
    return rows
