"""Writes a new DuckDB file and puts it in an old one's place in one step. For `publish` and `private`.

Readers that have the old file open keep it; a kill leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.files import sync_path
from pipeline.store.db.attach import attach

_READ_ONLY_FILE = 0o400  # so that a database tool opens it for reading, and leaves no log beside it


@contextmanager
def new_file(con: duckdb.DuckDBPyConnection, target: Path, mode: int = _READ_ONLY_FILE) -> Iterator[None]:
    """Inside, `snapshot` is an empty attached file; at the end it stands in `target`'s place, whole, with that mode.

    One at a time (`write_lock`): the new file's name is fixed, so that a killed writer's is found and goes.
    """
    new = target.with_name(target.name + ".new")
    for leftover in (new, _log(new)):
        leftover.unlink(missing_ok=True)
    attach(con, new, "snapshot", write=True, wait_s=0.0)
    yield
    con.execute("CHECKPOINT snapshot")
    con.execute("DETACH snapshot")
    sync_path(new)
    new.chmod(mode)
    _log(target).unlink(missing_ok=True)  # somebody wrote into the old file: not into this one
    new.replace(target)
    sync_path(target.parent)


def file_mark(path: Path) -> str:
    """Changes whenever a writer changed the DuckDB file or its log.

    By stat only: to open and close the file here would drop the lock DuckDB holds on it for this process.
    """
    marks = []
    for part in (path, _log(path)):
        try:
            facts = part.stat()
        except FileNotFoundError:
            continue
        marks.append(f"{facts.st_ino}:{facts.st_size}:{facts.st_mtime_ns}")
    return " ".join(marks)


def _log(path: Path) -> Path:
    return path.with_name(path.name + ".wal")
