"""What a file carries beside the columns of its records: a sensor's further fields, and weather. Called by settle.

Only what can be believed stays: fields sit at a record of the session, weather is air's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_hold
from pipeline.schema import RecordedWeather, RecordField

BEATS = "rr_interval"  # several in one second are several beats; of any other field the last one counts
_ABSURD = 1e9  # no sensor on a body gives so much in any unit: damage
_FITS_WITHIN_S = 86400.0  # weather of another day is another's

Floats = NDArray[np.float64]


def fields_of_session(
    fields: tuple[RecordField, ...], time_s: Floats, records_at_s: Floats, start_s: float, elapsed_s: float
) -> tuple[RecordField, ...]:
    """The fields in seconds after `start_s`, in the order of time; one that holds nothing is left out.

    `time_s`, shape (n_records,), are the cleaned records' instants, `records_at_s` the same after the start: a field has
    a value a record at most, and none where no record stayed. Beats lie anywhere within the session.
    """
    placed = [
        _beats(one, start_s, elapsed_s) if one.name == BEATS else _at_records(one, time_s, records_at_s)
        for one in fields
    ]
    return tuple(one for one in placed if one.values.size)


def weather_of_session(
    weather: tuple[RecordedWeather, ...], start_s: float, elapsed_s: float
) -> tuple[RecordedWeather, ...]:
    """The reports of the session's day in seconds after `start_s`, without numbers that no air has."""
    counted = (replace(_of_air(one), elapsed_s=one.elapsed_s - start_s) for one in weather)
    nearby = (one for one in counted if -_FITS_WITHIN_S <= one.elapsed_s <= elapsed_s + _FITS_WITHIN_S)
    return tuple(one for one in nearby if not _says_nothing(one))


def _at_records(one: RecordField, time_s: Floats, records_at_s: Floats) -> RecordField:
    """The field's last value in each record's second, at the record's own instant: fields without a gap share those."""
    believable = np.abs(one.values) < _ABSURD
    values = one.values if all_hold(believable) else np.where(believable, one.values, np.nan)
    if not (one.elapsed_s is time_s or np.array_equal(one.elapsed_s, time_s)):
        values = _by_second(one.elapsed_s, values, time_s)
        believable = ~np.isnan(values)
    if all_hold(believable):
        return RecordField(one.name, one.unit, one.told_by, records_at_s, values)
    return RecordField(one.name, one.unit, one.told_by, records_at_s[believable], values[believable])


def _by_second(at_s: Floats, values: Floats, time_s: Floats) -> Floats:
    """The last value known in the second of each record, shape (n_records,); NaN where there is none."""
    seconds, wanted = np.append(np.floor(time_s), np.nan), np.floor(at_s)
    row = np.searchsorted(seconds[:-1], wanted)
    held = (seconds[row] == wanted) & ~np.isnan(values)
    placed = np.full(time_s.size, np.nan)
    placed[row[held]] = values[held]  # of several values for one row, numpy keeps the last
    return placed


def _beats(one: RecordField, start_s: float, elapsed_s: float) -> RecordField:
    at_s = one.elapsed_s - start_s
    inside = np.flatnonzero((at_s >= 0) & (at_s <= elapsed_s) & (np.abs(one.values) < _ABSURD))
    inside = inside[np.argsort(at_s[inside], kind="stable")]
    return replace(one, elapsed_s=at_s[inside], values=one.values[inside])


def _of_air(one: RecordedWeather) -> RecordedWeather:
    """The report with None for what the air over a runner cannot be."""
    return replace(
        one,
        air_temp_c=_within(-60.0, one.air_temp_c, 60.0),
        rel_humidity_pct=_within(0.0, one.rel_humidity_pct, 100.0),
        dew_point_c=_within(-80.0, one.dew_point_c, 40.0),
        wind_ms=_within(0.0, one.wind_ms, 100.0),
        precip_mm=_within(0.0, one.precip_mm, 500.0),
        pressure_hpa=_within(300.0, one.pressure_hpa, 1100.0),
    )


def _within(low: float, value: float | None, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _says_nothing(one: RecordedWeather) -> bool:
    return one == RecordedWeather(one.provider, one.elapsed_s)
