"""Positions: which of them can be believed, and the way between them. Called by clean.

A position that cannot be believed becomes NaN; its row stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import EARTH_RADIUS_M, step_m
from pipeline.formats.cleaning.spans import Span
from pipeline.masks import all_hold, any_holds
from pipeline.schema import ParseNote, Records

NULL_ISLAND_DEG = 0.01  # about a kilometre around 0, 0 in the Gulf of Guinea: "no fix yet"
_DEGREE_M = float(np.radians(EARTH_RADIUS_M))  # along a meridian or the equator
ISLAND_S = 60.0  # a stretch reached and left by impossible leaps is believed when it lasts this long

Floats = NDArray[np.float64]


def clean_places(columns: Records, spans: Mapping[str, Span], limit_ms: float, notes: list[ParseNote]) -> Records:
    """Columns without positions off the globe, at 0, 0, or on an island only impossible leaps reach.

    Of two long stretches with a leap between them both stay (a drift that ended when satellites came back).
    """
    lat, lon = columns["latitude"], columns["longitude"]
    if _may_be_all(spans["latitude"], spans["longitude"]) and not _may_leap(lat, lon, columns["time_s"], limit_ms):
        return columns
    half = np.isnan(lat) != np.isnan(lon)
    nowhere = (np.abs(lat) > 90) | (np.abs(lon) > 180) | np.isinf(lat) | np.isinf(lon)
    nowhere |= (np.abs(lat) < NULL_ISLAND_DEG) & (np.abs(lon) < NULL_ISLAND_DEG)
    if any_holds(half | nowhere):
        notes.append(ParseNote("position", "positions that are none were left out", int((half | nowhere).sum())))
        columns = _without_places(columns, half | nowhere)
    island = _islands(columns, limit_ms)
    if any_holds(island):
        detail = "positions reached by impossible leaps were left out"
        notes.append(ParseNote("position_jump", detail, int(island.sum())))
        columns = _without_places(columns, island)
    return columns


def _may_be_all(lat: Span, lon: Span) -> bool:
    """Whether no known latitude or longitude is off the globe, nor at 0, 0."""
    at_zero = all(one.lowest < NULL_ISLAND_DEG and one.highest > -NULL_ISLAND_DEG for one in (lat, lon))
    return lat.is_within(-90.0, 90.0) and lon.is_within(-180.0, 180.0) and not at_zero


def way_m(columns: Records, limit_ms: float, stops: tuple[tuple[float, float], ...]) -> Floats:
    """Metres along the positions since the first, without leaps and way in stops; NaN without position."""
    distance_m = np.full(columns["time_s"].size, np.nan)
    known = np.flatnonzero(~np.isnan(columns["latitude"]))
    if known.size < 2:
        return distance_m
    time_s = columns["time_s"][known]
    steps_m = step_m(columns["latitude"][known], columns["longitude"][known])
    steps_m[(steps_m > reach_m(time_s, limit_ms)) | _across(time_s, stops)] = 0.0
    distance_m[known] = np.concatenate([[0.0], np.cumsum(steps_m)])
    return distance_m


def _without_places(columns: Records, rows: NDArray[np.bool_]) -> Records:
    places = {name: np.where(rows, np.nan, columns[name]) for name in ("latitude", "longitude")}
    return {**columns, **places}


def _may_leap(lat: Floats, lon: Floats, time_s: Floats, limit_ms: float) -> bool:
    """False when steps tell that every position is known and that none is a leap.

    Told without trigonometry: north plus east is never the shorter way.
    """
    if lat.size < 2:
        return True
    at_most_m = np.abs(lat[1:] - lat[:-1])
    at_most_m += np.abs(lon[1:] - lon[:-1])
    at_most_m *= _DEGREE_M
    return not all_hold(at_most_m <= reach_m(time_s, limit_ms))


def reach_m(time_s: Floats, limit_ms: float) -> Floats:
    """The longest way the limit allows in each step between the instants, shape (n - 1,); beyond it is a leap.

    A second of grace, for watches round both instants.
    """
    return limit_ms * (time_s[1:] - time_s[:-1] + 1.0)


def _islands(columns: Records, limit_ms: float) -> NDArray[np.bool_]:
    """Rows on short stretches between leaps; where all are short, the one with most positions stays."""
    island = np.zeros(columns["time_s"].size, dtype=np.bool_)
    known = np.flatnonzero(~np.isnan(columns["latitude"]))
    if known.size < 2:
        return island
    lat, lon, time_s = (columns[name][known] for name in ("latitude", "longitude", "time_s"))
    if not _may_leap(lat, lon, time_s, limit_ms):
        return island
    leaps = step_m(lat, lon) > reach_m(time_s, limit_ms)
    piece = np.concatenate([[0], np.cumsum(leaps)])
    begins = np.flatnonzero(np.concatenate([[True], leaps]))
    ends = np.append(begins[1:], known.size) - 1
    short = time_s[ends] - time_s[begins] < ISLAND_S
    if all_hold(short):
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
