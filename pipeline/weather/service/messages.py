"""A request in the service's words, and its answer as the places asked for. Called by open_meteo.py; no network here."""

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
from pipeline.weather.service.refusals import Unanswered
from pipeline.weather.service.request import VARIABLES, Asked, Request

MODEL = "best_match"  # what the service mixes by date and place unless told otherwise
MAX_HEIGHT_OFF_M = 300.0  # air cools by about 2 C on the way up


def query(request: Request) -> dict[str, str]:
    """The query. Times are asked in UTC seconds: with a `timezone` the service shifts them wrongly (open-meteo#1255)."""
    params = {
        "latitude": ",".join(f"{asked.latitude:.1f}" for asked in request.asked),
        "longitude": ",".join(f"{asked.longitude:.1f}" for asked in request.asked),
        "start_date": ",".join(asked.first.isoformat() for asked in request.asked),
        "end_date": ",".join(asked.last.isoformat() for asked in request.asked),
        "hourly": ",".join(VARIABLES),
        "wind_speed_unit": "ms",
        "timeformat": "unixtime",
    }
    elevations_m = [asked.elevation_m for asked in request.asked if asked.elevation_m is not None]
    if len(elevations_m) == len(request.asked):  # 'nan' would not mean unknown but: do not fit to the terrain
        params["elevation"] = ",".join(f"{elevation_m:.0f}" for elevation_m in elevations_m)
    return params


def read_answer(text: str, request: Request, now: datetime) -> list[WeatherPlace]:
    """One place for each cell asked, in order and under that cell; without any hour where the source has none.

    Raises Unanswered when it breaks off or answers something else, FileRefused for units and values that cannot be
    meant: another try would bring the same.
    """
    try:
        written = read_replies(text, SERVICE)
    except FileRefused as refused:
        if refused.code == "weather_unit":
            raise
        raise Unanswered(f"its answer cannot be read, {refused.message}") from None
    if len(written) != len(request.asked):
        raise Unanswered(f"it answered for {len(written)} places of {len(request.asked)}")
    if not all(_within(hours, asked.first, asked.last) for hours, asked in zip(written, request.asked, strict=True)):
        raise Unanswered("it answered for other days than asked")
    return [_place(asked, hours, request, now) for asked, hours in zip(request.asked, written, strict=True)]


def _within(hours: WrittenHours, first: date, last: date) -> bool:
    start, end = np.datetime64(first, "s"), np.datetime64(last + timedelta(days=1), "s")
    return bool(np.all((hours.hour_at >= start) & (hours.hour_at < end)))


def _place(asked: Asked, hours: WrittenHours, request: Request, now: datetime) -> WeatherPlace:
    place = checked_place(hours, now)
    return replace(
        place,
        model=MODEL,
        asked_cell=asked.cell,
        provisional=place.provisional or request.host == "forecast",
        notes=(*place.notes, *_notes_on_place(asked, hours)),
    )


def _notes_on_place(asked: Asked, hours: WrittenHours) -> list[ParseNote]:
    """A grid point far from the asked place, along the ground or upwards: kept, and said."""
    notes = []
    if distance_km(asked.latitude, asked.longitude, hours.latitude, hours.longitude) > MAX_DISTANCE_KM:
        notes.append(ParseNote("weather_far", "the source's grid point lies over 30 km away", 1))
    asked_m, answered_m = asked.elevation_m, hours.elevation_m
    if asked_m is not None and answered_m is not None and abs(asked_m - answered_m) > MAX_HEIGHT_OFF_M:
        notes.append(ParseNote("weather_other_height", "the source's height differs by over 300 m", 1))
    return notes
