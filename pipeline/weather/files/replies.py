"""Reads the weather service's JSON replies: one object for one location, an array for several.

Called by read.py and messages.py.

{"latitude":-34.76,"longitude":138.65,"utc_offset_seconds":34200,"elevation":12.0,
 "hourly_units":{"time":"iso8601","temperature_2m":"°C"},"hourly":{"time":["2025-01-10T00:00"],"temperature_2m":[20.3]}}
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.weather.files.columns import SERVICE_NAMES, in_our_unit
from pipeline.weather.files.instants import as_instants, seconds_of_label, seconds_of_unixtime
from pipeline.weather.place import WrittenHours

Reply = dict[str, Any]


def read_replies(text: str, provider: str) -> list[WrittenHours]:
    """Returns the places of a saved reply.

    Raises FileRefused if it is an error (with the reason of the service), breaks off, has no hourly temperature, or is
    other JSON.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        # The service streams: after a fault the reply is half a body and then an error text.
        raise FileRefused("weather_broken", "the JSON breaks off or is damaged", "save the reply again") from error
    replies = document if isinstance(document, list) else [document]
    return [_read_reply(reply, provider) for reply in replies]


def _read_reply(reply: object, provider: str) -> WrittenHours:
    if not isinstance(reply, dict):
        raise FileRefused("weather_unknown", "this JSON is not a reply of the weather service")
    if reply.get("error"):
        raise FileRefused("weather_service_error", f"the service refused: {reply.get('reason', 'no reason given')}")
    hourly = reply.get("hourly")
    if not isinstance(hourly, dict):
        raise FileRefused(
            "weather_no_hours",
            "this JSON has no hourly weather",
            "ask the service for hourly=temperature_2m,...",
        )
    try:
        return _written_hours(reply, hourly, provider)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise FileRefused(
            "weather_broken",
            "the place, times or values in the reply are not in the format of the service",
            "save it again",
        ) from error


def _written_hours(reply: Reply, hourly: Reply, provider: str) -> WrittenHours:
    units = reply["hourly_units"]
    hour_at = _hour_at(hourly["time"], units["time"], int(reply["utc_offset_seconds"]))
    columns = {
        ours: in_our_unit(ours, units.get(theirs), _numbers(hourly[theirs], len(hour_at)))
        for theirs, ours in SERVICE_NAMES.items()
        if theirs in hourly
    }
    elevation = reply.get("elevation")  # missing if the service has none
    return WrittenHours(
        latitude=float(reply["latitude"]),
        longitude=float(reply["longitude"]),
        elevation_m=None if elevation is None else float(elevation),
        provider=provider,
        model=None,
        hour_at=hour_at,
        columns=columns,
    )


def _hour_at(labels: list[Any], unit: str, utc_offset_s: int) -> NDArray[np.datetime64]:
    if unit == "unixtime":
        return as_instants([seconds_of_unixtime(int(label), utc_offset_s) for label in labels])
    if unit == "iso8601":
        return as_instants([seconds_of_label(label, utc_offset_s) for label in labels])
    raise FileRefused("weather_unit", f"times have the unit '{unit}'", "ask for iso8601 or unixtime")


def _numbers(values: list[Any], n_hours: int) -> NDArray[np.float64]:
    """Returns float64 of shape (n_hours,), null as NaN. Raises ValueError for another length."""
    if len(values) != n_hours:
        raise ValueError("a column is shorter or longer than the times")
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
