"""Translates a request into the service's query, and its reply into places. Called by client.py; no network here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from pipeline.errors import FileRefused
from pipeline.schema import ParseNote
from pipeline.weather.cells import MAX_DISTANCE_KM, distance_km
from pipeline.weather.files.checked import checked_place
from pipeline.weather.files.replies import read_replies
from pipeline.weather.place import SERVICE, WeatherPlace, WrittenHours
from pipeline.weather.service.refusals import FailedTry
from pipeline.weather.service.request import VARIABLES, CellDays, Request

MODEL = "best_match"  # the service's default: it chooses models by date and place
MAX_HEIGHT_OFF_M = 300.0  # 300 m up, air is about 2 °C cooler


def query(request: Request) -> dict[str, str]:
    """Returns the query. Times in UTC seconds, because with a `timezone` the service shifts them wrongly (open-meteo#1255)."""
    params = {
        "latitude": ",".join(f"{cell.latitude:.1f}" for cell in request.cells),
        "longitude": ",".join(f"{cell.longitude:.1f}" for cell in request.cells),
        "start_date": ",".join(cell.first.isoformat() for cell in request.cells),
        "end_date": ",".join(cell.last.isoformat() for cell in request.cells),
        "hourly": ",".join(VARIABLES),
        "wind_speed_unit": "ms",
        "timeformat": "unixtime",
    }
    elevations_m = [cell.elevation_m for cell in request.cells if cell.elevation_m is not None]
    if len(elevations_m) == len(request.cells):  # 'nan' would not mean unknown, but: do not adapt to the terrain
        params["elevation"] = ",".join(f"{elevation_m:.0f}" for elevation_m in elevations_m)
    return params


def read_reply(text: str, request: Request, now: datetime) -> list[WeatherPlace]:
    """Returns one place per requested cell, in order; without hours if the source has none.

    Raises FailedTry if the reply breaks off or is for another request. Raises FileRefused for units and values that are not
    plausible: another try would give the same.
    """
    try:
        written = read_replies(text, SERVICE)
    except FileRefused as refused:
        if refused.code == "weather_unit":
            raise
        raise FailedTry(f"its reply cannot be read: {refused.message}") from None
    if len(written) != len(request.cells):
        raise FailedTry(f"it replied for {len(written)} places of {len(request.cells)}")
    if not all(_within(hours, cell.first, cell.last) for hours, cell in zip(written, request.cells, strict=True)):
        raise FailedTry("it replied for other days than requested")
    return [_place(cell, hours, request, now) for cell, hours in zip(request.cells, written, strict=True)]


def _within(hours: WrittenHours, first: date, last: date) -> bool:
    start, end = np.datetime64(first, "s"), np.datetime64(last + timedelta(days=1), "s")
    return bool(np.all((hours.hour_at >= start) & (hours.hour_at < end)))


def _place(cell: CellDays, hours: WrittenHours, request: Request, now: datetime) -> WeatherPlace:
    place = checked_place(hours, now)
    return replace(
        place,
        model=MODEL,
        requested_cell=cell.cell,
        provisional=place.provisional or request.host == "forecast",
        notes=(*place.notes, *_notes_on_place(cell, hours)),
    )


def _notes_on_place(cell: CellDays, hours: WrittenHours) -> list[ParseNote]:
    """Returns notes about a grid point that is far from the cell or at another height; its hours are used all the same."""
    notes = []
    if distance_km(cell.latitude, cell.longitude, hours.latitude, hours.longitude) > MAX_DISTANCE_KM:
        notes.append(ParseNote("weather_far", "the source's grid point lies over 30 km away", 1))
    requested_m, grid_m = cell.elevation_m, hours.elevation_m
    if requested_m is not None and grid_m is not None and abs(requested_m - grid_m) > MAX_HEIGHT_OFF_M:
        notes.append(ParseNote("weather_other_height", "the source's height differs by over 300 m", 1))
    return notes
