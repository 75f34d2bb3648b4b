"""`cramplog weather --file`: imports weather files as hours with WBGT. Uses no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np

from pipeline.actions.reading.originals import name_of, sha256_of
from pipeline.actions.weather.cells import map_all_cells
from pipeline.actions.weather.find_files import find_files
from pipeline.errors import FileRefused
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.weather.hours import put_hours, put_weather_file, weather_files_seen
from pipeline.store.weather.notes import put_weather_notes
from pipeline.weather.files.checked import SETTLED_AFTER
from pipeline.weather.files.read import read_weather
from pipeline.weather.files.rows import LINES
from pipeline.weather.place import WeatherPlace


@dataclass(frozen=True, slots=True)
class WeatherOutcome:
    """The outcome of importing one weather file: new, known or failed."""

    path: str
    outcome: str
    places: int
    hours: int
    notes: tuple[str, ...]
    reason: str | None


def import_weather(settings: Settings, paths: Sequence[Path], now: datetime) -> list[WeatherOutcome]:
    """Import weather files (the service's CSV or JSON). A refused file has outcome failed; the others are imported.

    Raises NotFound for a path that does not exist, TryAgain when the store stays busy.
    """
    with open_store(settings, write=False) as con:
        seen = weather_files_seen(con)
    return [_import_file(settings, path, seen, now) for path in find_files(paths)]


def _import_file(settings: Settings, path: Path, seen: dict[str, str], now: datetime) -> WeatherOutcome:
    content = path.read_bytes()
    sha256 = sha256_of(content)
    if seen.get(sha256) == "new":
        return WeatherOutcome(str(path), "known", 0, 0, (), None)
    try:
        places = read_weather(content, path.name, now)
    except FileRefused as refused:
        return WeatherOutcome(str(path), "failed", 0, 0, (), refused.message)
    hours = sum(len(place.hour_at) for place in places)
    utc = naive_utc(now)
    with open_store(settings, write=True) as con, transaction(con):
        for place in places:
            _put_place(con, place, utc)
        put_weather_file(con, sha256, name_of(path), "new", None, hours, utc)
        put_weather_notes(con, sha256, [note for place in places for note in place.notes])
        map_all_cells(con)
    return WeatherOutcome(str(path), "new", len(places), hours, _notes_of(places), None)


def _notes_of(places: Sequence[WeatherPlace]) -> tuple[str, ...]:
    """What was left out or filled in, each once with its count over all places; line numbers are listed, not counted."""
    counts = Counter[tuple[str, str]]()
    for place in places:
        counts.update({(note.kind, note.detail): note.n for note in place.notes})
    return tuple(detail if kind == LINES else f"{detail}: {n:,}" for (kind, detail), n in counts.items())


def _put_place(con: duckdb.DuckDBPyConnection, place: WeatherPlace, fetched_at: datetime) -> None:
    facts = {
        "provider": place.provider,
        "model": place.model,
        "elevation_m": place.elevation_m,
        "fetched_at": fetched_at,
        "provisional": place.provisional & (place.hour_at > np.datetime64(fetched_at) - SETTLED_AFTER),
    }
    put_hours(con, place.cell, place.hour_at, place.columns, facts)
