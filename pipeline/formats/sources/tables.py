"""What the tables of exports say of the files beside them: Strava's activities.csv, Apple Health's export.xml.

Called by sources with what a folder or an archive lists.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pipeline.errors import FileRefused
from pipeline.formats.sources.listing import MAX_HEALTH_BYTES, Listed, said
from pipeline.formats.sources.opened import read_at, steps_at
from pipeline.schema import ExportDetails

if TYPE_CHECKING:
    from pipeline.formats.sources.apple import Excerpt


@dataclass(frozen=True, slots=True)
class Told:
    """`words` and `routes` by the name of a file as listed; workouts without a route, each with its table.

    `refused`: tables that could not be read, with the reason. `without_file`: activities entered by hand.
    """

    words: dict[str, ExportDetails] = field(default_factory=dict)
    routes: dict[str, Excerpt] = field(default_factory=dict)
    alone: tuple[tuple[Listed, Excerpt], ...] = ()
    refused: tuple[tuple[Listed, str], ...] = ()
    without_file: int = 0


def tell(listed: Sequence[Listed]) -> Told:
    """What all the tables among them say."""
    recordings = {one.name for one in listed if one.promise == "recording" and one.refused is None}
    tables = (one for one in listed if one.promise in ("strava table", "apple health") and one.refused is None)
    told = [_of_table(table, recordings) for table in tables]
    return Told(
        {name: words for one in told for name, words in one.words.items()},
        {name: workout for one in told for name, workout in one.routes.items()},
        tuple(alone for one in told for alone in one.alone),
        tuple(refused for one in told for refused in one.refused),
        sum(one.without_file for one in told),
    )


def _of_table(table: Listed, recordings: set[str]) -> Told:
    try:
        return _of_strava(table) if table.promise == "strava table" else _of_apple(table, recordings)
    except FileRefused as reason:
        return Told(refused=((table, said(reason)),))
    except OSError as error:
        return Told(refused=((table, f"it cannot be read: {error.strerror}"),))


def _of_strava(table: Listed) -> Told:
    from pipeline.formats.sources.strava import read_strava_table  # a single recording has no table

    told = read_strava_table(read_at(table.path, table.inside))
    words = {_beside(table, name): of_it for name, of_it in told.words.items()}
    unpacked = {name.removesuffix(".gz"): of_it for name, of_it in words.items()}  # by whoever kept the export
    return Told(words=unpacked | words, without_file=told.without_file)


def _of_apple(table: Listed, recordings: set[str]) -> Told:
    """A route belongs to the first workout that names it; a workout whose route is not there is one without."""
    from pipeline.formats.sources.apple import read_excerpts

    routes: dict[str, Excerpt] = {}
    alone: list[tuple[Listed, Excerpt]] = []
    for workout in read_excerpts(partial(steps_at, table.path, table.inside, MAX_HEALTH_BYTES)):
        route = _beside(table, workout.route or "")
        if route in recordings and route not in routes:
            routes[route] = workout
        else:
            alone.append((table, workout))
    return Told(routes=routes, alone=tuple(alone))


def _beside(table: Listed, name: str) -> str:
    """The name as listed of the file that the table calls so: '/workout-routes/a.gpx' lies in the table's folder."""
    return posixpath.join(posixpath.dirname(table.name), name.lstrip("/"))
