"""The weather cells of a run: the cell of its middle, and others only for segments far from it. Called by ingest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_true, any_true
from pipeline.schema import SEGMENT_S
from pipeline.weather.cells import cell_of, distance_km

SAME_WEATHER_KM = 15.0  # the source's own cells are 9-25 km wide
_SURELY_NEAR_DEG = 0.1  # a degree is at most 112 km, so a difference this small is under 15 km in every direction


def count_segments(moving_s: float) -> int:
    """Returns the number of segments in this moving time; a remainder under half a segment joins the last one."""
    return max(1, int((moving_s + SEGMENT_S / 2) // SEGMENT_S))


def cells_along(
    moving_s: NDArray[np.float64], latitude: NDArray[np.float64], longitude: NDArray[np.float64]
) -> tuple[str | None, tuple[str | None, ...]]:
    """Returns the cell of the run and of each segment; None without positions.

    A segment gets the cell of the run unless its middle is over 15 km from the middle of the run. Arrays of shape
    (n_records,), in seconds and degrees; positions may be NaN.
    """
    if not moving_s.size:
        return None, ()
    total_s = float(moving_s[-1])
    segments = count_segments(total_s)
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    if not any_true(placed):
        return None, (None,) * segments
    whole = all_true(placed)
    moved_s, north, east = (column if whole else column[placed] for column in (moving_s, latitude, longitude))
    middles = np.minimum((np.arange(segments) + 0.5) * SEGMENT_S, total_s)
    at = np.searchsorted(moved_s, np.append(middles, total_s / 2)).clip(0, moved_s.size - 1)
    home = at[-1]
    run_cell = cell_of(float(north[home]), float(east[home]))
    near = np.abs(north[at[:-1]] - north[home]) + np.abs(east[at[:-1]] - east[home]) <= _SURELY_NEAR_DEG
    if all_true(near):
        return run_cell, (run_cell,) * segments
    return run_cell, tuple(
        run_cell
        if surely or distance_km(north[home], east[home], north[here], east[here]) <= SAME_WEATHER_KM
        else cell_of(float(north[here]), float(east[here]))
        for here, surely in zip(at[:-1], near.tolist(), strict=True)
    )
