"""Pauses, timer time and moving time of a session, from its cleaned columns; and whether its clock can be right.

Called by `session`, and by the actions that correct a clock.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.sport import STANDSTILL_MS
from pipeline.masks import all_true, any_true
from pipeline.schema import Pause

GAP_S = 60.0  # a longer gap without movement is a pause; smart recording leaves gaps of at most 10 s
FIRST_WATCHES_AT = datetime(2003, 1, 1, tzinfo=UTC)  # no running watch wrote such files before
AHEAD_OF_NOW = timedelta(hours=24)
CONTRADICTED_BY = 3  # with this many moving records the timer was not off, whatever the event says

Floats = NDArray[np.float64]


def clock_is_wrong(start_at: datetime, now: datetime) -> bool:
    """Return True if no run can have begun then: before such watches, or over a day after `now` (both aware)."""
    return not FIRST_WATCHES_AT <= start_at <= now + AHEAD_OF_NOW


def find_pauses(
    elapsed_s: Floats, distance_m: Floats, stops: tuple[tuple[float, float], ...], end_s: float
) -> tuple[tuple[Pause, ...], int]:
    """Return the pauses, in order and without overlap, and the number of stops that are not pauses.

    A stop is a pause unless its records move (a lost start event). A gap of over a minute without movement is a pause
    of kind 'gap'. All times are in seconds after the start, pauses within 0..`end_s`. `elapsed_s` and `distance_m`
    have shape (n_records,).
    """
    within = _merged(stops, end_s)
    timer = [stop for stop in within if not _is_contradicted(elapsed_s, distance_m, stop)]
    pauses = [Pause(start, end, "timer") for start, end in timer]
    pauses += [Pause(start, end, "gap") for start, end in _gaps(elapsed_s, distance_m, timer)]
    return tuple(sorted(pauses, key=lambda pause: pause.elapsed_start_s)), len(within) - len(timer)


def timer_s(elapsed_s: Floats, pauses: tuple[Pause, ...]) -> Floats:
    """Return elapsed time without the pauses, at each of `elapsed_s` (rising)."""
    if not pauses:
        return elapsed_s
    return np.maximum.accumulate(elapsed_s - _paused_s(elapsed_s, pauses))  # against the last bit's rounding


def moving_s(elapsed_s: Floats, distance_m: Floats, pauses: tuple[Pause, ...]) -> Floats:
    """Return the time spent moving up to each record, shape (n_records,), never above timer time.

    A step between records counts, without its pauses, if its speed is at least 0.4 m/s, or if its speed is unknown
    and it is at most a minute long. The time from the start to the first record counts as a step.
    """
    active_s = _differences(elapsed_s)
    if pauses:
        active_s -= _differences(_paused_s(elapsed_s, pauses))
    moved_m = _moved_m(elapsed_s, distance_m)
    moves = moved_m >= STANDSTILL_MS * active_s
    measured = np.isfinite(moved_m)
    if not all_true(measured):
        moves = np.where(measured, moves, active_s <= GAP_S)
    return np.where(moves, active_s, 0.0).cumsum()


def _merged(stops: tuple[tuple[float, float], ...], end_s: float) -> list[tuple[float, float]]:
    """Cut the stops to 0..end_s and join overlaps; stops under a second are rounding of the watch's clock."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted((max(start, 0.0), min(end, end_s)) for start, end in stops):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end - start >= 1.0:
            merged.append((start, end))
    return merged


def _is_contradicted(elapsed_s: Floats, distance_m: Floats, stop: tuple[float, float]) -> bool:
    """Return True if the records within the stop move."""
    inside = slice(np.searchsorted(elapsed_s, stop[0], side="right"), np.searchsorted(elapsed_s, stop[1]))
    measured = np.isfinite(distance_m[inside])
    if measured.sum() < CONTRADICTED_BY:
        return False
    lasted_s = float(np.ptp(elapsed_s[inside][measured]))
    return float(np.ptp(distance_m[inside][measured])) >= STANDSTILL_MS * lasted_s


def _gaps(elapsed_s: Floats, distance_m: Floats, timer: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the steps of over a minute without movement while the timer ran."""
    step_s = elapsed_s[1:] - elapsed_s[:-1]
    silent = step_s > GAP_S
    if not any_true(silent):
        return []
    with np.errstate(invalid="ignore"):
        still = silent & (_moved_m(elapsed_s, distance_m)[1:] < STANDSTILL_MS * step_s)
    gaps = [(float(elapsed_s[i]), float(elapsed_s[i + 1])) for i in np.flatnonzero(still)]
    stopped_until = [end for _, end in timer]
    next_stop = [*timer, (np.inf, np.inf)]
    return [gap for gap in gaps if next_stop[bisect_right(stopped_until, gap[0])][0] >= gap[1]]


def _moved_m(elapsed_s: Floats, distance_m: Floats) -> Floats:
    """Return metres from the previous record to each record (for the first, from the start); NaN if unknown."""
    measured = np.isfinite(distance_m)
    if all_true(measured):
        return _differences(distance_m)
    if not any_true(measured):
        return np.full(elapsed_s.size, np.nan)
    return _differences(np.interp(elapsed_s, elapsed_s[measured], distance_m[measured], left=np.nan, right=np.nan))


def _differences(sums: Floats) -> Floats:
    """Return the differences of successive values, the first from 0, shape (n,)."""
    differences = sums.copy()
    differences[1:] -= sums[:-1]
    return differences


def _paused_s(at_s: Floats, pauses: tuple[Pause, ...]) -> Floats:
    """Return the seconds of pause before each instant. Needs at least one pause; in order, without overlap."""
    start_s = np.array([-np.inf, *(pause.elapsed_start_s for pause in pauses)])
    lasted_s = np.array([0.0, *(pause.elapsed_end_s - pause.elapsed_start_s for pause in pauses)])
    before_s = np.cumsum(lasted_s) - lasted_s
    latest = np.searchsorted(start_s, at_s, side="right") - 1
    return np.asarray(before_s[latest] + np.minimum(at_s - start_s[latest], lasted_s[latest]))
