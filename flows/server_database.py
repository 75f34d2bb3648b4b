"""The database of our private Prefect server: new and empty at each start, deleted at its end. Called by `flows.server`.

Empty, because Prefect would otherwise start every scheduled run it missed, and records would grow for ever. A file, because
sessions in memory share one connection and undo each other's work (seen: requested runs were lost).

Prefect makes its tables by running all of its migrations, which is 6 s of the 10 s of a start. So one empty database of the
installed version is stored as a template, which the next start copies.
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
from pipeline.files import make_private_folder, private_umask, write_lock

NEW_S = 60.0  # the maker of a folder younger than this may not have locked it yet


@dataclass(frozen=True, slots=True)
class ServerDatabase:
    """The file of one server, and the empty database that later servers copy."""

    path: Path
    template: Path

    def save_template(self) -> None:
        """Copy the still empty database of a server that has just started. A failure only makes the next start slower."""
        if not self.template.exists():
            copy = self.path.with_name("empty.db")
            with suppress(sqlite3.Error), private_umask(), closing(sqlite3.connect(self.path)) as con:
                con.execute("VACUUM INTO ?", [str(copy)])
                copy.replace(self.template)

    def delete_template(self) -> None:
        """Delete it after a server did not start: the template may be the reason."""
        self.template.unlink(missing_ok=True)


@contextmanager
def server_database(home: Path) -> Iterator[ServerDatabase]:
    """A database in a new folder below Prefect's home, deleted at the end; after a kill, by the next start."""
    template = make_private_folder(home) / f"empty-{version('prefect')}.db"
    _delete_leftovers(home, template)
    folder = Path(mkdtemp(prefix="server-", dir=home))
    try:
        with write_lock(folder, 0.0):
            database = ServerDatabase(folder / "server.db", template)
            if template.exists():
                with private_umask():
                    shutil.copyfile(template, database.path)
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _delete_leftovers(home: Path, template: Path) -> None:
    """Delete templates of other versions, databases of earlier releases, and folders of servers that were killed."""
    outdated = {path for pattern in ("empty-*", "serve.db*", "prefect.db*") for path in home.glob(pattern)} - {template}
    for path in outdated:
        path.unlink(missing_ok=True)
    for folder in home.glob("server-*"):
        with suppress(TryAgain, FileNotFoundError):
            if time.time() - folder.stat().st_mtime > NEW_S:
                with write_lock(folder, 0.0):
                    shutil.rmtree(folder)
