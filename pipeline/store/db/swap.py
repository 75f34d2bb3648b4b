"""Writes a new DuckDB file and puts it in an old one's place in one step. For `publish` and `private`.

Readers that have the old file open keep it; a kill leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.errors import TryAgain
from pipeline.store.db.attach import POLL_S, attach

_READ_ONLY_FILE = 0o400  # so that a database tool opens it for reading, and leaves no log beside it


@contextmanager
def new_file(con: duckdb.DuckDBPyConnection, target: Path, mode: int = _READ_ONLY_FILE) -> Iterator[None]:
    """Inside, `snapshot` is an empty attached file; at the end it stands in `target`'s place, whole, with that mode.

    One at a time (`one_writer`): the new file's name is fixed, so that a killed writer's is found and goes.
    """
    new = target.with_name(target.name + ".new")
    for leftover in (new, _log(new)):
        leftover.unlink(missing_ok=True)
    attach(con, new, "snapshot", write=True, wait_s=0.0)
    yield
    con.execute("CHECKPOINT snapshot")
    con.execute("DETACH snapshot")
    _onto_disk(new)
    new.chmod(mode)
    _log(target).unlink(missing_ok=True)  # somebody wrote into the old file: not into this one
    new.replace(target)
    _onto_disk(target.parent)


@contextmanager
def one_writer(folder: Path, wait_s: float) -> Iterator[None]:
    """Holds the folder's lock, freed however the process ends. Raises TryAgain after `wait_s`."""
    deadline = time.monotonic() + wait_s
    with (folder / ".writing").open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    hint = "wait for it to end, then try again"
                    raise TryAgain(f"another command is writing in {folder}", hint) from error
                time.sleep(POLL_S)
        yield


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


def _onto_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
