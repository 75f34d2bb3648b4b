"""Distance: the file's own, repaired, or computed from positions; and speed if the file has none.

Called by `columns`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.places import path_m, reach_m
from pipeline.formats.cleaning.rising import FEW, longest_rising
from pipeline.formats.cleaning.spans import Span
from pipeline.formats.cleaning.sport import STANDSTILL_MS
from pipeline.masks import all_true, any_true
from pipeline.schema import ParseNote, Records

FIRST_STEP_M = 100.0  # a first record may be this far ahead of its clock; an earlier leg is longer

Floats = NDArray[np.float64]


def repaired_distance_m(
    columns: Records,
    spans: Mapping[str, Span],
    limit_ms: float,
    start_s: float,
    stops: tuple[tuple[float, float], ...],
    notes: list[ParseNote],
) -> Floats:
    """Return the file's own distance, repaired where needed; from positions if the file has none."""
    time_s, distance_m = columns["time_s"], columns["distance_m"]
    if not (spans["distance_m"].highest < np.inf and _is_continuous(time_s, distance_m, limit_ms)):
        distance_m = _without_strays(distance_m, notes)
        measured = np.isfinite(distance_m)
        if not any_true(measured):
            return path_m(columns, limit_ms, stops)
        distance_m[measured] = _continued(time_s[measured], distance_m[measured], limit_ms, notes)
    first = np.isfinite(distance_m).argmax()
    if distance_m[first] > limit_ms * max(time_s[first] - start_s, 0.0) + FIRST_STEP_M:
        notes.append(ParseNote("distance_offset", "the distance of earlier sessions was subtracted"))
        distance_m = distance_m - distance_m[first]
    return distance_m


def _is_continuous(time_s: Floats, distance_m: Floats, limit_ms: float) -> bool:
    """Return True if the distance is known everywhere, never falls and never jumps."""
    steps_m = distance_m[1:] - distance_m[:-1]
    return bool(distance_m[0] >= 0) and all_true(steps_m >= 0) and all_true(steps_m <= reach_m(time_s, limit_ms))


def _without_strays(distance_m: Floats, notes: list[ParseNote]) -> Floats:
    """Return a copy without the few values off the rising series: a counter that slipped for a moment."""
    distance_m = np.where(np.isfinite(distance_m) & (distance_m >= 0), distance_m, np.nan)
    measured = np.flatnonzero(np.isfinite(distance_m))
    stray = measured[~longest_rising(distance_m[measured])]
    if 0 < stray.size <= FEW * measured.size:
        notes.append(
            ParseNote("distance", "distances that did not fit their neighbours were left out", int(stray.size))
        )
        distance_m[stray] = np.nan
    return distance_m


def _continued(time_s: Floats, distance_m: Floats, limit_ms: float, notes: list[ParseNote]) -> Floats:
    """Remove backward steps (a counter set to 0) and impossible jumps; the distance continues over them."""
    distance_m = _without_stalls(time_s, distance_m, limit_ms, notes)
    measured = np.flatnonzero(np.isfinite(distance_m))
    steps_m = np.diff(distance_m[measured])
    wrong = (steps_m < 0) | (steps_m > reach_m(time_s[measured], limit_ms))
    if not any_true(wrong):
        return distance_m
    notes.append(ParseNote("distance", "backward steps or jumps in the distance were removed", int(wrong.sum())))
    steps_m[wrong] = 0.0
    distance_m = distance_m.copy()
    distance_m[measured] = distance_m[measured[0]] + np.concatenate([[0.0], np.cumsum(steps_m)])
    return distance_m


def _without_stalls(time_s: Floats, distance_m: Floats, limit_ms: float, notes: list[ParseNote]) -> Floats:
    """Leave out a flat stretch before a jump if stretch and jump together are a possible speed.

    A watch that loses its satellites may count nothing, and add everything at once when they are back.
    """
    steps_m, steps_s = np.diff(distance_m), np.diff(time_s)
    after = np.flatnonzero(steps_m > reach_m(time_s, limit_ms))
    if not after.size:
        return distance_m
    still_since = np.where(steps_m >= STANDSTILL_MS * steps_s, np.arange(1, time_s.size), 0)
    begin = np.concatenate([[0], np.maximum.accumulate(still_since)])[after]
    gained_m, lasted_s = distance_m[after + 1] - distance_m[begin], time_s[after + 1] - time_s[begin]
    caught_up = (gained_m > 0) & (gained_m <= limit_ms * lasted_s)
    stalled = np.zeros(distance_m.size, dtype=np.bool_)
    for first, last in zip(begin[caught_up], after[caught_up], strict=True):
        stalled[first + 1 : last + 1] = True
    if any_true(stalled):
        distance_m = distance_m.copy()
        detail = "distances that stood still before a jump were left out"
        notes.append(ParseNote("distance_stall", detail, int(stalled.sum())))
        distance_m[stalled] = np.nan
    return distance_m


def speed_from(time_s: Floats, distance_m: Floats, limit_ms: float) -> Floats:
    """Return the speed over the step that ends at each row, from distance; NaN at the first row and above the limit."""
    speed_ms = np.full(time_s.size, np.nan)
    measured = np.flatnonzero(np.isfinite(distance_m))
    step_speed_ms = np.diff(distance_m[measured]) / np.maximum(np.diff(time_s[measured]), 1.0)
    speed_ms[measured[1:]] = np.where(step_speed_ms <= limit_ms, step_speed_ms, np.nan)
    return speed_ms
