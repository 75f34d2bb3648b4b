"""Writes files that only their owner can read, atomically and durably; and a lock between processes.

DuckDB writes its database files itself; `pipeline.store.db.swap`, which replaces a database, uses functions of this module.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import CannotStart, TryAgain

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
POLL_S = 0.05
FEW_FILES = 8  # up to this number, one fsync per file (7 ms each) is faster than a sync of the file system

# Held while a file is written. A thread must take it before it ends the process.
WRITE_LOCK = threading.Lock()
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def make_private_folder(path: Path) -> Path:
    """Makes the folder and missing parent folders, with access for the owner only (0700), and returns its path.

    An existing folder keeps its mode, because it may be shared on purpose. Raises CannotStart if it cannot be made.
    """
    try:
        with private_umask():
            path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise CannotStart(
            f"cannot make the folder {path}: {reason}",
            "check its permissions, or set CRAMPLOG_HOME to another folder",
        ) from error
    return path


@contextmanager
def private_umask() -> Iterator[None]:
    """Within this context, only the owner has access to new files and folders (0600, 0700)."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Writes a file that only its owner can read, atomically: after a kill, `path` is the old file or the new file.

    With `durable` the file is on the disk when this returns; otherwise call `sync_files`, which is faster for many files. A
    missing folder is made. Raises OSError if the file cannot be written; then the old file is unchanged.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with WRITE_LOCK:
        try:
            with _new_file(partial) as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            partial.replace(path)
        except BaseException:  # a full disk, or Ctrl-C
            partial.unlink(missing_ok=True)
            raise
    if durable:
        sync_path(path.parent)


def sync_path(path: Path) -> None:
    """Waits until the content of the file, or the list of names of the folder, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_files(paths: Sequence[Path]) -> None:
    """Waits until these files and their names are on the disk. Ignores files that do not exist.

    Many files must be on one file system, which is synced as a whole: 150 recordings take 50 ms instead of a second.
    """
    existing = [path for path in paths if path.exists()]
    if len(existing) > FEW_FILES:
        _sync_file_system(existing[0])
        return
    for path in (*existing, *sorted({path.parent for path in existing})):
        sync_path(path)


@contextmanager
def write_lock(folder: Path, wait_s: float) -> Iterator[None]:
    """Within this context, the process holds the lock of the folder. It is released when the process ends for any reason.

    Raises TryAgain if another process still holds the lock after `wait_s` seconds.
    """
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


def _sync_file_system(path: Path) -> None:
    """Syncs the file system of `path`, or all file systems if the C library has no syncfs."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "syncfs"):
        os.sync()
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        failed = library.syncfs(descriptor)
    finally:
        os.close(descriptor)
    if failed:
        os.sync()


def _new_file(path: Path) -> BinaryIO:
    """Opens an empty file that only its owner can read; makes its folder if it is missing."""
    try:
        return os.fdopen(os.open(path, _NEW, PRIVATE_FILE), "wb")
    except FileNotFoundError:
        make_private_folder(path.parent)
        return os.fdopen(os.open(path, _NEW, PRIVATE_FILE), "wb")
