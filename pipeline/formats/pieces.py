"""What the steps between records add up to in every 30 s of moving time. Called by the action that reads files.

SQL cuts segments from these pieces (sql/queries/cut_segments.sql); to go there record by record takes it six times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

AROUND_S = 30.0  # on either side
AROUND_RECORDS = 30
PIECE_S = 30.0
_STEPS = 1e6  # what is summed is in whole millionths: exact in whatever order

Floats = NDArray[np.float64]


def pieces(records: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """One row a piece, by the names of cut_segments.sql. A step belongs to the 30 s in which it ended (piece_no, from 1); its
    end may be the instant that begins the next (begun_no, from 0).

    `records` are a run's columns, shape (n_records,), in the order of time.
    """
    moving_s = records["moving_s"]
    piece_no = np.ceil(moving_s / PIECE_S).astype(np.int32)
    begun_no = np.floor(moving_s / PIECE_S).astype(np.int32)
    first = np.flatnonzero((np.diff(piece_no, prepend=-1) != 0) | (np.diff(begun_no, prepend=-1) != 0))
    return {
        "piece_no": piece_no[first],
        "begun_no": begun_no[first],
        "first_s": records["elapsed_s"][first],
        "moving_s": np.maximum.reduceat(moving_s, first) if first.size else moving_s,
        **{name: _summed(values, first) for name, values in _steps(records).items()},
    }


def _steps(records: Mapping[str, Floats]) -> dict[str, Floats]:
    """What each step added, NaN where that is not known; the first record ends no step."""
    beats, strides, warmth = (records[name] for name in ("heart_rate_bpm", "cadence_spm", "device_temp_c"))
    heights_m = smooth_heights(records["elapsed_s"], records["altitude_m"])
    moved_s, way_m, rise_m = (
        np.diff(column, prepend=np.nan) for column in (records["moving_s"], records["distance_m"], heights_m)
    )
    moving = moved_s > 0
    return {
        "way_um": way_m,
        "moving_way_um": np.where(moving, way_m, np.nan),
        "moving_rise_um": np.where(moving, rise_m, np.nan),
        "rise_um": rise_m,
        "up_and_down_um": np.abs(rise_m),
        "beats": beats * moved_s,
        "beating": np.where(np.isfinite(beats), moved_s, np.nan),
        "strides": strides * moved_s,
        "striding": np.where(np.isfinite(strides), moved_s, np.nan),
        "warmth": warmth,
        "warmths": np.where(np.isfinite(warmth), 1.0, np.nan),
    }


def _summed(values: Floats, first: NDArray[np.intp]) -> Floats:
    """The sums from each of `first` to the next, in millionths; NaN where nothing is known."""
    if not first.size:
        return np.empty(0)
    steps = np.rint(values * _STEPS)
    unknown = np.isnan(steps)
    if not unknown.any():
        return np.add.reduceat(steps, first)
    steps[unknown] = 0.0
    return np.where(np.logical_and.reduceat(unknown, first), np.nan, np.add.reduceat(steps, first))


def smooth_heights(elapsed_s: Floats, altitude_m: Floats) -> Floats:
    """The mean altitude from 30 s before to 30 s after each record, metres, shape (n_records,); NaN where none is known."""
    known = np.isfinite(altitude_m)
    first = _count_before(elapsed_s, elapsed_s - AROUND_S, -AROUND_RECORDS)
    end = _count_before(elapsed_s, np.nextafter(elapsed_s + AROUND_S, np.inf), AROUND_RECORDS + 1)
    total = _running(np.rint(np.where(known, altitude_m, 0.0) * _STEPS).astype(np.int64))
    count = _running(known.astype(np.int64))
    heights = np.full(altitude_m.size, np.nan)
    within = count[end] - count[first]
    np.divide(total[end] - total[first], within * _STEPS, out=heights, where=within > 0)
    return np.round(heights, 6)


def _count_before(at_s: Floats, limit_s: Floats, guess: int) -> NDArray[np.intp]:
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
