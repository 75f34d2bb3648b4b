"""Positions: which of them are believable, and the path between them. Called by `columns`.

A position that is not believable becomes NaN; its row stays.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import EARTH_RADIUS_M, step_m
from pipeline.formats.cleaning.spans import Span
from pipeline.masks import all_true, any_true
from pipeline.schema import ParseNote, Records

NULL_ISLAND_DEG = 0.01  # about a kilometre around 0, 0 in the Gulf of Guinea: "no fix yet"
_DEGREE_M = float(np.radians(EARTH_RADIUS_M))  # along a meridian or the equator
ISLAND_S = 60.0  # a stretch between two impossible jumps is believed if it lasts this long

Floats = NDArray[np.float64]


def clean_places(columns: Records, spans: Mapping[str, Span], limit_ms: float, notes: list[ParseNote]) -> Records:
    """Remove positions off the globe, at 0, 0, or on an island that only impossible jumps reach.

    Two long stretches with a jump between them both stay (a drift that ended when satellites were found again).
    """
    lat, lon = columns["latitude"], columns["longitude"]
    if _are_on_the_globe(spans["latitude"], spans["longitude"]) and not _may_jump(
        lat, lon, columns["time_s"], limit_ms
    ):
        return columns
    half = np.isnan(lat) != np.isnan(lon)
    nowhere = (np.abs(lat) > 90) | (np.abs(lon) > 180) | np.isinf(lat) | np.isinf(lon)
    nowhere |= (np.abs(lat) < NULL_ISLAND_DEG) & (np.abs(lon) < NULL_ISLAND_DEG)
    if any_true(half | nowhere):
        notes.append(ParseNote("position", "invalid positions were left out", int((half | nowhere).sum())))
        columns = _without_places(columns, half | nowhere)
    island = _islands(columns, limit_ms)
    if any_true(island):
        detail = "positions that only an impossible jump could reach were left out"
        notes.append(ParseNote("position_jump", detail, int(island.sum())))
        columns = _without_places(columns, island)
    return columns


def _are_on_the_globe(lat: Span, lon: Span) -> bool:
    """Return True if no known position is off the globe or at 0, 0."""
    at_zero = all(span.lowest < NULL_ISLAND_DEG and span.highest > -NULL_ISLAND_DEG for span in (lat, lon))
    return lat.is_within(-90.0, 90.0) and lon.is_within(-180.0, 180.0) and not at_zero


def path_m(columns: Records, limit_ms: float, stops: tuple[tuple[float, float], ...]) -> Floats:
    """Return metres along the positions since the first, without jumps and movement in stops; NaN without a position."""
    distance_m = np.full(columns["time_s"].size, np.nan)
    located = np.flatnonzero(~np.isnan(columns["latitude"]))
    if located.size < 2:
        return distance_m
    time_s = columns["time_s"][located]
    steps_m = step_m(columns["latitude"][located], columns["longitude"][located])
    steps_m[(steps_m > reach_m(time_s, limit_ms)) | _across(time_s, stops)] = 0.0
    distance_m[located] = np.concatenate([[0.0], np.cumsum(steps_m)])
    return distance_m


def _without_places(columns: Records, rows: NDArray[np.bool_]) -> Records:
    places = {name: np.where(rows, np.nan, columns[name]) for name in ("latitude", "longitude")}
    return {**columns, **places}


def _may_jump(lat: Floats, lon: Floats, time_s: Floats, limit_ms: float) -> bool:
    """Return False if all positions are known and no step can be a jump.

    No trigonometry is needed: north plus east is never shorter than the direct line.
    """
    if lat.size < 2:
        return True
    at_most_m = np.abs(lat[1:] - lat[:-1])
    at_most_m += np.abs(lon[1:] - lon[:-1])
    at_most_m *= _DEGREE_M
    return not all_true(at_most_m <= reach_m(time_s, limit_ms))


def reach_m(time_s: Floats, limit_ms: float) -> Floats:
    """Return the longest distance in metres that the limit allows per step, shape (n - 1,); more is a jump.

    Each step gets one extra second, because watches round both instants.
    """
    return limit_ms * (time_s[1:] - time_s[:-1] + 1.0)


def _islands(columns: Records, limit_ms: float) -> NDArray[np.bool_]:
    """Mark rows on short stretches between jumps; if all are short, the stretch with most positions stays."""
    island = np.zeros(columns["time_s"].size, dtype=np.bool_)
    located = np.flatnonzero(~np.isnan(columns["latitude"]))
    if located.size < 2:
        return island
    lat, lon, time_s = (columns[name][located] for name in ("latitude", "longitude", "time_s"))
    if not _may_jump(lat, lon, time_s, limit_ms):
        return island
    jumps = step_m(lat, lon) > reach_m(time_s, limit_ms)
    stretch = np.concatenate([[0], np.cumsum(jumps)])
    begins = np.flatnonzero(np.concatenate([[True], jumps]))
    ends = np.append(begins[1:], located.size) - 1
    short = time_s[ends] - time_s[begins] < ISLAND_S
    if all_true(short):
        short[np.bincount(stretch).argmax()] = False
    island[located] = short[stretch]
    return island


def _across(time_s: Floats, stops: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Mark the steps between the instants that touch a stop, shape (n - 1,)."""
    touched = np.zeros(time_s.size - 1, dtype=np.bool_)
    for stop_s, start_s in stops:
        first, beyond = np.searchsorted(time_s, stop_s, side="right"), np.searchsorted(time_s, start_s)
        touched[max(first - 1, 0) : beyond] = True
    return touched
