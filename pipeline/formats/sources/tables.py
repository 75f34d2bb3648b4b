"""Reads the tables of exports: Strava's activities.csv, Apple Health's export.xml.

Called by `find` with the files listed in a folder or an archive.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pipeline.errors import FileRefused
from pipeline.formats.sources.listing import MAX_HEALTH_BYTES, Listed, reason_and_hint
from pipeline.formats.sources.opened import chunks_at, read_at
from pipeline.schema import ExportDetails

if TYPE_CHECKING:
    from pipeline.formats.sources.apple import Excerpt


@dataclass(frozen=True, slots=True)
class ExportTables:
    """`details` and workouts with `routes`, by listed file name; workouts without a route, each with its table.

    `refused`: tables that could not be read, with the reason. `without_file`: number of activities entered by hand.
    """

    details: dict[str, ExportDetails] = field(default_factory=dict)
    routes: dict[str, Excerpt] = field(default_factory=dict)
    without_route: tuple[tuple[Listed, Excerpt], ...] = ()
    refused: tuple[tuple[Listed, str], ...] = ()
    without_file: int = 0


def read_tables(listed: Sequence[Listed]) -> ExportTables:
    """Read all tables among the listed files."""
    recordings = {file.name for file in listed if file.promise == "recording" and file.refused is None}
    tables = (file for file in listed if file.promise in ("strava table", "apple health") and file.refused is None)
    read = [_read_table(table, recordings) for table in tables]
    return ExportTables(
        {name: details for table in read for name, details in table.details.items()},
        {name: workout for table in read for name, workout in table.routes.items()},
        tuple(workout for table in read for workout in table.without_route),
        tuple(refused for table in read for refused in table.refused),
        sum(table.without_file for table in read),
    )


def _read_table(table: Listed, recordings: set[str]) -> ExportTables:
    try:
        return _read_strava(table) if table.promise == "strava table" else _read_apple(table, recordings)
    except FileRefused as reason:
        return ExportTables(refused=((table, reason_and_hint(reason)),))
    except OSError as error:
        return ExportTables(refused=((table, f"it cannot be read: {error.strerror}"),))


def _read_strava(table: Listed) -> ExportTables:
    from pipeline.formats.sources.strava import read_strava_table  # not needed for a single recording

    activities = read_strava_table(read_at(table.path, table.inside))
    details = {_listed_name(table, name): row for name, row in activities.words.items()}
    unpacked = {name.removesuffix(".gz"): row for name, row in details.items()}  # the user may have unpacked the files
    return ExportTables(details=unpacked | details, without_file=activities.without_file)


def _read_apple(table: Listed, recordings: set[str]) -> ExportTables:
    """A route belongs to the first workout that names it. If the route's file is missing, the workout has no route."""
    from pipeline.formats.sources.apple import read_excerpts

    routes: dict[str, Excerpt] = {}
    without_route: list[tuple[Listed, Excerpt]] = []
    for workout in read_excerpts(partial(chunks_at, table.path, table.inside, MAX_HEALTH_BYTES)):
        route = _listed_name(table, workout.route or "")
        if route in recordings and route not in routes:
            routes[route] = workout
        else:
            without_route.append((table, workout))
    return ExportTables(routes=routes, without_route=tuple(without_route))


def _listed_name(table: Listed, name: str) -> str:
    """Return the listed name of a file named in the table: '/workout-routes/a.gpx' is in the table's folder."""
    return posixpath.join(posixpath.dirname(table.name), name.lstrip("/"))
