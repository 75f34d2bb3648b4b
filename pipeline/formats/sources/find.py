"""Where run files lie: on disk by themselves, in folders, or inside archives. Called by the actions that take files.

Names decide nothing but what a file is called to people: content does (heads). What exports say of their files beside
them is joined here (exports).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import FileRefused, NotFound
from pipeline.formats.sources.listing import Budget, Listed, grouped, list_archive, list_file, list_folder, said
from pipeline.formats.sources.opened import read_at
from pipeline.formats.sources.tables import Told, tell
from pipeline.schema import ExportDetails

if TYPE_CHECKING:
    from pipeline.formats.sources.apple import Excerpt

MAX_DEPTH = 3  # archives inside the one on disk: Garmin's export has one
_LONGEST_SHOWN = 120


@dataclass(frozen=True)  # without slots, as schema says
class Source:
    """One file to read: `path` itself or, with `inside`, a member of the archive there (of an archive in it, and so on).

    `shown` is how it is named to people: the path, or 'export.zip: activities/1.fit.gz'. `words` are what an export says
    of it. With `workout`, Apple Health's table is what is read, and the file is the workout's route or that table.
    """

    path: Path
    inside: tuple[str, ...]
    shown: str
    words: ExportDetails | None = None
    workout: Excerpt | None = None

    def read(self) -> bytes:
        """Its bytes. Raises OSError when it cannot be read, FileRefused for a member that is damaged or too large."""
        if self.workout is None:
            return read_at(self.path, self.inside)
        return self.workout.document(read_at(self.path, self.inside) if self.workout.route else b"")


@dataclass(frozen=True, slots=True)
class Refused:
    """An archive, or a member of one, that cannot be looked into: what is at `path` as `shown`, and the reason."""

    path: Path
    shown: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, in order; what was refused; and how much was left alone as no recording.

    `without_file`: activities that an export lists without a recording, entered by hand.
    """

    sources: tuple[Source, ...]
    refused: tuple[Refused, ...] = ()
    left_alone: int = 0
    without_file: int = 0


def find_sources(paths: Sequence[Path]) -> Found:
    """The files meant: each path itself, folders with all they hold (hidden names left out), archives with their members.

    A file given by name is to be read or refused; of folders and archives only what is a recording, or claims to be one.
    A table of an export speaks of whatever is given along with it. Raises NotFound for a path that is not there.
    """
    wanted = list(dict.fromkeys(paths))
    named = {path: list_file(path) for path in wanted if not _is_folder(path)}
    listed = [one for path in wanted for one in ([_meant(named[path])] if path in named else list_folder(path))]
    found = _sorted_out(_each_once(listed), Budget())
    spoke = {source.path for source in found.sources} | {refused.path for refused in found.refused}
    if any(source.words for source in found.sources):
        spoke |= {path for path, one in named.items() if one.promise == "strava table"}
    silent = [one for path, one in named.items() if path not in spoke]
    nothing = tuple(Refused(one.path, str(one.path), "it holds no recording of a run") for one in silent)
    left_alone = found.left_alone - sum(one.promise == "zip" for one in silent)
    return replace(found, refused=(*found.refused, *nothing), left_alone=left_alone)


def find_recordings(files: Sequence[Path]) -> Found:
    """As if a folder held just these files: what is no recording is left alone, and what is gone by now is no error."""
    return _sorted_out([list_file(path) for path in files if path.is_file()], Budget())


def _is_folder(path: Path) -> bool:
    if not path.exists():
        raise NotFound(f"there is no file or folder '{path}'", "check the name; nothing was changed")
    return path.is_dir()


def _meant(one: Listed) -> Listed:
    """A file given by name is to be read, whatever it promises."""
    return replace(one, promise="recording") if one.promise == "other" else one


def _each_once(listed: list[Listed]) -> list[Listed]:
    """A file that was given twice, or by name and in its folder, counts as what it is meant for."""
    once: dict[str, Listed] = {}
    for one in listed:
        if one.name not in once or once[one.name].promise == "other":
            once[one.name] = one
    return list(once.values())


def _sorted_out(listed: list[Listed], budget: Budget) -> Found:
    """What a folder or an archive lists, as sources; the archives in it are looked into."""
    told = tell(listed)
    readable = [one for one in listed if one.refused is None]
    inner = [_inside_of(one, budget if one.inside else Budget()) for one in readable if one.promise == "zip"]
    sources = [_source(one, told) for one in readable if one.promise == "recording"]
    refused = [Refused(those[0].path, _all_shown(those), reason) for those, reason in grouped(listed)]
    refused += [Refused(table.path, _shown(table), reason) for table, reason in told.refused]
    own = Found(
        (*sources, *(_alone(table, workout) for table, workout in told.alone)),
        tuple(refused),
        sum(one.promise == "other" for one in listed),
        told.without_file,
    )
    return _joined([own, *inner])


def _inside_of(archive: Listed, budget: Budget) -> Found:
    """An archive's own; one without any recording counts as one thing left alone."""
    path = archive.path
    try:
        if len(archive.inside) > MAX_DEPTH:
            raise FileRefused("too_deep", f"it lies more than {MAX_DEPTH} archives deep", "unpack it first")
        found = _sorted_out(list_archive(path, archive.inside, budget), budget)
    except FileRefused as reason:
        return Found((), (Refused(path, _shown(archive), said(reason)),))
    except OSError as error:  # the disk it lies on, or no room to unpack an archive inside it
        return Found((), (Refused(path, _shown(archive), f"it cannot be read: {error.strerror}"),))
    return found if found.sources or found.refused else Found((), (), 1, found.without_file)


def _source(one: Listed, told: Told) -> Source:
    return Source(one.path, one.inside, _shown(one), told.words.get(one.name), told.routes.get(one.name))


def _alone(table: Listed, workout: Excerpt) -> Source:
    """A workout without a route: a treadmill, or a route that is not there."""
    shown = f"{_shown(table)}, workout of {workout.start_at:%Y-%m-%d %H:%M} UTC"
    return Source(table.path, table.inside, shown, None, replace(workout, route=None))


def _joined(found: Iterable[Found]) -> Found:
    parts = tuple(found)
    return Found(
        tuple(source for one in parts for source in one.sources),
        tuple(refused for one in parts for refused in one.refused),
        sum(one.left_alone for one in parts),
        sum(one.without_file for one in parts),
    )


def _all_shown(those: list[Listed]) -> str:
    return _shown(those[0]) + (f" and {len(those) - 1} more" if len(those) > 1 else "")


def _shown(one: Listed) -> str:
    """'export.zip: activities/1.fit.gz'. A member may be called anything: what a terminal would obey is left out."""
    names = ("".join(letter if letter.isprintable() else "?" for letter in name) for name in one.inside)
    return ": ".join(
        [str(one.path), *(name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…" for name in names)]
    )
