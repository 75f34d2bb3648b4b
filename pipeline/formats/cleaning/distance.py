"""The way made: the file's own distance repaired, or counted from positions; speed where the file has none.

Called by clean.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.places import reach_m, way_m
from pipeline.formats.cleaning.rising import FEW, longest_rising
from pipeline.formats.cleaning.spans import Span
from pipeline.formats.cleaning.sport import STANDING_MS
from pipeline.masks import all_hold, any_holds
from pipeline.schema import ParseNote, Records

FIRST_STEP_M = 100.0  # so much a first record may be ahead of its clock; a leg before is longer

Floats = NDArray[np.float64]


def repaired_distance_m(
    columns: Records,
    spans: Mapping[str, Span],
    limit_ms: float,
    start_s: float,
    stops: tuple[tuple[float, float], ...],
    notes: list[ParseNote],
) -> Floats:
    """The file's own distance, repaired where needed; from positions where the file has none."""
    time_s, distance_m = columns["time_s"], columns["distance_m"]
    if not (spans["distance_m"].highest < np.inf and _counts_on(time_s, distance_m, limit_ms)):
        distance_m = _without_strays(distance_m, notes)
        known = np.isfinite(distance_m)
        if not any_holds(known):
            return way_m(columns, limit_ms, stops)
        distance_m[known] = _counted_on(time_s[known], distance_m[known], limit_ms, notes)
    first = np.isfinite(distance_m).argmax()
    if distance_m[first] > limit_ms * max(time_s[first] - start_s, 0.0) + FIRST_STEP_M:
        notes.append(ParseNote("distance_offset", "the distance of earlier sessions was taken off"))
        distance_m = distance_m - distance_m[first]
    return distance_m


def _counts_on(time_s: Floats, distance_m: Floats, limit_ms: float) -> bool:
    """Whether the distance is known everywhere, never falls and never leaps."""
    steps_m = distance_m[1:] - distance_m[:-1]
    return bool(distance_m[0] >= 0) and all_hold(steps_m >= 0) and all_hold(steps_m <= reach_m(time_s, limit_ms))


def _without_strays(distance_m: Floats, notes: list[ParseNote]) -> Floats:
    """A copy without the few values that lie off the rising rest: a counter that slipped for a moment."""
    distance_m = np.where(np.isfinite(distance_m) & (distance_m >= 0), distance_m, np.nan)
    known = np.flatnonzero(np.isfinite(distance_m))
    stray = known[~longest_rising(distance_m[known])]
    if 0 < stray.size <= FEW * known.size:
        notes.append(ParseNote("distance", "distances out of line were left out", int(stray.size)))
        distance_m[stray] = np.nan
    return distance_m


def _counted_on(time_s: Floats, distance_m: Floats, limit_ms: float, notes: list[ParseNote]) -> Floats:
    """The distance counted on over steps back (a counter set to 0) and over leaps no one can make."""
    distance_m = _without_stalls(time_s, distance_m, limit_ms, notes)
    known = np.flatnonzero(np.isfinite(distance_m))
    steps_m = np.diff(distance_m[known])
    wrong = (steps_m < 0) | (steps_m > reach_m(time_s[known], limit_ms))
    if not any_holds(wrong):
        return distance_m
    notes.append(ParseNote("distance", "steps back or leaps of the distance were taken out", int(wrong.sum())))
    steps_m[wrong] = 0.0
    distance_m = distance_m.copy()
    distance_m[known] = distance_m[known[0]] + np.concatenate([[0.0], np.cumsum(steps_m)])
    return distance_m


def _without_stalls(time_s: Floats, distance_m: Floats, limit_ms: float, notes: list[ParseNote]) -> Floats:
    """The distance without the flat stretch before a leap that is no leap for both together.

    Where satellites are lost a watch may count nothing, and all of it at once when they are back.
    """
    steps_m, steps_s = np.diff(distance_m), np.diff(time_s)
    after = np.flatnonzero(steps_m > reach_m(time_s, limit_ms))
    if not after.size:
        return distance_m
    stood_since = np.where(steps_m >= STANDING_MS * steps_s, np.arange(1, time_s.size), 0)
    begin = np.concatenate([[0], np.maximum.accumulate(stood_since)])[after]
    way_made_m, lasted_s = distance_m[after + 1] - distance_m[begin], time_s[after + 1] - time_s[begin]
    caught_up = (way_made_m > 0) & (way_made_m <= limit_ms * lasted_s)
    stalled = np.zeros(distance_m.size, dtype=np.bool_)
    for first, last in zip(begin[caught_up], after[caught_up], strict=True):
        stalled[first + 1 : last + 1] = True
    if any_holds(stalled):
        distance_m = distance_m.copy()
        detail = "distances that stood still before a leap were left out"
        notes.append(ParseNote("distance_stall", detail, int(stalled.sum())))
        distance_m[stalled] = np.nan
    return distance_m


def speed_from(time_s: Floats, distance_m: Floats, limit_ms: float) -> Floats:
    """Speed over the step that ends at each row, by distance; NaN at the first row and above the limit."""
    speed_ms = np.full(time_s.size, np.nan)
    known = np.flatnonzero(np.isfinite(distance_m))
    made_ms = np.diff(distance_m[known]) / np.maximum(np.diff(time_s[known]), 1.0)
    speed_ms[known[1:]] = np.where(made_ms <= limit_ms, made_ms, np.nan)
    return speed_ms
