"""What the steps between records add up to in every 30 s of moving time. Called by the action that reads files.

SQL cuts segments from these pieces (sql/queries/cut_segments.sql); to go there record by record takes it six times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_hold

AROUND_S = 30.0  # on either side
AROUND_RECORDS = 30
PIECE_S = 30.0
_STEPS = 1e6  # what is summed is in whole millionths: exact in whatever order

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def pieces(records: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """One row a piece, by the names of cut_segments.sql. A step belongs to the 30 s in which it ended (piece_no, from 1); its
    end may be the instant that begins the next (begun_no, from 0).

    `records` are a run's columns, shape (n_records,), in the order of time.
    """
    moving_s = records["moving_s"]
    at_piece = moving_s / PIECE_S
    piece_no, begun_no = np.ceil(at_piece).astype(np.int32), np.floor(at_piece).astype(np.int32)
    first = _first_of_each(piece_no, begun_no)
    return {
        "piece_no": piece_no[first],
        "begun_no": begun_no[first],
        "first_s": records["elapsed_s"][first],
        "moving_s": np.maximum.reduceat(moving_s, first) if first.size else moving_s,
        **_summed(_steps(records), first),
    }


def _first_of_each(piece_no: NDArray[np.int32], begun_no: NDArray[np.int32]) -> NDArray[np.intp]:
    """The rows at which another piece begins."""
    begins = np.ones(piece_no.size, dtype=np.bool_)
    begins[1:] = (piece_no[1:] != piece_no[:-1]) | (begun_no[1:] != begun_no[:-1])
    return begins.nonzero()[0]


def _steps(records: Mapping[str, Floats]) -> dict[str, Floats]:
    """What each step added, NaN where that is not known; the first record ends no step.

    Names that mean the same steps share one array: in most runs every value is known, and every step moves.
    """
    beats, strides, warmth = (records[name] for name in ("heart_rate_bpm", "cadence_spm", "device_temp_c"))
    moved_s, way_m = _added(records["moving_s"]), _added(records["distance_m"])
    rise_m = _added(smooth_heights(records["elapsed_s"], records["altitude_m"]))
    moving = moved_s > 0
    all_moving = all_hold(moving[1:])
    return {
        "way_um": way_m,
        "moving_way_um": way_m if all_moving else np.where(moving, way_m, np.nan),
        "moving_rise_um": rise_m if all_moving else np.where(moving, rise_m, np.nan),
        "rise_um": rise_m,
        "up_and_down_um": np.abs(rise_m),
        "beats": beats * moved_s,
        "beating": _where_known(beats, moved_s),
        "strides": strides * moved_s,
        "striding": _where_known(strides, moved_s),
        "warmth": warmth,
        "warmths": _where_known(warmth, np.ones(warmth.size)),
    }


def _added(column: Floats) -> Floats:
    """What each record adds to the one before, shape (n_records,); NaN for the first."""
    added = np.empty(column.size)
    added[:1] = np.nan
    np.subtract(column[1:], column[:-1], out=added[1:])
    return added


def _where_known(column: Floats, steps: Floats) -> Floats:
    known = np.isfinite(column)
    return steps if all_hold(known) else np.where(known, steps, np.nan)


def _summed(steps: Mapping[str, Floats], first: NDArray[np.intp]) -> dict[str, Floats]:
    """The sums of each from each of `first` to the next, in millionths; NaN where nothing is known."""
    if not first.size:
        return dict.fromkeys(steps, np.empty(0))
    single = np.concatenate([first[1:], [steps["warmth"].size]]) - first == 1
    different = {id(values): values for values in steps.values()}
    sums = {which: _sums(values, first, single) for which, values in different.items()}
    return {name: sums[id(values)] for name, values in steps.items()}


def _sums(values: Floats, first: NDArray[np.intp], single: NDArray[np.bool_]) -> Floats:
    """The sums of one; where a piece is a `single` step, its being unknown is the sum's."""
    steps = values * _STEPS
    np.rint(steps, out=steps)
    sums = np.add.reduceat(steps, first)
    if all_hold(single | ~np.isnan(sums)):
        return sums
    unknown = np.isnan(steps)
    steps[unknown] = 0.0
    return np.where(np.logical_and.reduceat(unknown, first), np.nan, np.add.reduceat(steps, first))


def smooth_heights(elapsed_s: Floats, altitude_m: Floats) -> Floats:
    """The mean altitude from 30 s before to 30 s after each record, metres, shape (n_records,); NaN where none is known."""
    known = np.isfinite(altitude_m)
    height_um = np.where(known, altitude_m, 0.0)
    height_um *= _STEPS
    np.rint(height_um, out=height_um)
    total, n_known = _sums_around(elapsed_s, height_um.astype(np.int64), known.astype(np.int64))
    heights = np.full(altitude_m.size, np.nan)
    np.divide(total, n_known * _STEPS, out=heights, where=n_known > 0)
    return heights.round(6)


def _sums_around(elapsed_s: Floats, *columns: Counts) -> list[Counts]:
    """The sums of each column over what lies at most 30 s from each record, shape (n,)."""
    if all_hold(elapsed_s[1:] - elapsed_s[:-1] == 1.0) and all_hold(elapsed_s[:1] % 1 == 0):
        return [_sums_each_second(values) for values in columns]
    first = _count_before(elapsed_s, elapsed_s - AROUND_S, -AROUND_RECORDS)
    end = _count_before(elapsed_s, np.nextafter(elapsed_s + AROUND_S, np.inf), AROUND_RECORDS + 1)
    before = [np.concatenate([[0], np.cumsum(values)]) for values in columns]
    return [sums[end] - sums[first] for sums in before]


def _sums_each_second(values: Counts) -> Counts:
    """The same where records lie exactly 1 s apart: over 30 before to 30 after each."""
    n, around = values.size, AROUND_RECORDS
    before = np.zeros(around + 1 + n + around, dtype=np.int64)
    values.cumsum(out=before[around + 1 : around + 1 + n])
    before[around + 1 + n :] = before[around + n]
    return before[around + 1 + around :] - before[:n]


def _count_before(at_s: Floats, limit_s: Floats, guess: int) -> NDArray[np.intp]:
    """How many of `at_s` (rising) are before each limit; `guess` is how far from the place itself, where records lie 1 s apart.

    Trying the guess first takes a tenth of the time that looking for each takes.
    """
    counts = np.clip(np.arange(at_s.size) + guess, 0, at_s.size)
    bounded_s = np.concatenate([[-np.inf], at_s, [np.inf]])
    wrong = (bounded_s[counts] >= limit_s) | (bounded_s[counts + 1] < limit_s)
    counts[wrong] = np.searchsorted(at_s, limit_s[wrong])
    return counts
