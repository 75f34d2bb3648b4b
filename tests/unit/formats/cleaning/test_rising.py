"""The longest rising part against looking at every subsequence."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.cleaning.rising import longest_rising


@given(st.lists(st.integers(0, 6), max_size=9))
def test_the_longest_rising_part_is_as_long_as_the_longest_of_all_subsequences(values: list[int]) -> None:
    lengths = [
        size
        for size in range(len(values) + 1)
        for part in combinations(values, size)
        if all(a <= b for a, b in pairwise(part))
    ]
    series = np.array(values, dtype=float)
    marked = series[longest_rising(series)]
    assert len(marked) == max(lengths)
    assert (np.diff(marked) >= 0).all()
