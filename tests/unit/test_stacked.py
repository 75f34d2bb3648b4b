"""Records of many runs in one stack: the same values, shared where runs follow each other."""

from __future__ import annotations

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema import RECORD_COLUMNS
from pipeline.stacked import Rows, StackedRows, blocks, stacked

SIZES = st.lists(st.integers(0, 5), max_size=6)


def records(size: int, first: float) -> dict[str, np.ndarray]:
    """`size` rows; no two values of a run are the same."""
    rows = first + np.arange(size * len(RECORD_COLUMNS), dtype=np.float64)
    return dict(zip(RECORD_COLUMNS, rows.reshape(len(RECORD_COLUMNS), size), strict=True))


def some_runs(sizes: list[int]) -> list[Rows]:
    return [records(size, 1000.0 * number) for number, size in enumerate(sizes)]


def heights(rows: list[Rows]) -> list[float]:
    return [value for one in rows for value in one["altitude_m"].tolist()]


@given(SIZES)
def test_each_run_keeps_its_rows(sizes: list[int]) -> None:
    runs = some_runs(sizes)
    for before, after in zip(runs, stacked(runs), strict=True):
        assert list(after) == list(RECORD_COLUMNS)
        assert all(np.array_equal(before[name], after[name]) for name in RECORD_COLUMNS)


@given(SIZES, st.sets(st.integers(0, 5)), SIZES)
def test_blocks_hold_all_rows_in_order_whatever_is_left_out(
    sizes: list[int], without: set[int], others: list[int]
) -> None:
    kept: list[Rows] = [one for number, one in enumerate(stacked(some_runs(sizes))) if number not in without]
    runs = [*kept, *some_runs(others), *stacked(some_runs(others))]
    found = blocks(runs)
    assert sum(len(sizes) for sizes, _ in found) == len(runs)
    assert heights([rows for _, rows in found]) == heights(runs)


def test_runs_that_follow_each_other_in_a_stack_are_one_block_without_a_copy() -> None:
    runs = stacked(some_runs([3, 0, 4]))
    [(sizes, rows)] = blocks(runs)
    assert sizes == [3, 0, 4]
    assert np.shares_memory(rows["speed_ms"], runs[2]["speed_ms"])


def test_a_run_left_out_parts_two_blocks() -> None:
    first, _, last = stacked(some_runs([3, 2, 4]))
    assert [sizes for sizes, _ in blocks([first, last])] == [[3], [4]]


def test_a_stack_travels_as_one_array_a_column() -> None:
    runs = stacked(some_runs([3, 2, 4]))
    beside: list[pickle.PickleBuffer] = []
    came = pickle.loads(pickle.dumps(runs, protocol=5, buffer_callback=beside.append), buffers=beside)
    assert len(beside) == len(RECORD_COLUMNS)
    assert isinstance(came[1], StackedRows)
    assert came[1]["latitude"].tolist() == runs[1]["latitude"].tolist()
    assert came[0].stack is came[2].stack
