"""`cramplog ingest DIR --watch`: files that come into a folder are taken as soon as they are whole.

A file is whole when two looks in a row see it alike. Looking is polling: that needs nothing of the system, works on network
drives and sticks, and costs a hundredth of a second for a thousand files. What taking means is the caller's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CramplogError, NotFound, TryAgain, WrongInput, system_error

# What browsers and copying programs call a file that is not all there yet.
UNFINISHED = (".crdownload", ".download", ".filepart", ".opdownload", ".part", ".partial", ".tmp")


@dataclass(frozen=True, slots=True)
class Seen:
    """How a file looked: another size or time of change is another file."""

    size_bytes: int
    changed_ns: int


Look = Mapping[str, Seen]  # by path; as text, since a look at a large folder is mostly the making of paths


@dataclass(frozen=True, slots=True)
class Watch:
    """The folders, the one never looked into (the store's own home), and the seconds between two looks."""

    folders: tuple[Path, ...]
    but: Path
    every_s: float


def watched(paths: Sequence[Path], home: Path, every_s: float) -> Watch:
    """What to watch. Raises NotFound for a folder that is not there, WrongInput for a file or for looks without a break."""
    for path in paths:
        if not path.exists():
            raise NotFound(f"there is no folder '{path}'", "check the name; a stick has to be there at the start")
        if not path.is_dir():
            raise WrongInput(f"'{path}' is a file, and --watch waits for new ones", "name the folder they come into")
    if not every_s > 0:
        raise WrongInput(f"'{every_s:g}' is no time between two looks", "a number of seconds, such as --every 5")
    return Watch(tuple(dict.fromkeys(paths)), home, every_s)


def watch(
    where: Watch,
    take: Callable[[list[Path]], object],
    trouble: Callable[[str], None],
    sleep: Callable[[float], None],
) -> None:
    """Look, take what is whole, sleep, for ever; an exception of `sleep` or Ctrl-C ends it.

    `trouble` hears once of each folder that is gone or back, and of a store that cannot take files now: those wait for
    the next look. Any other error of `take` is raised.
    """
    before: Look = {}
    taken: dict[str, Seen] = {}
    gone: frozenset[Path] = frozenset()
    waits_for = ""
    while True:
        gone = _told_gone(where, gone, trouble)
        now = look(where)
        files = whole(before, now, taken)
        if files:
            reason = _cannot_take(take, [Path(file) for file in files])
            if reason and reason != waits_for:
                trouble(f"{reason}; {len(files):,} waiting, tried again every {where.every_s:g} s")
            if not reason:
                taken |= {file: now[file] for file in files}
            waits_for = reason
        before = now
        sleep(where.every_s)


def look(where: Watch) -> dict[str, Seen]:
    """Every file in the folders and below, but hidden and unfinished ones. A folder that is gone holds nothing."""
    seen: dict[str, Seen] = {}
    for folder in where.folders:
        _look_into(str(folder), where.but, seen)
    return seen


def whole(before: Look, now: Look, taken: Look) -> list[str]:
    """The files that look as they did at the look before and were not taken like this yet, in order of name; no empty one."""
    return sorted(path for path, seen in now.items() if seen.size_bytes and before.get(path) == seen != taken.get(path))


def _look_into(folder: str, but: Path, seen: dict[str, Seen]) -> None:
    """Add what is in this folder and in those below it."""
    if Path(folder).absolute() == but:
        return
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except OSError:  # pulled out, or not for us to read
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                _look_into(entry.path, but, seen)
            elif entry.is_file() and not entry.name.lower().endswith(UNFINISHED):
                status = entry.stat()
                seen[entry.path] = Seen(status.st_size, status.st_mtime_ns)
        except OSError:  # gone between two calls
            continue


def _told_gone(where: Watch, gone: frozenset[Path], trouble: Callable[[str], None]) -> frozenset[Path]:
    """The folders that are not there now; whatever changed is said."""
    now = frozenset(folder for folder in where.folders if not folder.is_dir())
    for folder in where.folders:
        if (folder in now) != (folder in gone):
            trouble(f"{folder} is gone; waiting for it to come back" if folder in now else f"{folder} is back")
    return now


def _cannot_take(take: Callable[[list[Path]], object], files: list[Path]) -> str:
    """Why these files cannot be taken now, empty once they are; an error that waiting does not mend is raised."""
    try:
        take(files)
    except (CramplogError, OSError) as error:
        known = error if isinstance(error, CramplogError) else system_error(error)
        if not isinstance(known, (TryAgain, NotFound)):  # NotFound: a file or its folder went away meanwhile
            raise
        return known.message
    return ""
