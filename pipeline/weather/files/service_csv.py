"""Reads the CSV download of the weather service. Called by read.py.

A table of places, an empty line, and a table of hours; only its header has the units:

    latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
    48.2,16.4,171.0,0,GMT,GMT

    time,temperature_2m (°C),wind_speed_10m (km/h)
    2025-07-15T12:00,30.1,7.2

With several locations both tables begin with location_id. A table of current weather or of quarter hours may come before the
hours, a table of days after them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pipeline.errors import FileRefused
from pipeline.weather.files.columns import SERVICE_NAMES, in_our_unit
from pipeline.weather.files.instants import seconds_of_label, seconds_of_unixtime
from pipeline.weather.files.rows import PlaceRows, Table, gather, number_of, tables_of
from pipeline.weather.place import WrittenHours

_TITLE = re.compile(r"^(?P<name>\w+)(?:\s*\((?P<unit>.*)\))?$")  # 'temperature_2m (°C)'
_UNIX = re.compile(r"^-?\d+$")
_ONLY_PLACE = ""  # key of the location in a download without location_id


@dataclass(frozen=True, slots=True)
class _PlaceLine:
    latitude: float
    longitude: float
    elevation_m: float | None
    utc_offset_s: int


def read_service_table(text: str, provider: str) -> list[WrittenHours]:
    """Returns the places of a download; broken lines are left out, and noted by number at the first place.

    Raises FileRefused if the places cannot be read, no table has hourly temperatures, or a unit is unknown.
    """
    tables = tables_of(text)
    place_lines = _place_lines(tables[0])
    hours = _table_of_hours(tables[1:])
    titles = [_title(cell) for cell in hours[0][1]]
    at = {name: number for number, (name, _) in enumerate(titles)}

    def place_and_second(cells: list[str]) -> tuple[str, int]:
        key = cells[at["location_id"]] if "location_id" in at else _ONLY_PLACE
        return key, _second(cells[at["time"]], place_lines[key].utc_offset_s)

    column_at = {SERVICE_NAMES[name]: number for name, number in at.items() if name in SERVICE_NAMES}
    rows, notes = gather(hours, column_at, place_and_second)
    units = {column: titles[number][1] for column, number in column_at.items()}
    written = [_written(place_lines[key], place_rows, units, provider) for key, place_rows in rows.items()]
    return [written[0].with_notes(notes), *written[1:]]


def _place_lines(table: Table) -> dict[str, _PlaceLine]:
    """Returns the lines of the first table by location_id ('' if there is only one location)."""
    names = table[0][1]
    try:
        lines = [dict(zip(names, cells, strict=True)) for _, cells in table[1:]]
        return {line.get("location_id", _ONLY_PLACE): _place_line(line) for line in lines}
    except (KeyError, ValueError) as error:
        raise FileRefused(
            "weather_broken", "the lines that name the place are damaged", "download the file again"
        ) from error


def _place_line(line: dict[str, str]) -> _PlaceLine:
    elevation = number_of(line["elevation"])
    return _PlaceLine(
        latitude=float(line["latitude"]),
        longitude=float(line["longitude"]),
        elevation_m=elevation if math.isfinite(elevation) else None,
        utc_offset_s=int(line["utc_offset_seconds"]),
    )


def _table_of_hours(tables: list[Table]) -> Table:
    """Returns the last table with time and temperature: current weather comes before it, a table of days has no such column."""
    for table in reversed(tables):
        names = [_title(cell)[0] for cell in table[0][1]]
        if "time" in names and any(SERVICE_NAMES.get(name) == "air_temp_c" for name in names):
            return table
    raise FileRefused(
        "weather_no_temperature",
        "the file has no hourly temperature",
        "download it with the hourly variable temperature_2m",
    )


def _title(cell: str) -> tuple[str, str | None]:
    """Returns name and unit of a header cell: 'temperature_2m (°C)' -> ('temperature_2m', '°C')."""
    match = _TITLE.match(cell)
    return (match["name"], match["unit"]) if match else (cell, None)


def _second(label: str, utc_offset_s: int) -> int:
    if _UNIX.match(label):
        return seconds_of_unixtime(int(label), utc_offset_s)
    return seconds_of_label(label, utc_offset_s)


def _written(line: _PlaceLine, rows: PlaceRows, units: dict[str, str | None], provider: str) -> WrittenHours:
    return WrittenHours(
        latitude=line.latitude,
        longitude=line.longitude,
        elevation_m=line.elevation_m,
        provider=provider,
        model=None,  # a download does not name its model
        hour_at=rows.hour_at(),
        columns={name: in_our_unit(name, units[name], values) for name, values in rows.columns().items()},
    )
