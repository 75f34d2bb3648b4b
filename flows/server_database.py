"""The database of our own Prefect server: a new and empty one at each start, gone at its end. Called by `flows.server`.

Empty, because Prefect would otherwise make good each scheduled run it missed, and because records would grow for ever; a file,
because sessions in memory share one connection and undo each other's work (seen: runs requested and never there).

Prefect makes its tables by running every migration it ever had, which is more work than all else of a start (6 s of 10).
So one empty database of the installed version is kept, and the next start copies it.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp

from pipeline.errors import TryAgain
from pipeline.files import make_private_folder, one_writer, private_umask

NEW_S = 60.0  # a folder younger than this may be about to be locked


@dataclass(frozen=True, slots=True)
class Database:
    """The file of one server, and the empty database that is kept for the next one."""

    path: Path
    empty: Path

    def keep_empty(self) -> None:
        """Keep the database of a server that has just started and holds nothing yet. Without it only time is lost."""
        if not self.empty.exists():
            copy = self.path.with_name("empty.db")
            with suppress(sqlite3.Error), private_umask(), closing(sqlite3.connect(self.path)) as con:
                con.execute("VACUUM INTO ?", [str(copy)])
                copy.replace(self.empty)

    def forget_empty(self) -> None:
        """Keep none: a server did not start, and its database may be why."""
        self.empty.unlink(missing_ok=True)


@contextmanager
def server_database(home: Path) -> Iterator[Database]:
    """A database in a folder of its own below Prefect's home, removed at the end; after a kill, by the next start."""
    empty = make_private_folder(home) / f"empty-{version('prefect')}.db"
    _remove_leftovers(home, empty)
    folder = Path(mkdtemp(prefix="server-", dir=home))
    try:
        with one_writer(folder, 0.0):
            database = Database(folder / "server.db", empty)
            if empty.exists():
                with private_umask():
                    shutil.copyfile(empty, database.path)
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(home: Path, empty: Path) -> None:
    """Empty databases of other versions, databases that earlier versions kept, and folders of servers that were killed."""
    outdated = {path for pattern in ("empty-*", "serve.db*", "prefect.db*") for path in home.glob(pattern)} - {empty}
    for path in outdated:
        path.unlink(missing_ok=True)
    for folder in home.glob("server-*"):
        with suppress(TryAgain, FileNotFoundError):
            if time.time() - folder.stat().st_mtime > NEW_S:
                with one_writer(folder, 0.0):
                    shutil.rmtree(folder)
