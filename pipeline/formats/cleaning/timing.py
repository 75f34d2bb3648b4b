"""Pauses, timer time and moving time of a session, from its cleaned columns; and whether its clock can be right.

Called by settle, and by the actions that correct a clock.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.sport import STANDING_MS
from pipeline.masks import all_hold, any_holds
from pipeline.schema import Pause

GAP_S = 60.0  # a longer silence without way made is a pause; smart recording is silent for 10 s at most
FIRST_WATCHES_AT = datetime(2003, 1, 1, tzinfo=UTC)  # no running watch kept such files before
AHEAD_OF_NOW = timedelta(hours=24)
CONTRADICTED_BY = 3  # so many records with way made, and the timer was not off whatever the event says

Floats = NDArray[np.float64]


def clock_is_wrong(start_at: datetime, now: datetime) -> bool:
    """Whether a run cannot have begun then, as seen from `now` (both aware): before such watches, or over a day ahead."""
    return not FIRST_WATCHES_AT <= start_at <= now + AHEAD_OF_NOW


def find_pauses(
    elapsed_s: Floats, distance_m: Floats, stops: tuple[tuple[float, float], ...], end_s: float
) -> tuple[tuple[Pause, ...], int]:
    """The pauses in order and without overlap, and how many stops were no pause.

    A stop is a pause unless records within it make way (a lost start event). A silence of over a minute
    without way made is a pause of kind 'gap'. All in seconds after the start, pauses within 0..`end_s`;
    `elapsed_s` and `distance_m` have shape (n_records,).
    """
    within = _merged(stops, end_s)
    timer = [stop for stop in within if not _is_contradicted(elapsed_s, distance_m, stop)]
    pauses = [Pause(start, end, "timer") for start, end in timer]
    pauses += [Pause(start, end, "gap") for start, end in _gaps(elapsed_s, distance_m, timer)]
    return tuple(sorted(pauses, key=lambda pause: pause.elapsed_start_s)), len(within) - len(timer)


def timer_s(elapsed_s: Floats, pauses: tuple[Pause, ...]) -> Floats:
    """Elapsed time with the pauses taken out, at each of `elapsed_s` (rising)."""
    if not pauses:
        return elapsed_s
    return np.maximum.accumulate(elapsed_s - _paused_s(elapsed_s, pauses))  # against the last bit's rounding


def moving_s(elapsed_s: Floats, distance_m: Floats, pauses: tuple[Pause, ...]) -> Floats:
    """Time spent moving up to each record, shape (n_records,), never above timer time.

    A step between records counts without its pauses when it makes at least 0.4 m/s, or when its speed is
    unknown and it is a minute long at most. The way to the first record counts like a step.
    """
    active_s = _added(elapsed_s)
    if pauses:
        active_s -= _added(_paused_s(elapsed_s, pauses))
    way_m = _way_m(elapsed_s, distance_m)
    moves = way_m >= STANDING_MS * active_s
    known = np.isfinite(way_m)
    if not all_hold(known):
        moves = np.where(known, moves, active_s <= GAP_S)
    return np.where(moves, active_s, 0.0).cumsum()


def _merged(stops: tuple[tuple[float, float], ...], end_s: float) -> list[tuple[float, float]]:
    """The stops cut to 0..end_s, overlaps joined; under a second is the rounding of the watch's clock."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted((max(start, 0.0), min(end, end_s)) for start, end in stops):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end - start >= 1.0:
            merged.append((start, end))
    return merged


def _is_contradicted(elapsed_s: Floats, distance_m: Floats, stop: tuple[float, float]) -> bool:
    inside = slice(np.searchsorted(elapsed_s, stop[0], side="right"), np.searchsorted(elapsed_s, stop[1]))
    known = np.isfinite(distance_m[inside])
    if known.sum() < CONTRADICTED_BY:
        return False
    lasted_s = float(np.ptp(elapsed_s[inside][known]))
    return float(np.ptp(distance_m[inside][known])) >= STANDING_MS * lasted_s


def _gaps(elapsed_s: Floats, distance_m: Floats, timer: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Steps of over a minute in which no way was made and the timer ran."""
    step_s = elapsed_s[1:] - elapsed_s[:-1]
    silent = step_s > GAP_S
    if not any_holds(silent):
        return []
    with np.errstate(invalid="ignore"):
        still = silent & (_way_m(elapsed_s, distance_m)[1:] < STANDING_MS * step_s)
    gaps = [(float(elapsed_s[i]), float(elapsed_s[i + 1])) for i in np.flatnonzero(still)]
    stopped_until = [end for _, end in timer]
    next_stop = [*timer, (np.inf, np.inf)]
    return [gap for gap in gaps if next_stop[bisect_right(stopped_until, gap[0])][0] >= gap[1]]


def _way_m(elapsed_s: Floats, distance_m: Floats) -> Floats:
    """Metres made on the way to each record from the one before (from the start for the first); NaN if
    unknown.
    """
    known = np.isfinite(distance_m)
    if all_hold(known):
        return _added(distance_m)
    if not any_holds(known):
        return np.full(elapsed_s.size, np.nan)
    return _added(np.interp(elapsed_s, elapsed_s[known], distance_m[known], left=np.nan, right=np.nan))


def _added(sums: Floats) -> Floats:
    """What each adds to the one before, and the first to 0, shape (n,)."""
    added = sums.copy()
    added[1:] -= sums[:-1]
    return added


def _paused_s(at_s: Floats, pauses: tuple[Pause, ...]) -> Floats:
    """Seconds of pause that lie before each instant; one or more pauses in order, without overlap."""
    start_s = np.array([-np.inf, *(pause.elapsed_start_s for pause in pauses)])
    lasted_s = np.array([0.0, *(pause.elapsed_end_s - pause.elapsed_start_s for pause in pauses)])
    before_s = np.cumsum(lasted_s) - lasted_s
    latest = np.searchsorted(start_s, at_s, side="right") - 1
    return np.asarray(before_s[latest] + np.minimum(at_s - start_s[latest], lasted_s[latest]))
