"""What a FIT file holds beside the columns every run has: further fields of sensors, beats, devices, weather.

Never a position and never a serial number. Called by fit.
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
from pipeline.masks import any_holds
from pipeline.schema import Device, RecordedWeather, RecordField

# in the columns already
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
_SAYS_NOTHING = (None, 0, 65535)  # what watches write for "no maker", "no product"

Floats = NDArray[np.float64]
Rows = slice | NDArray[np.intp]


def record_fields(part: FitPart, rows: Rows, time_s: Floats) -> tuple[RecordField, ...]:
    """The fields beyond the columns, only where measured, of the records in these rows of the part's.

    `time_s` are the part's records' seconds since 1970, shape (n_records,).
    """
    mine_s = time_s[rows]
    fields = [
        _where_measured(name, unit, told_by, mine_s, values[rows])
        for name, unit, told_by, values in _named_columns(part)
    ]
    if part.hrv.starts.size:
        fields.append(_beats(part, rows, time_s))
    return tuple(one for one in fields if one.values.size)


def _where_measured(name: str, unit: str | None, told_by: str, time_s: Floats, values: Floats) -> RecordField:
    gaps = np.isnan(values)
    if not any_holds(gaps):  # all such fields share their times
        return RecordField(name, unit, told_by, time_s, values)
    known = ~gaps
    return RecordField(name, unit, told_by, time_s[known], values[known])


def _named_columns(part: FitPart) -> Iterator[tuple[str, str | None, str, Floats]]:
    """Name, unit, who tells it, and values of each amount that is no place; FIT's own only where they have a name."""
    for key in part.record.numbers:
        if isinstance(key, tuple):
            said = part.described[key]
            if not _may_tell_a_place(said.name, said.unit):
                yield said.name, said.unit, "developer", part.record.numbers[key]
        elif _is_beside(key):
            yield key, unit_of(key), "fit", part.record.numbers[key]


@lru_cache(maxsize=256)
def _is_beside(key: str) -> bool:
    return key not in _IN_COLUMNS and is_measured(key) and not is_place(key, unit_of(key))


_may_tell_a_place = lru_cache(maxsize=256)(is_place)  # watches of one make say the same words


def _beats(part: FitPart, rows: Rows, time_s: Floats) -> RecordField:
    """Seconds between heart beats, each at the time of the record before it, in the order of the file."""
    beats = part.hrv.arrays.get("time", np.empty((part.hrv.starts.size, 0)))
    if "time" in part.hrv.numbers:
        beats = np.column_stack([part.hrv.numbers["time"], beats])
    row = np.searchsorted(part.record.starts, part.hrv.starts) - 1
    mine = np.zeros(time_s.size + 1, dtype=np.bool_)  # the last is that of beats before any record
    mine[:-1][rows] = True
    here = mine[row]
    beats, at_s = beats[here], time_s[row[here]]
    known = ~np.isnan(beats) & ~np.isnan(at_s)[:, np.newaxis]
    return RecordField("rr_interval", "s", "fit", np.repeat(at_s, known.sum(axis=1)), beats[known])


def devices(part: FitPart) -> tuple[Device, ...]:
    """The watch and its sensors, each once, with the last that the file says of it."""
    said: dict[int, dict[str, object]] = {}
    for message in part.messages["device_info"]:
        number = message.get("device_index")
        number = 0 if number == "creator" else number  # the watch itself
        if isinstance(number, int):
            said.setdefault(number, {}).update(message)
    found: list[Device] = []
    for number in sorted(said):
        device = _device(number, said[number])
        known = [(one.maker, one.product, one.software) for one in found]
        again = device.kind is None and (device.maker, device.product, device.software) in known
        if not again and (device.kind or device.maker or device.product):  # else a part of a watch or of a sensor
            found.append(device)
    return tuple(found)


def _device(number: int, said: Fields) -> Device:
    kind, version = said.get("antplus_device_type"), said.get("software_version")
    return Device(
        device_no=number,
        kind=kind if isinstance(kind, str) else None,
        maker=_word(said, "manufacturer"),
        product=_word(said, "product_name", "garmin_product", "product"),
        software=f"{version:g}" if isinstance(version, int | float) else None,
    )


def _word(said: Fields, *names: str) -> str | None:
    """The first of these that says something; a number without a word as its digits."""
    for name in names:
        value = said.get(name)
        if value not in _SAYS_NOTHING:
            return str(value)
    return None


def weather(part: FitPart, since_s: float, until_s: float) -> tuple[RecordedWeather, ...]:
    """What the watch was told of the air: reports fetched from `since_s` on and before `until_s` (since 1970)."""
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
