"""The longest rising part of a series: what a clock or a counter says without its slips.

Called by clean and distance.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

FEW = 0.1  # the share of a series that may be called slips; beyond it, who says which part is right


def longest_rising(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Marks, shape (n,), the longest subsequence that never falls. Values must be finite.

    Patience sorting with back pointers (Fredman 1975), n log n.
    """
    series = values.tolist()
    tails: list[float] = []  # the lowest value a rising subsequence of each length can end with
    tail_rows: list[int] = []
    before = [-1] * len(series)
    for row, value in enumerate(series):
        length = bisect_right(tails, value)
        before[row] = tail_rows[length - 1] if length else -1
        tails[length : length + 1] = [value]
        tail_rows[length : length + 1] = [row]
    marks = np.zeros(len(series), dtype=np.bool_)
    row = tail_rows[-1] if tail_rows else -1
    while row >= 0:
        marks[row] = True
        row = before[row]
    return marks
