"""Sums over the steps between records, in bins of 30 s of moving time. Called by the action that reads files.

SQL cuts segments from these bins (sql/queries/cut_segments.sql); cutting from single records takes it six times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_true

AROUND_S = 30.0  # on either side
AROUND_RECORDS = 30
BIN_S = 30.0
_STEPS = 1e6  # sums are in whole millionths: exact in any order

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def sum_in_bins(records: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Return one row per bin, with the column names of cut_segments.sql.

    A step belongs to the bin in which it ended (piece_no, from 1). Its end may also be the first instant of the next bin
    (begun_no, from 0). `records` are a run's columns, shape (n_records,), in time order.
    """
    moving_s = records["moving_s"]
    bin_position = moving_s / BIN_S
    bin_no, begun_no = np.ceil(bin_position).astype(np.int32), np.floor(bin_position).astype(np.int32)
    first = _first_rows(bin_no, begun_no)
    return {
        "piece_no": bin_no[first],
        "begun_no": begun_no[first],
        "first_s": records["elapsed_s"][first],
        "moving_s": np.maximum.reduceat(moving_s, first) if first.size else moving_s,
        **_summed(_steps(records), first),
    }


def _first_rows(bin_no: NDArray[np.int32], begun_no: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the rows at which a new bin begins."""
    begins = np.ones(bin_no.size, dtype=np.bool_)
    begins[1:] = (bin_no[1:] != bin_no[:-1]) | (begun_no[1:] != begun_no[:-1])
    return begins.nonzero()[0]


def _steps(records: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return what each step adds to each sum, NaN where unknown. No step ends at the first record.

    Names with the same steps share one array: in most runs every value is measured, and every step moves.
    """
    heart_rate, cadence, device_temp = (records[name] for name in ("heart_rate_bpm", "cadence_spm", "device_temp_c"))
    moved_s, path_m = _differences(records["moving_s"]), _differences(records["distance_m"])
    rise_m = _differences(smooth_heights(records["elapsed_s"], records["altitude_m"]))
    moving = moved_s > 0
    all_moving = all_true(moving[1:])
    return {
        "way_um": path_m,
        "moving_way_um": path_m if all_moving else np.where(moving, path_m, np.nan),
        "moving_rise_um": rise_m if all_moving else np.where(moving, rise_m, np.nan),
        "rise_um": rise_m,
        "up_and_down_um": np.abs(rise_m),
        "beats": heart_rate * moved_s,
        "beating": _where_measured(heart_rate, moved_s),
        "strides": cadence * moved_s,
        "striding": _where_measured(cadence, moved_s),
        "warmth": device_temp,
        "warmths": _where_measured(device_temp, np.ones(device_temp.size)),
    }


def _differences(column: Floats) -> Floats:
    """Return the difference from the previous record, shape (n_records,); NaN for the first."""
    differences = np.empty(column.size)
    differences[:1] = np.nan
    np.subtract(column[1:], column[:-1], out=differences[1:])
    return differences


def _where_measured(column: Floats, steps: Floats) -> Floats:
    measured = np.isfinite(column)
    return steps if all_true(measured) else np.where(measured, steps, np.nan)


def _summed(steps: Mapping[str, Floats], first: NDArray[np.intp]) -> dict[str, Floats]:
    """Return the sums of each column per bin, in millionths; NaN if nothing is measured. Bins begin at the rows `first`."""
    if not first.size:
        return dict.fromkeys(steps, np.empty(0))
    single = np.concatenate([first[1:], [steps["warmth"].size]]) - first == 1
    different = {id(values): values for values in steps.values()}
    sums = {array_id: _sums(values, first, single) for array_id, values in different.items()}
    return {name: sums[id(values)] for name, values in steps.items()}


def _sums(values: Floats, first: NDArray[np.intp], single: NDArray[np.bool_]) -> Floats:
    """Return the sums of one column. In bins of a `single` step an unknown value makes the sum unknown."""
    steps = values * _STEPS
    np.rint(steps, out=steps)
    sums = np.add.reduceat(steps, first)
    if all_true(single | ~np.isnan(sums)):
        return sums
    unknown = np.isnan(steps)
    steps[unknown] = 0.0
    return np.where(np.logical_and.reduceat(unknown, first), np.nan, np.add.reduceat(steps, first))


def smooth_heights(elapsed_s: Floats, altitude_m: Floats) -> Floats:
    """Return the mean altitude in metres from 30 s before to 30 s after each record, shape (n_records,); NaN if unknown."""
    measured = np.isfinite(altitude_m)
    height_um = np.where(measured, altitude_m, 0.0)
    height_um *= _STEPS
    np.rint(height_um, out=height_um)
    total, n_measured = _sums_around(elapsed_s, height_um.astype(np.int64), measured.astype(np.int64))
    heights = np.full(altitude_m.size, np.nan)
    np.divide(total, n_measured * _STEPS, out=heights, where=n_measured > 0)
    return heights.round(6)


def _sums_around(elapsed_s: Floats, *columns: Counts) -> list[Counts]:
    """Return the sums of each column over the records at most 30 s from each record, shape (n,)."""
    if all_true(elapsed_s[1:] - elapsed_s[:-1] == 1.0) and all_true(elapsed_s[:1] % 1 == 0):
        return [_sums_each_second(values) for values in columns]
    first = _count_before(elapsed_s, elapsed_s - AROUND_S, -AROUND_RECORDS)
    end = _count_before(elapsed_s, np.nextafter(elapsed_s + AROUND_S, np.inf), AROUND_RECORDS + 1)
    before = [np.concatenate([[0], np.cumsum(values)]) for values in columns]
    return [sums[end] - sums[first] for sums in before]


def _sums_each_second(values: Counts) -> Counts:
    """The same for records exactly 1 s apart: sums over 30 records before to 30 after each."""
    n, around = values.size, AROUND_RECORDS
    before = np.zeros(around + 1 + n + around, dtype=np.int64)
    values.cumsum(out=before[around + 1 : around + 1 + n])
    before[around + 1 + n :] = before[around + n]
    return before[around + 1 + around :] - before[:n]


def _count_before(at_s: Floats, limit_s: Floats, guess: int) -> NDArray[np.intp]:
    """Count the values of `at_s` (rising) before each limit. `guess` is the offset from each row if records are 1 s apart.

    Trying the guess first takes a tenth of the time of a search for each limit.
    """
    counts = np.clip(np.arange(at_s.size) + guess, 0, at_s.size)
    bounded_s = np.concatenate([[-np.inf], at_s, [np.inf]])
    wrong = (bounded_s[counts] >= limit_s) | (bounded_s[counts + 1] < limit_s)
    counts[wrong] = np.searchsorted(at_s, limit_s[wrong])
    return counts
