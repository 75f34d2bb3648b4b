"""Finds files of the home folder that other users may open, and removes their rights. Called by `doctor`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.files import PRIVATE_FILE, PRIVATE_FOLDER
from pipeline.settings import Settings


def open_to_others(settings: Settings, *secrets: Path) -> list[Path]:
    """Folders wider than 0700 and files wider than 0600: in the home, the log file and `secrets`. Sorted.

    The inbox is left out: others may put files there, and the home folder around it keeps it private.
    """
    ours = {*_ours(settings), *secrets}
    found = [path for path in ours if _mode(path) & ~(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)]
    return sorted(found)


def narrow(paths: Iterable[Path]) -> list[Path]:
    """Remove the rights of other users. Returns the paths that were changed; paths of another owner stay as they are."""
    closed = []
    for path in paths:
        try:
            path.chmod(_mode(path) & (PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE))
        except OSError:  # another user's file, a read-only disk: it stays in the list of problems
            continue
        closed.append(path)
    return closed


def _ours(settings: Settings) -> Iterator[Path]:
    if settings.log_file is not None and settings.log_file.is_file():
        yield settings.log_file
    if not settings.home.is_dir():
        return
    yield settings.home
    for folder, folders, files in os.walk(settings.home):
        if Path(folder) == settings.home:
            folders[:] = [name for name in folders if name != settings.inbox.name]
        for name in (*folders, *files):
            if not (Path(folder) / name).is_symlink():
                yield Path(folder) / name


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
