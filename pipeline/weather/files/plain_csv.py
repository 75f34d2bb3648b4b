"""Reads our plain weather CSV, for any source but the service, such as a station. Called by read.py.

time_utc,latitude,longitude,elevation_m,air_temp_c,rel_humidity_pct,wind_ms,source
2025-07-15T12:00:00Z,48.2,16.4,171,30.1,48,2.0,station
"""

from __future__ import annotations

import math
from datetime import datetime

from pipeline.errors import FileRefused
from pipeline.weather.files.columns import UNITS, in_our_unit
from pipeline.weather.files.instants import seconds_of_label
from pipeline.weather.files.rows import PlaceRows, gather, number_of, tables_of
from pipeline.weather.place import WrittenHours

REQUIRED = ("time_utc", "latitude", "longitude", "air_temp_c")
HUMIDITY = ("rel_humidity_pct", "dew_point_c")
UNNAMED_SOURCE = "file"


def read_plain_table(text: str) -> list[WrittenHours]:
    """Returns the places of a plain table, one per latitude and longitude; broken lines are left out and noted.

    The columns have the names of schema.WEATHER_COLUMNS (wbgt_c is always computed here). elevation_m, source and model come
    from the first line of a place. Raises FileRefused if a column is missing or a time has no zone.
    """
    table = tables_of(text)[0]
    at = {name: number for number, name in enumerate(table[0][1])}
    _require(at)
    first_line: dict[str, dict[str, str]] = {}

    def place_and_second(cells: list[str]) -> tuple[str, int]:
        second = _second(cells[at["time_utc"]])
        key = f"{float(cells[at['latitude']])},{float(cells[at['longitude']])}"
        first_line.setdefault(key, {name: cells[number] for name, number in at.items()})
        return key, second

    column_at = {name: at[name] for name in UNITS if name in at}
    rows, notes = gather(table, column_at, place_and_second)
    written = [_written(first_line[key], place_rows) for key, place_rows in rows.items()]
    return [written[0].with_notes(notes), *written[1:]]


def _require(at: dict[str, int]) -> None:
    missing = [name for name in REQUIRED if name not in at]
    if not any(name in at for name in HUMIDITY):
        missing.append(" or ".join(HUMIDITY))
    if missing:
        raise FileRefused(
            "weather_no_column",
            f"the table has no column {', '.join(missing)}",
            "add it under exactly that name",
        )


def _second(label: str) -> int:
    if datetime.fromisoformat(label).tzinfo is None:
        raise FileRefused("weather_no_zone", f"the time '{label}' has no time zone", "write times in UTC, ending in Z")
    return seconds_of_label(label, 0)


def _written(line: dict[str, str], rows: PlaceRows) -> WrittenHours:
    elevation = number_of(line.get("elevation_m", ""))
    return WrittenHours(
        latitude=float(line["latitude"]),
        longitude=float(line["longitude"]),
        elevation_m=elevation if math.isfinite(elevation) else None,
        provider=line.get("source") or UNNAMED_SOURCE,
        model=line.get("model") or None,
        hour_at=rows.hour_at(),
        columns={name: in_our_unit(name, next(iter(UNITS[name])), values) for name, values in rows.columns().items()},
    )
