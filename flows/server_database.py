"""The database of our own Prefect server: a new and empty one at each start. Called by `flows.server`.

Prefect makes its tables by running every migration it ever had, which is more work than all else of a start (6 s of 10).
So the empty database is kept, one of the installed version, and the next start copies it.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

from pipeline.files import private_umask


def new_database(folder: Path) -> Path:
    """Where the server keeps its state. A new one each time, else each night missed since is run at the start.

    In memory, sessions share one connection and undo each other's work (seen: runs asked for and never there).
    """
    database, kept = folder / "serve.db", _kept(folder)
    outdated = (path for path in folder.glob("empty-*") if path != kept)
    for leftover in (*folder.glob(f"{database.name}*"), *outdated):
        leftover.unlink()
    if kept.exists():
        with private_umask():
            shutil.copyfile(kept, database)
    return database


def keep_empty(database: Path) -> None:
    """Keep the database of a server that has just come up and was told nothing yet. Without it only time is lost."""
    kept = _kept(database.parent)
    half = kept.with_suffix(".half")
    if kept.exists():
        return
    with suppress(sqlite3.Error), private_umask(), closing(sqlite3.connect(database)) as con:
        con.execute("VACUUM INTO ?", [str(half)])
        half.replace(kept)


def forget_empty(database: Path) -> None:
    """Keep none: a server did not come up, and its database may be why."""
    _kept(database.parent).unlink(missing_ok=True)


def _kept(folder: Path) -> Path:
    return folder / f"empty-{version('prefect')}.db"
