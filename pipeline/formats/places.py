"""Positions: which of them can be believed, and the way between them. Called by clean.

A position that cannot be believed becomes NaN; its row stays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.geo import EARTH_RADIUS_M, step_m
from pipeline.schema import ParseNote, Records

NULL_ISLAND_DEG = 0.01  # about a kilometre around 0, 0 in the Gulf of Guinea: "no fix yet"
_DEGREE_M = float(np.radians(EARTH_RADIUS_M))  # along a meridian or the equator
ISLAND_S = 60.0  # a stretch reached and left by impossible leaps is believed when it lasts this long

Floats = NDArray[np.float64]


def clean_places(columns: Records, limit_ms: float, notes: list[ParseNote]) -> Records:
    """Columns without positions off the globe, at 0, 0, or on an island only impossible leaps reach.

    Of two long stretches with a leap between them both stay (a drift that ended when satellites came back).
    """
    lat, lon = columns["latitude"], columns["longitude"]
    half = np.isnan(lat) != np.isnan(lon)
    nowhere = (np.abs(lat) > 90) | (np.abs(lon) > 180) | np.isinf(lat) | np.isinf(lon)
    nowhere |= (np.abs(lat) < NULL_ISLAND_DEG) & (np.abs(lon) < NULL_ISLAND_DEG)
    if (half | nowhere).any():
        notes.append(ParseNote("position", "positions that are none were left out", int((half | nowhere).sum())))
        columns = _without_places(columns, half | nowhere)
    island = _islands(columns, limit_ms)
    if island.any():
        detail = "positions reached by impossible leaps were left out"
        notes.append(ParseNote("position_jump", detail, int(island.sum())))
        columns = _without_places(columns, island)
    return columns


def way_m(columns: Records, limit_ms: float, stops: tuple[tuple[float, float], ...]) -> Floats:
    """Metres along the positions since the first, without leaps and way in stops; NaN without position."""
    distance_m = np.full(columns["time_s"].size, np.nan)
    known = np.flatnonzero(~np.isnan(columns["latitude"]))
    if known.size < 2:
        return distance_m
    steps_m, leaps = _steps(columns, known, limit_ms)
    steps_m[leaps | _across(columns["time_s"][known], stops)] = 0.0
    distance_m[known] = np.concatenate([[0.0], np.cumsum(steps_m)])
    return distance_m


def _without_places(columns: Records, rows: NDArray[np.bool_]) -> Records:
    places = {name: np.where(rows, np.nan, columns[name]) for name in ("latitude", "longitude")}
    return {**columns, **places}


def _steps(columns: Records, known: NDArray[np.intp], limit_ms: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Metres from each known position to the next, and which of these steps nobody can make."""
    steps_m = step_m(columns["latitude"][known], columns["longitude"][known])
    return steps_m, is_leap(steps_m, np.diff(columns["time_s"][known]), limit_ms)


def _may_leap(columns: Records, known: NDArray[np.intp], limit_ms: float) -> bool:
    """False when no step can be a leap, told without trigonometry: north plus east is never the shorter way."""
    north_deg, east_deg = np.diff(columns["latitude"][known]), np.diff(columns["longitude"][known])
    at_most_m = _DEGREE_M * (np.abs(north_deg) + np.abs(east_deg))
    return bool(is_leap(at_most_m, np.diff(columns["time_s"][known]), limit_ms).any())


def is_leap(steps_m: Floats, steps_s: Floats, limit_ms: float) -> NDArray[np.bool_]:
    """Which steps are longer than the limit allows; a second of grace, for watches round both instants."""
    return np.asarray(steps_m > limit_ms * (steps_s + 1.0))


def _islands(columns: Records, limit_ms: float) -> NDArray[np.bool_]:
    """Rows on short stretches between leaps; where all are short, the one with most positions stays."""
    island = np.zeros(columns["time_s"].size, dtype=np.bool_)
    known = np.flatnonzero(~np.isnan(columns["latitude"]))
    if known.size < 2:
        return island
    if not _may_leap(columns, known, limit_ms):
        return island
    _, leaps = _steps(columns, known, limit_ms)
    piece = np.concatenate([[0], np.cumsum(leaps)])
    begins = np.flatnonzero(np.concatenate([[True], leaps]))
    ends = np.append(begins[1:], known.size) - 1
    time_s = columns["time_s"][known]
    short = time_s[ends] - time_s[begins] < ISLAND_S
    if short.all():
        short[np.bincount(piece).argmax()] = False
    island[known] = short[piece]
    return island


def _across(time_s: Floats, stops: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Which steps between the instants touch a stop, shape (n - 1,)."""
    touched = np.zeros(time_s.size - 1, dtype=np.bool_)
    for stop_s, start_s in stops:
        first, beyond = np.searchsorted(time_s, stop_s, side="right"), np.searchsorted(time_s, start_s)
        touched[max(first - 1, 0) : beyond] = True
    return touched
