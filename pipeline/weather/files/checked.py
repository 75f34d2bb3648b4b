"""Checks hours as read from a file: sorts, applies limits, fills in columns, adds WBGT. Called by read.py and messages.py."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from pipeline.errors import FileRefused
from pipeline.instants import naive_utc
from pipeline.schema import WEATHER_COLUMNS, ParseNote
from pipeline.weather.files.columns import within_limits
from pipeline.weather.physics.heat import dew_point_c, moments_of_hours, rel_humidity_pct, wbgt_c
from pipeline.weather.place import SIMULATED, Columns, Instants, WeatherPlace, WrittenHours

SETTLED_AFTER = np.timedelta64(5, "D")  # ERA5 is published after five days; later hours may still be revised
MEASURED_COLUMNS = tuple(name for name in WEATHER_COLUMNS if name != "wbgt_c")


def checked_place(written: WrittenHours, now: datetime) -> WeatherPlace:
    """Returns the place with exactly the weather columns; without hours if no full hour has a value.

    Raises FileRefused if there is no temperature, the place is not on Earth, or a unit is not plausible.
    """
    if "air_temp_c" not in written.columns:
        raise FileRefused(
            "weather_no_temperature", "the file has no hourly temperature", "ask for temperature_2m as well"
        )
    if not (abs(written.latitude) <= 90.0 and abs(written.longitude) <= 180.0):
        raise FileRefused("weather_no_place", "the file's latitude or longitude is not on Earth")
    plausible, limit_notes = within_limits(written.columns)
    hour_at, columns, hour_notes = _full_hours(written.hour_at, _all_columns(plausible, len(written.hour_at)))
    heat_notes = _complete(columns, hour_at, written)
    return WeatherPlace(
        latitude=written.latitude,
        longitude=written.longitude,
        elevation_m=written.elevation_m,
        provider=written.provider,
        model=written.model,
        hour_at=hour_at,
        columns=columns,
        provisional=_is_provisional(hour_at, now, written.provider),
        notes=(*written.notes, *limit_notes, *hour_notes, *heat_notes),
    )


def _all_columns(columns: Columns, n_hours: int) -> Columns:
    """Returns every weather column; a column that the file lacks is NaN."""
    return {name: columns.get(name, np.full(n_hours, np.nan)) for name in WEATHER_COLUMNS}


def _full_hours(hour_at: Instants, columns: Columns) -> tuple[Instants, Columns, list[ParseNote]]:
    """Returns full hours with a value, ascending, each once (the first in the file), and notes about hours left out.

    An hour without any value (the archive ends with such hours) must not overwrite an hour in the store.
    """
    off_hour = hour_at != hour_at.astype("datetime64[h]")
    empty = np.isnan(np.stack([columns[name] for name in MEASURED_COLUMNS])).all(axis=0)
    usable = np.flatnonzero(~off_hour & ~empty)
    hours, first = np.unique(hour_at[usable], return_index=True)
    chosen = usable[first]
    counts = {
        "weather_off_hour": ("rows between the full hours, left out", int(off_hour.sum())),
        "weather_empty_hour": ("hours without any value, left out", int((empty & ~off_hour).sum())),
        "weather_double_hour": ("hours written more than once, the first kept", len(usable) - len(chosen)),
    }
    notes = [ParseNote(kind, detail, n) for kind, (detail, n) in counts.items() if n]
    return hours, {name: values[chosen] for name, values in columns.items()}, notes


def _complete(columns: Columns, hour_at: Instants, written: WrittenHours) -> list[ParseNote]:
    """Fills in humidity and dew point from each other, and WBGT; returns a note about hours without a solution."""
    temperature, humidity, dew_point = (columns[name] for name in ("air_temp_c", "rel_humidity_pct", "dew_point_c"))
    columns["rel_humidity_pct"] = np.where(np.isnan(humidity), rel_humidity_pct(temperature, dew_point), humidity)
    columns["dew_point_c"] = np.where(np.isnan(dew_point), dew_point_c(temperature, humidity), dew_point)
    moments = moments_of_hours(hour_at, written.latitude, written.longitude, written.elevation_m, columns)
    columns["wbgt_c"] = wbgt_c(moments)
    unsolved = int((moments.complete() & np.isnan(columns["wbgt_c"])).sum())
    return [ParseNote("weather_wbgt_unsolved", "hours whose WBGT has no solution", unsolved)] if unsolved else []


def _is_provisional(hour_at: Instants, now: datetime, provider: str) -> bool:
    """Returns True if an hour lies in the last five days or in the future; False for simulated weather."""
    today = np.datetime64(naive_utc(now), "s")
    return provider != SIMULATED and bool(np.any(hour_at > today - SETTLED_AFTER))
