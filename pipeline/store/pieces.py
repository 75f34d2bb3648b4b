"""What the steps between records add up to in every 30 s of moving time. Called by the writing of runs (`run_rows`).

SQL cuts segments from these pieces (sql/queries/cut_segments.sql); to go there record by record takes it six times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

AROUND_S = 30.0  # on either side
AROUND_RECORDS = 30
PIECE_S = 30.0
_STEPS = 1e6  # what is summed is in whole millionths: exact, whatever stands beside a run and in whatever order


def pieces(columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """One row a piece, by the names of cut_segments.sql. A step belongs to the 30 s in which it ended (piece_no, from 1); its
    end may be the instant that begins the next (begun_no, from 0).

    `columns` are run_no and the records' columns, shape (n_records,), run after run, each in the order of time.
    """
    run_no, moving_s = columns["run_no"], columns["moving_s"]
    piece_no = np.ceil(moving_s / PIECE_S).astype(np.int32)
    begun_no = np.floor(moving_s / PIECE_S).astype(np.int32)
    changed = [np.diff(one, prepend=-1) != 0 for one in (run_no, piece_no, begun_no)]
    first = np.flatnonzero(changed[0] | changed[1] | changed[2])
    named = {"run_no": run_no, "piece_no": piece_no, "begun_no": begun_no, "first_s": columns["elapsed_s"]}
    return {
        **{name: column[first] for name, column in named.items()},
        "moving_s": np.maximum.reduceat(moving_s, first),
        **{name: _summed(values, first) for name, values in _steps(columns)},
    }


def _steps(columns: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """What each step added, NaN where that is not known; a run's first record ends no step."""
    beats, strides, warmth = (columns[name] for name in ("heart_rate_bpm", "cadence_spm", "device_temp_c"))
    goes_on = np.diff(columns["run_no"], prepend=-1) == 0
    heights_m = smooth_heights(columns["run_no"], columns["elapsed_s"], columns["altitude_m"])
    moved_s, way_m, rise_m = (
        np.where(goes_on, np.diff(column, prepend=np.nan), np.nan)
        for column in (columns["moving_s"], columns["distance_m"], heights_m)
    )
    yield "way_um", way_m
    yield "moving_way_um", np.where(moved_s > 0, way_m, np.nan)
    yield "moving_rise_um", np.where(moved_s > 0, rise_m, np.nan)
    yield "rise_um", rise_m
    yield "up_and_down_um", np.abs(rise_m)
    yield "beats", beats * moved_s
    yield "beating", np.where(np.isfinite(beats), moved_s, np.nan)
    yield "strides", strides * moved_s
    yield "striding", np.where(np.isfinite(strides), moved_s, np.nan)
    yield "warmth", warmth
    yield "warmths", np.where(np.isfinite(warmth), 1.0, np.nan)


def _summed(values: NDArray[np.float64], first: NDArray[np.intp]) -> NDArray[np.float64]:
    """The sums from each of `first` to the next, in millionths; NaN where nothing is known."""
    known = np.isfinite(values)
    sums = np.add.reduceat(np.rint(np.where(known, values, 0.0) * _STEPS), first)
    return np.where(np.logical_or.reduceat(known, first), sums, np.nan)


def smooth_heights(
    run_no: NDArray[np.int32], elapsed_s: NDArray[np.float64], altitude_m: NDArray[np.float64]
) -> NDArray[Any]:
    """The mean altitude from 30 s before to 30 s after each record, metres; NaN where none is known.

    Arrays of shape (n_records,), run after run, each in the order of time.
    """
    known = np.isfinite(altitude_m)
    # One clock for all runs, on which no two of them are near each other.
    run_index = np.cumsum(np.diff(run_no, prepend=run_no[:1]) != 0)
    at_s = elapsed_s + run_index * (4 * AROUND_S + elapsed_s.max(initial=0.0))
    first = _count_before(at_s, at_s - AROUND_S, -AROUND_RECORDS)
    end = _count_before(at_s, np.nextafter(at_s + AROUND_S, np.inf), AROUND_RECORDS + 1)
    total = _running(np.rint(np.where(known, altitude_m, 0.0) * _STEPS).astype(np.int64))
    count = _running(known.astype(np.int64))
    heights = np.full(altitude_m.size, np.nan)
    within = count[end] - count[first]
    np.divide(total[end] - total[first], within * _STEPS, out=heights, where=within > 0)
    return np.round(heights, 6)


def _count_before(at_s: NDArray[np.float64], limit_s: NDArray[np.float64], guess: int) -> NDArray[np.intp]:
    """How many of `at_s` (rising) are before each limit; `guess` is how far from the place itself, where records lie 1 s apart.

    Trying the guess first takes a tenth of the time that looking for each takes.
    """
    counts = np.clip(np.arange(at_s.size) + guess, 0, at_s.size)
    bounded_s = np.concatenate([[-np.inf], at_s, [np.inf]])
    wrong = (bounded_s[counts] >= limit_s) | (bounded_s[counts + 1] < limit_s)
    counts[wrong] = np.searchsorted(at_s, limit_s[wrong])
    return counts


def _running(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sums of what is before each place, shape (n + 1,)."""
    return np.concatenate([[0], np.cumsum(values)])
