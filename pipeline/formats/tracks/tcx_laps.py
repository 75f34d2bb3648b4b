"""Computes the times of the laps of a TCX activity, and the stops of its timer. Called by `tcx`.

TCX gives a lap's start and the seconds of its timer, but not when the timer was stopped. A new track within a lap, or
time between two laps that no timer counted, is a pause.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.formats.tracks.tcx_reading import TcxActivity, TcxLap
from pipeline.formats.tracks.values import Floats, number, seconds
from pipeline.schema import Lap

_ROUNDING_S = 3.0  # starts are full seconds, and a watch may write a point only every 1 to 2 seconds

_TRIGGERS = {
    "Manual": "manual",
    "Distance": "distance",
    "Time": "time",
}  # Location and HeartRate have no trigger in our schema

Span = tuple[float, float]


def timed_laps(activity: TcxActivity, time_s: Floats) -> tuple[Lap, ...]:
    """Return the laps with a known start, in seconds since 1970; each lasts until the start of the next.

    `time_s`, shape (n_points,), are the points' instants, NaN where unknown.
    """
    started = _started(activity, time_s)
    last_s = float(np.nanmax(time_s)) if np.isfinite(time_s).any() else -np.inf
    laps = []
    for lap_no, (lap, start_s) in enumerate(started):
        timer_s = _not_negative(lap.timer_s)
        is_last = lap_no == len(started) - 1
        end_s = max(last_s, start_s + (timer_s or 0.0)) if is_last else started[lap_no + 1][1]
        elapsed_s = max(end_s - start_s, 0.0)
        laps.append(Lap(lap_no, start_s, elapsed_s, timer_s, _not_negative(lap.distance_m), _trigger(lap, is_last)))
    return tuple(laps)


def timer_stops(activity: TcxActivity, laps: tuple[Lap, ...], time_s: Floats) -> tuple[Span, ...]:
    """Return the stretches in which the timer was stopped, in seconds since 1970."""
    within: dict[int, list[Span]] = {}
    between: list[tuple[int, Span]] = []
    for before, after in pairwise(_tracks(activity, laps, time_s)):
        lap_no, gap = before[0], (before[1][1], after[1][0])
        if gap[1] <= gap[0]:  # seen in real files: a track that begins before the previous one ends
            continue
        if lap_no == after[0]:
            within.setdefault(lap_no, []).append(gap)
        else:
            between.append((lap_no, gap))
    paused = {no: gaps for no, gaps in within.items() if no < 0 or not _ran_on(laps[no], gaps)}
    stops = [gap for gaps in paused.values() for gap in gaps]
    for lap_no, gap in between:
        if lap_no >= 0 and (stop := _uncounted(laps[lap_no], paused.get(lap_no, []), gap)):
            stops.append(stop)
    return tuple(sorted(stops))


def _started(activity: TcxActivity, time_s: Floats) -> list[tuple[TcxLap, float]]:
    """Return the laps with their starts: as given, otherwise the time of their first point."""
    given_s, _ = seconds([lap.started for lap in activity.laps])
    rows = [*(lap.first_row for lap in activity.laps), time_s.size]
    started = []
    for lap, start_s, end_row in zip(activity.laps, given_s, rows[1:], strict=True):
        lap_time_s = time_s[lap.first_row : end_row]
        timed_s = np.append(lap_time_s[np.isfinite(lap_time_s)], np.nan)
        begins_s = float(start_s if np.isfinite(start_s) else timed_s[0])
        if np.isfinite(begins_s):
            started.append((lap, begins_s))
    return sorted(started, key=lambda lap: lap[1])


def _tracks(activity: TcxActivity, laps: tuple[Lap, ...], time_s: Floats) -> list[tuple[int, Span]]:
    """Return, per track with timed points, the number of its lap (-1: none) and its first and last instant."""
    starts = [lap.elapsed_start_s for lap in laps]
    tracks = []
    for first, end in pairwise([*activity.track_rows, time_s.size]):
        track_s = time_s[first:end]
        track_s = track_s[np.isfinite(track_s)]
        if track_s.size:
            lap_no = int(np.searchsorted(starts, track_s[0] + _ROUNDING_S, side="right")) - 1
            tracks.append((lap_no, (float(track_s[0]), float(track_s[-1]))))
    return tracks


def _ran_on(lap: Lap, gaps: list[Span]) -> bool:
    """Return True if the lap's timer counted most of the gaps between its tracks: then there was no pause."""
    if lap.timer_s is None:
        return False
    return lap.elapsed_s - lap.timer_s < sum(end - start for start, end in gaps) / 2


def _uncounted(lap: Lap, paused: list[Span], gap: Span) -> Span | None:
    """Return the part of the gap after the lap that its timer did not count."""
    if lap.timer_s is None:
        return None
    counted_until_s = lap.elapsed_start_s + lap.timer_s + sum(end - start for start, end in paused)
    stop = (max(gap[0], counted_until_s), gap[1])
    return stop if stop[1] - stop[0] > _ROUNDING_S else None


def _not_negative(text: str | None) -> float | None:
    """Return a number of zero or more; None for any other text."""
    value = number(text)
    return value if np.isfinite(value) and value >= 0 else None


def _trigger(lap: TcxLap, is_last: bool) -> str | None:
    """Return what closed the lap. TCX also calls the press that ended the activity manual; that one ends the session."""
    trigger = _TRIGGERS.get((lap.trigger or "").strip())
    return "session_end" if is_last and trigger == "manual" else trigger
