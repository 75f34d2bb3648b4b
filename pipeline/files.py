"""Files on disk: private to their owner, replaced whole or not at all, durable when asked; and a lock between processes.

DuckDB writes its own files; what replaces a whole database (`pipeline.store.db.swap`) uses the pieces here.
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
FEW_FILES = 8  # up to here one fsync per file (7 ms each) is quicker than a sync of the file system

# Held while a file is being written: a thread that ends this process takes it first.
WRITE_LOCK = threading.Lock()
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def make_private_folder(path: Path) -> Path:
    """Make the folder and the missing ones above it, each open to its owner only (0700), and return it.

    A folder that exists keeps its mode: it may be shared on purpose. Raises CannotStart when it cannot be made.
    """
    try:
        with private_umask():
            path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise CannotStart(
            f"cannot make the folder {path}: {reason}",
            "check its rights, or set CRAMPLOG_HOME to another folder",
        ) from error
    return path


@contextmanager
def private_umask() -> Iterator[None]:
    """Inside, every new file and folder is open to its owner only (0600, 0700)."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Put a file with this content at `path`, readable by its owner only; a kill leaves the old file or the new one.

    With `durable` it is on the disk when this returns; without, `sync_files` does that for many at once. The folder is
    made when missing. Raises OSError when it cannot be written; then the old file is unchanged.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with WRITE_LOCK:
        try:
            with _new_file(half) as file:
                file.write(content)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            half.replace(path)
        except BaseException:  # a full disk, or Ctrl-C
            half.unlink(missing_ok=True)
            raise
    if durable:
        sync_path(path.parent)


def sync_path(path: Path) -> None:
    """Return when the file's content, or the folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_files(paths: Sequence[Path]) -> None:
    """Return when these files and their names are on the disk. Files that do not exist are passed over.

    Many files of one file system are synced in one go: 150 recordings take 50 ms instead of a second.
    """
    existing = [path for path in paths if path.exists()]
    if len(existing) > FEW_FILES:
        _sync_file_system(existing[0])
        return
    for path in (*existing, *sorted({path.parent for path in existing})):
        sync_path(path)


@contextmanager
def one_writer(folder: Path, wait_s: float) -> Iterator[None]:
    """Inside, this process holds the folder's lock; it is freed however the process ends.

    Raises TryAgain when another process still holds it after `wait_s` seconds.
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
    """Sync the file system that holds `path`; where the C library cannot, all of them."""
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
    """An empty file that only its owner can open; its folder is made when missing, which is seldom."""
    try:
        return os.fdopen(os.open(path, _NEW, PRIVATE_FILE), "wb")
    except FileNotFoundError:
        make_private_folder(path.parent)
        return os.fdopen(os.open(path, _NEW, PRIVATE_FILE), "wb")
