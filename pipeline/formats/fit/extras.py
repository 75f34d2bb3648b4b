"""Extras of a FIT file beyond the usual columns: further sensor fields, beats, devices, weather.

Never a position and never a serial number. Called by `decode`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import is_place
from pipeline.formats.fit.fields import Fields, instant_s, number_of
from pipeline.formats.fit.messages import FitPart
from pipeline.formats.fit.profile import is_measured, unit_of
from pipeline.masks import any_true
from pipeline.schema import Device, RecordedWeather, RecordField

# part of the columns already
_IN_COLUMNS = {
    "timestamp",
    "position_lat",
    "position_long",
    "altitude",
    "enhanced_altitude",
    "speed",
    "enhanced_speed",
    "distance",
    "heart_rate",
    "cadence",
    "fractional_cadence",
    "power",
    "temperature",
}
_EMPTY_VALUES = (None, 0, 65535)  # what watches write for "no manufacturer", "no product"

Floats = NDArray[np.float64]
Rows = slice | NDArray[np.intp]


def record_fields(part: FitPart, rows: Rows, time_s: Floats) -> tuple[RecordField, ...]:
    """Return the fields beyond the columns, only where measured, for these rows of the part's records.

    `time_s` are the seconds since 1970 of all records of the part, shape (n_records,).
    """
    rows_time_s = time_s[rows]
    fields = [
        _where_measured(name, unit, source, rows_time_s, values[rows])
        for name, unit, source, values in _named_columns(part)
    ]
    if part.hrv.starts.size:
        fields.append(_beats(part, rows, time_s))
    return tuple(field for field in fields if field.values.size)


def _where_measured(name: str, unit: str | None, source: str, time_s: Floats, values: Floats) -> RecordField:
    gaps = np.isnan(values)
    if not any_true(gaps):  # all such fields share their times
        return RecordField(name, unit, source, time_s, values)
    measured = ~gaps
    return RecordField(name, unit, source, time_s[measured], values[measured])


def _named_columns(part: FitPart) -> Iterator[tuple[str, str | None, str, Floats]]:
    """Yield name, unit, source and values of each measured field that is no position; of FIT's fields only named ones."""
    for key in part.record.numbers:
        if isinstance(key, tuple):
            description = part.described[key]
            if not _may_be_position(description.name, description.unit):
                yield description.name, description.unit, "developer", part.record.numbers[key]
        elif _is_extra(key):
            yield key, unit_of(key), "fit", part.record.numbers[key]


@lru_cache(maxsize=256)
def _is_extra(key: str) -> bool:
    return key not in _IN_COLUMNS and is_measured(key) and not is_place(key, unit_of(key))


_may_be_position = lru_cache(maxsize=256)(is_place)  # watches of one brand use the same names


def _beats(part: FitPart, rows: Rows, time_s: Floats) -> RecordField:
    """Return the seconds between heart beats, each at the time of the preceding record, in file order."""
    beats = part.hrv.arrays.get("time", np.empty((part.hrv.starts.size, 0)))
    if "time" in part.hrv.numbers:
        beats = np.column_stack([part.hrv.numbers["time"], beats])
    row = np.searchsorted(part.record.starts, part.hrv.starts) - 1
    selected = np.zeros(time_s.size + 1, dtype=np.bool_)  # the last element is for beats before any record
    selected[:-1][rows] = True
    here = selected[row]
    beats, at_s = beats[here], time_s[row[here]]
    measured = ~np.isnan(beats) & ~np.isnan(at_s)[:, np.newaxis]
    return RecordField("rr_interval", "s", "fit", np.repeat(at_s, measured.sum(axis=1)), beats[measured])


def devices(part: FitPart) -> tuple[Device, ...]:
    """Return the watch and its sensors, each once, with the latest values in the file."""
    by_number: dict[int, dict[str, object]] = {}
    for message in part.messages["device_info"]:
        number = message.get("device_index")
        number = 0 if number == "creator" else number  # the watch itself
        if isinstance(number, int):
            by_number.setdefault(number, {}).update(message)
    found: list[Device] = []
    for number in sorted(by_number):
        device = _device(number, by_number[number])
        listed = [(entry.maker, entry.product, entry.software) for entry in found]
        again = device.kind is None and (device.maker, device.product, device.software) in listed
        if not again and (device.kind or device.maker or device.product):  # otherwise a component of a watch or sensor
            found.append(device)
    return tuple(found)


def _device(number: int, fields: Fields) -> Device:
    kind, version = fields.get("antplus_device_type"), fields.get("software_version")
    return Device(
        device_no=number,
        kind=kind if isinstance(kind, str) else None,
        maker=_label(fields, "manufacturer"),
        product=_label(fields, "product_name", "garmin_product", "product"),
        software=f"{version:g}" if isinstance(version, int | float) else None,
    )


def _label(fields: Fields, *names: str) -> str | None:
    """Return the first of these fields with a value; a number without a label as its digits."""
    for name in names:
        value = fields.get(name)
        if value not in _EMPTY_VALUES:
            return str(value)
    return None


def weather(part: FitPart, since_s: float, until_s: float) -> tuple[RecordedWeather, ...]:
    """Return the weather reports that the watch received from `since_s` on and before `until_s` (since 1970)."""
    reports = [
        message
        for message in part.messages["weather_conditions"]
        if message.get("weather_report") == "current" and since_s <= instant_s(message, "timestamp") < until_s
    ]
    return tuple(_report(message) for message in reports)


def _report(message: Fields) -> RecordedWeather:
    return RecordedWeather(
        provider="watch",
        elapsed_s=instant_s(message, "observed_at_time" if "observed_at_time" in message else "timestamp"),
        air_temp_c=number_of(message, "temperature"),
        rel_humidity_pct=number_of(message, "relative_humidity"),
        wind_ms=number_of(message, "wind_speed"),
    )
