"""Files into parsed runs, several at once and without holding the store. Called by the ingest action.

A bad file is a result with its reason, never an exception: one of them must not stop the others.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.actions.originals import sha256_of
from pipeline.errors import FileRefused, NotFound
from pipeline.formats.read import read_runs
from pipeline.schema import ParsedRun
from pipeline.store.interrupt import interrupts_wait

POOL_FROM = 12  # fewer files than this are read sooner than a pool has started


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file, read: its runs, or the reason why it holds none."""

    path: Path
    sha256: str
    content: bytes
    runs: tuple[ParsedRun, ...]
    refusal: str | None


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files meant: each path itself, folders with all they hold (hidden names left out), in order of name.

    Raises NotFound for a path that is not there.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (one for one in path.rglob("*") if one.is_file())
            found += sorted(
                one for one in inside if not any(part.startswith(".") for part in one.relative_to(path).parts)
            )
        elif path.is_file():
            found.append(path)
        else:
            raise NotFound(f"there is no file or folder '{path}'", "check the name; nothing was changed")
    return list(dict.fromkeys(found))


def read_files(paths: Sequence[Path], now: datetime) -> Iterator[ReadFile]:
    """Each file read, in order; in a pool of processes when there are many."""
    if len(paths) < POOL_FROM:
        yield from (_read_file(path, now) for path in paths)
        return
    # spawn: a forked child would inherit the parent's database threads in an unknown state.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(os.cpu_count(), mp_context=context)
    try:
        with _interrupts_left_to_parent():
            results = pool.map(_read_file, paths, [now] * len(paths), chunksize=4)
        yield from results
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_left_to_parent() -> Iterator[None]:
    """Processes started inside inherit a blocked Ctrl-C: it is this process's to answer, from their first moment on.

    It answers at the end: another thread may take the signal, and a process told only half of what to do complains.
    """
    with interrupts_wait():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _read_file(path: Path, now: datetime) -> ReadFile:
    try:
        content = path.read_bytes()
    except OSError as error:
        return ReadFile(path, "", b"", (), f"it cannot be read: {error.strerror}")
    sha256 = sha256_of(content)
    try:
        return ReadFile(path, sha256, content, tuple(read_runs(content, now)), None)
    except FileRefused as refused:
        return ReadFile(path, sha256, content, (), str(refused.message))
