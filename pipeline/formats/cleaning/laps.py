"""Laps of a session, in seconds after its start, without impossible sums. Called by `session`."""

from __future__ import annotations

from dataclasses import replace
from operator import is_not

from pipeline.schema import Lap, ParseNote

_ROUNDING_S = 2.0  # the clocks of lap and session are rounded separately
_ROUNDING_M = 100.0


def laps_of_session(
    laps: tuple[Lap, ...], start_s: float, elapsed_s: float, limit_ms: float, notes: list[ParseNote]
) -> tuple[Lap, ...]:
    """Return the laps that begin within the session. `limit_ms` is the fastest believable speed."""
    counted = [_counted_from(start_s, lap) for lap in laps]
    inside = [lap for lap in counted if 0 <= lap.elapsed_start_s <= elapsed_s]
    if len(inside) < len(laps):
        notes.append(ParseNote("lap", "laps outside the session were left out", len(laps) - len(inside)))
    corrected = [_corrected(lap, elapsed_s - lap.elapsed_start_s, limit_ms) for lap in inside]
    n_corrected = sum(map(is_not, inside, corrected))
    if n_corrected:
        notes.append(ParseNote("lap", "impossible lap times or distances were left out", n_corrected))
    return tuple(corrected)


def _counted_from(start_s: float, lap: Lap) -> Lap:
    """Count the lap's start from the session's start; up to two seconds before it are rounding."""
    begins_s = lap.elapsed_start_s - start_s
    begins_s = 0.0 if -_ROUNDING_S <= begins_s < 0 else begins_s
    return Lap(lap.lap_no, begins_s, lap.elapsed_s, lap.timer_s, lap.distance_m, lap.trigger)


def _corrected(lap: Lap, at_most_s: float, limit_ms: float) -> Lap:
    """Return the lap itself, or one that ends with the session, without a time or distance beyond its end."""
    if not 0 <= lap.elapsed_s <= at_most_s + _ROUNDING_S:
        lap = replace(lap, elapsed_s=at_most_s)
    if lap.timer_s is not None and not 0 <= lap.timer_s <= lap.elapsed_s + _ROUNDING_S:
        lap = replace(lap, timer_s=None)
    if lap.distance_m is not None and not 0 <= lap.distance_m <= limit_ms * lap.elapsed_s + _ROUNDING_M:
        lap = replace(lap, distance_m=None)
    return lap
