"""Finds run files: single files, in folders, or inside archives. Called by the actions that import files.

The content decides what a file is (`promises`); its name is only shown to people. The details from the tables of exports
(`tables`) are attached here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import FileRefused, NotFound
from pipeline.formats.sources.listing import (
    Budget,
    Listed,
    list_archive,
    list_file,
    list_folder,
    reason_and_hint,
    refused_by_reason,
)
from pipeline.formats.sources.opened import read_at
from pipeline.formats.sources.tables import ExportTables, read_tables
from pipeline.schema import ExportDetails

if TYPE_CHECKING:
    from pipeline.formats.sources.apple import Excerpt

MAX_DEPTH = 3  # levels of archives inside the one on disk: Garmin's export has one
_LONGEST_SHOWN = 120


@dataclass(frozen=True)  # without slots, for the reason given in schema
class Source:
    """One file to read: `path` itself or, with `inside`, a member of the archive there (of an archive in it, and so on).

    `shown` is the name shown to people: the path, or 'export.zip: activities/1.fit.gz'. `details` come from an export's table.
    With `workout`, the file is a workout of Apple Health's table, and its content the workout's route or that table.
    """

    path: Path
    inside: tuple[str, ...]
    shown: str
    details: ExportDetails | None = None
    workout: Excerpt | None = None

    def read(self) -> bytes:
        """Return its bytes. Raises OSError if it cannot be read, FileRefused for a member that is damaged or too large."""
        if self.workout is None:
            return read_at(self.path, self.inside)
        return self.workout.document(read_at(self.path, self.inside) if self.workout.route else b"")


@dataclass(frozen=True, slots=True)
class Refused:
    """An archive, or a member of one, that cannot be read: its path, the name shown to people, and the reason."""

    path: Path
    shown: str
    reason: str


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Files to read, in order; refused archives and members; and the number of skipped files (not recordings).

    `without_file` is the number of activities in an export without a recording, entered by hand.
    """

    sources: tuple[Source, ...]
    refused: tuple[Refused, ...] = ()
    skipped: int = 0
    without_file: int = 0


def find_sources(paths: Sequence[Path]) -> FoundFiles:
    """Find the files of the given paths: files, the contents of folders (without hidden files), the members of archives.

    A file given by name is read or refused. From folders and archives only recordings, and files named like one, are read.
    The table of an export applies to all files given with it. Raises NotFound for a path that does not exist.
    """
    wanted = list(dict.fromkeys(paths))
    named = {path: list_file(path) for path in wanted if not _is_folder(path)}
    listed = [
        file for path in wanted for file in ([_as_recording(named[path])] if path in named else list_folder(path))
    ]
    found = _find_in(_without_duplicates(listed), Budget())
    used = {source.path for source in found.sources} | {refused.path for refused in found.refused}
    if any(source.details for source in found.sources):
        used |= {path for path, file in named.items() if file.promise == "strava table"}
    unused = [file for path, file in named.items() if path not in used]
    empty = tuple(Refused(file.path, str(file.path), "it contains no recording of a run") for file in unused)
    skipped = found.skipped - sum(file.promise == "zip" for file in unused)
    return replace(found, refused=(*found.refused, *empty), skipped=skipped)


def find_recordings(files: Sequence[Path]) -> FoundFiles:
    """Find recordings among these files, as in a folder: other files are skipped; a file that no longer exists is no error."""
    return _find_in([list_file(path) for path in files if path.is_file()], Budget())


def _is_folder(path: Path) -> bool:
    if not path.exists():
        raise NotFound(f"there is no file or folder '{path}'", "check the name; nothing was changed")
    return path.is_dir()


def _as_recording(file: Listed) -> Listed:
    """Treat an unknown file as a recording: a file given by name is read or refused."""
    return replace(file, promise="recording") if file.promise == "other" else file


def _without_duplicates(listed: list[Listed]) -> list[Listed]:
    """Keep one entry of a file given twice; if given by name and in its folder, the entry that is read."""
    by_name: dict[str, Listed] = {}
    for file in listed:
        if file.name not in by_name or by_name[file.name].promise == "other":
            by_name[file.name] = file
    return list(by_name.values())


def _find_in(listed: list[Listed], budget: Budget) -> FoundFiles:
    """Turn the files of a folder or an archive into sources, and search the archives among them."""
    tables = read_tables(listed)
    readable = [file for file in listed if file.refused is None]
    inner = [_find_in_archive(file, budget if file.inside else Budget()) for file in readable if file.promise == "zip"]
    sources = [_source(file, tables) for file in readable if file.promise == "recording"]
    refused = [Refused(files[0].path, _all_shown(files), reason) for files, reason in refused_by_reason(listed)]
    refused += [Refused(table.path, _shown(table), reason) for table, reason in tables.refused]
    outer = FoundFiles(
        (*sources, *(_workout_without_route(table, workout) for table, workout in tables.without_route)),
        tuple(refused),
        sum(file.promise == "other" for file in listed),
        tables.without_file,
    )
    return _joined([outer, *inner])


def _find_in_archive(archive: Listed, budget: Budget) -> FoundFiles:
    """Find the files in an archive. An archive without any recording counts as one skipped file."""
    path = archive.path
    try:
        if len(archive.inside) > MAX_DEPTH:
            raise FileRefused("too_deep", f"it is nested more than {MAX_DEPTH} archives deep", "unpack it first")
        found = _find_in(list_archive(path, archive.inside, budget), budget)
    except FileRefused as reason:
        return FoundFiles((), (Refused(path, _shown(archive), reason_and_hint(reason)),))
    except OSError as error:  # its disk, or no space to unpack an archive inside it
        return FoundFiles((), (Refused(path, _shown(archive), f"it cannot be read: {error.strerror}"),))
    return found if found.sources or found.refused else FoundFiles((), (), 1, found.without_file)


def _source(file: Listed, tables: ExportTables) -> Source:
    details, workout = tables.details.get(file.name), tables.routes.get(file.name)
    return Source(file.path, file.inside, _shown(file), details, workout)


def _workout_without_route(table: Listed, workout: Excerpt) -> Source:
    """Return the source of a workout without a route: on a treadmill, or the route's file is missing."""
    shown = f"{_shown(table)}, workout of {workout.start_at:%Y-%m-%d %H:%M} UTC"
    return Source(table.path, table.inside, shown, None, replace(workout, route=None))


def _joined(found: Iterable[FoundFiles]) -> FoundFiles:
    parts = tuple(found)
    return FoundFiles(
        tuple(source for part in parts for source in part.sources),
        tuple(refused for part in parts for refused in part.refused),
        sum(part.skipped for part in parts),
        sum(part.without_file for part in parts),
    )


def _all_shown(files: list[Listed]) -> str:
    return _shown(files[0]) + (f" and {len(files) - 1} more" if len(files) > 1 else "")


def _shown(file: Listed) -> str:
    """Return 'export.zip: activities/1.fit.gz'; control characters in names are replaced: a terminal would obey them."""
    names = ("".join(letter if letter.isprintable() else "?" for letter in name) for name in file.inside)
    return ": ".join(
        [str(file.path), *(name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…" for name in names)]
    )
