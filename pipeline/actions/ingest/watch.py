"""`cramplog ingest DIR --watch`: imports new files in a folder as soon as they are complete.

A file is complete when it has the same size and time of change at two checks in a row. Checking is polling: it needs nothing
of the operating system, works on network drives and USB sticks, and costs 0.01 s per 1,000 files. The caller imports.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CramplogError, NotFound, TryAgain, WrongInput, system_error

# The suffixes that browsers and copying programs give to unfinished files.
UNFINISHED = (".crdownload", ".download", ".filepart", ".opdownload", ".part", ".partial", ".tmp")


@dataclass(frozen=True, slots=True)
class FileState:
    """A file's size and time of change: if either differs, the file has changed."""

    size_bytes: int
    changed_ns: int


Snapshot = Mapping[str, FileState]  # by path; as text, because most of the time of a check would be making Path objects


@dataclass(frozen=True, slots=True)
class Watch:
    """The folders, the excluded folder (the store's home), and the seconds between two checks."""

    folders: tuple[Path, ...]
    excluded: Path
    every_s: float


def make_watch(paths: Sequence[Path], home: Path, every_s: float) -> Watch:
    """What to watch. Raises NotFound for a missing folder, WrongInput for a file or for a time of 0 s or less."""
    for path in paths:
        if not path.exists():
            raise NotFound(
                f"there is no folder '{path}'", "check the name; a USB stick must be plugged in at the start"
            )
        if not path.is_dir():
            raise WrongInput(
                f"'{path}' is a file, and --watch needs a folder", "give the folder in which new files appear"
            )
    if not every_s > 0:
        raise WrongInput(
            f"'{every_s:g}' is not a valid time between two checks", "give seconds above 0, such as --every 5"
        )
    return Watch(tuple(dict.fromkeys(paths)), home, every_s)


def watch(
    where: Watch,
    ingest_files: Callable[[list[Path]], object],
    report_problem: Callable[[str], None],
    sleep: Callable[[float], None],
) -> None:
    """Check, import complete files, sleep, for ever; an exception of `sleep` or Ctrl-C ends it.

    Calls `report_problem` once for each folder that is gone or back, and when the store cannot import now: those files
    wait for the next check. Raises any other error of `ingest_files`.
    """
    before: Snapshot = {}
    ingested: dict[str, FileState] = {}
    missing: frozenset[Path] = frozenset()
    waits_for = ""
    while True:
        missing = _report_missing(where, missing, report_problem)
        now = list_files(where)
        files = complete_files(before, now, ingested)
        if files:
            reason = _try_ingest(ingest_files, [Path(file) for file in files])
            if reason and reason != waits_for:
                report_problem(f"{reason}; {len(files):,} waiting, trying again every {where.every_s:g} s")
            if not reason:
                ingested |= {file: now[file] for file in files}
            waits_for = reason
        before = now
        sleep(where.every_s)


def list_files(where: Watch) -> dict[str, FileState]:
    """Every file in the folders and below them, without hidden and unfinished ones. A missing folder counts as empty."""
    states: dict[str, FileState] = {}
    for folder in where.folders:
        _add_files(str(folder), where.excluded, states)
    return states


def complete_files(before: Snapshot, now: Snapshot, ingested: Snapshot) -> list[str]:
    """The files, sorted, that are not empty, did not change since the check before, and are not yet imported in this state."""
    return sorted(
        path for path, state in now.items() if state.size_bytes and before.get(path) == state != ingested.get(path)
    )


def _add_files(folder: str, excluded: Path, states: dict[str, FileState]) -> None:
    """Add the files of this folder and of those below it."""
    if Path(folder).absolute() == excluded:
        return
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except OSError:  # unplugged, or not readable for us
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                _add_files(entry.path, excluded, states)
            elif entry.is_file() and not entry.name.lower().endswith(UNFINISHED):
                status = entry.stat()
                states[entry.path] = FileState(status.st_size, status.st_mtime_ns)
        except OSError:  # deleted between two calls
            continue


def _report_missing(where: Watch, missing: frozenset[Path], report_problem: Callable[[str], None]) -> frozenset[Path]:
    """Return the folders that are missing now; report each that is newly missing or back."""
    now = frozenset(folder for folder in where.folders if not folder.is_dir())
    for folder in where.folders:
        if (folder in now) != (folder in missing):
            report_problem(f"{folder} is gone; waiting for it to come back" if folder in now else f"{folder} is back")
    return now


def _try_ingest(ingest_files: Callable[[list[Path]], object], files: list[Path]) -> str:
    """Import the files. Returns "" or why they must wait; raises errors that waiting does not solve."""
    try:
        ingest_files(files)
    except (CramplogError, OSError) as error:
        problem = error if isinstance(error, CramplogError) else system_error(error)
        if not isinstance(problem, (TryAgain, NotFound)):  # NotFound: a file or its folder was removed meanwhile
            raise
        return problem.message
    return ""
