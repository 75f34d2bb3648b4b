"""Writes a new DuckDB file and replaces the old one with it in one step. Called by `publish` and `private`.

Readers that have the old file open continue to read it. If the program is killed, either the old file or the complete new
one is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.files import sync_path
from pipeline.store.db.attach import attach

_READ_ONLY_FILE = 0o400  # a database tool then opens it for reading and leaves no log next to it


@contextmanager
def new_file(con: duckdb.DuckDBPyConnection, target: Path, mode: int = _READ_ONLY_FILE) -> Iterator[None]:
    """Inside the block, `snapshot` is an empty attached file; at the end it replaces `target`, with that file mode.

    One writer at a time (`write_lock`): the new file has a fixed name, so that one left by a killed writer is removed.
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
    _log(target).unlink(missing_ok=True)  # left by a program that wrote into the old file
    new.replace(target)
    sync_path(target.parent)


def file_mark(path: Path) -> str:
    """Inode, size and modification time of a DuckDB file and its log: it differs after every write.

    Uses stat only: opening and closing the file here would release the lock that DuckDB holds for this process.
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
