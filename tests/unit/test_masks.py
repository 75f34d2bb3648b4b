"""All and any of a mask, against numpy's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.masks import all_true, any_true


@given(st.lists(st.booleans(), max_size=80), st.integers(-3, 3).filter(bool))
def test_they_say_what_numpy_says(values: list[bool], step: int) -> None:
    mask = np.array(values, dtype=np.bool_)[::step]  # a view need not lie end to end
    assert all_true(mask) is bool(mask.all())
    assert any_true(mask) is bool(mask.any())


@given(st.lists(st.booleans(), min_size=6, max_size=6), st.booleans())
def test_rows_of_several_are_asked_as_one(values: list[bool], turned: bool) -> None:
    mask = np.array(values, dtype=np.bool_).reshape(3, 2)
    mask = mask.T if turned else mask
    assert all_true(mask) is bool(mask.all())
    assert any_true(mask) is bool(mask.any())


@pytest.mark.parametrize("odd_one", [0, 1, 1799, 3599])
def test_one_among_the_records_of_an_hour_is_seen(odd_one: int) -> None:
    mask = np.zeros(3600, dtype=np.bool_)
    assert not any_true(mask)
    mask[odd_one] = True
    assert any_true(mask)
    assert not all_true(~mask)
