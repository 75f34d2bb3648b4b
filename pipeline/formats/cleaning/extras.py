"""Extras of a file beyond the columns of its records: further sensor fields, and weather. Called by `session`.

Only believable values stay: fields at a record of the session, weather that air can have.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.masks import all_true
from pipeline.schema import RecordedWeather, RecordField

BEATS = "rr_interval"  # several values per second are several beats; of any other field the last value counts
_ABSURD = 1e9  # no body sensor gives this much in any unit: damage
_FITS_WITHIN_S = 86400.0  # weather of another day belongs to another run

Floats = NDArray[np.float64]


def fields_of_session(
    fields: tuple[RecordField, ...], time_s: Floats, records_at_s: Floats, start_s: float, elapsed_s: float
) -> tuple[RecordField, ...]:
    """Return the fields in seconds after `start_s`, in time order; empty fields are left out.

    `time_s`, shape (n_records,), are the instants of the cleaned records; `records_at_s` are the same after the start. A field
    has at most one value per record, and none where a record was left out. Beats may be anywhere within the session.
    """
    placed = [
        _beats(field, start_s, elapsed_s) if field.name == BEATS else _at_records(field, time_s, records_at_s)
        for field in fields
    ]
    return tuple(field for field in placed if field.values.size)


def weather_of_session(
    weather: tuple[RecordedWeather, ...], start_s: float, elapsed_s: float
) -> tuple[RecordedWeather, ...]:
    """Return the reports of the session's day in seconds after `start_s`, without values that air cannot have."""
    counted = (replace(_of_air(report), elapsed_s=report.elapsed_s - start_s) for report in weather)
    nearby = (report for report in counted if -_FITS_WITHIN_S <= report.elapsed_s <= elapsed_s + _FITS_WITHIN_S)
    return tuple(report for report in nearby if not _is_empty(report))


def _at_records(field: RecordField, time_s: Floats, records_at_s: Floats) -> RecordField:
    """Return the field's last value in each record's second, at the record's instant. Fields without gaps share the instants."""
    believable = np.abs(field.values) < _ABSURD
    values = field.values if all_true(believable) else np.where(believable, field.values, np.nan)
    if not (field.elapsed_s is time_s or np.array_equal(field.elapsed_s, time_s)):
        values = _by_second(field.elapsed_s, values, time_s)
        believable = ~np.isnan(values)
    if all_true(believable):
        return RecordField(field.name, field.unit, field.told_by, records_at_s, values)
    return RecordField(field.name, field.unit, field.told_by, records_at_s[believable], values[believable])


def _by_second(at_s: Floats, values: Floats, time_s: Floats) -> Floats:
    """Return the last measured value in the second of each record, shape (n_records,); NaN if there is none."""
    seconds, wanted = np.append(np.floor(time_s), np.nan), np.floor(at_s)
    row = np.searchsorted(seconds[:-1], wanted)
    has_value = (seconds[row] == wanted) & ~np.isnan(values)
    placed = np.full(time_s.size, np.nan)
    placed[row[has_value]] = values[has_value]  # of several values for one row, numpy stores the last
    return placed


def _beats(field: RecordField, start_s: float, elapsed_s: float) -> RecordField:
    at_s = field.elapsed_s - start_s
    inside = np.flatnonzero((at_s >= 0) & (at_s <= elapsed_s) & (np.abs(field.values) < _ABSURD))
    inside = inside[np.argsort(at_s[inside], kind="stable")]
    return replace(field, elapsed_s=at_s[inside], values=field.values[inside])


def _of_air(report: RecordedWeather) -> RecordedWeather:
    """Replace values that the air around a runner cannot have by None."""
    return replace(
        report,
        air_temp_c=_within(-60.0, report.air_temp_c, 60.0),
        rel_humidity_pct=_within(0.0, report.rel_humidity_pct, 100.0),
        dew_point_c=_within(-80.0, report.dew_point_c, 40.0),
        wind_ms=_within(0.0, report.wind_ms, 100.0),
        precip_mm=_within(0.0, report.precip_mm, 500.0),
        pressure_hpa=_within(300.0, report.pressure_hpa, 1100.0),
    )


def _within(low: float, value: float | None, high: float) -> float | None:
    return value if value is not None and low <= value <= high else None


def _is_empty(report: RecordedWeather) -> bool:
    return report == RecordedWeather(report.provider, report.elapsed_s)
