"""In each of the processes of `pool`: chunks of files into parcels, until the parent ends.

Loads numpy but no database.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pipeline.actions.reading.prepare import for_store
from pipeline.actions.reading.read_file import ReadFile, Reading, read_file
from pipeline.actions.reading.shared_memory import Parcel, packed
from pipeline.files import WRITE_LOCK
from pipeline.formats.sources.find import Source

CHUNK_BYTES = 24 << 20  # of arrays, and seconds, after which a chunk is sent back as far as it is read
CHUNK_S = 2.0
BEHIND = 12  # steps of niceness


@dataclass(frozen=True, slots=True)
class Part:
    """The first files of what was to be read, as many as time and memory allowed."""

    n_files: int
    parcel: Parcel


def serve_parent() -> None:
    """Let the parent go first, which has the store to itself; end when it does, also killed."""
    os.nice(BEHIND)
    threading.Thread(target=_wait_for_its_end, daemon=True).start()


def _wait_for_its_end() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    with WRITE_LOCK:
        os._exit(1)


def read_chunk(chunk: Sequence[Source], told: Path) -> Part:
    """The first files of the chunk, as many as time and memory allow."""
    reading = _reading(told)
    begun_s, files, size = time.monotonic(), list[ReadFile](), 0
    for source in chunk:
        file = read_file(source, reading)
        files.append(file)
        size += _bytes_in(file)
        if size > CHUNK_BYTES or time.monotonic() - begun_s > CHUNK_S:
            break
    return Part(len(files), packed([_for_store(file) for file in files], told.parent))


def _for_store(file: ReadFile) -> ReadFile:
    return replace(file, runs=tuple(for_store(run) for run in file.runs))


@lru_cache(1)
def _reading(told: Path) -> Reading:
    reading: Reading = pickle.loads(told.read_bytes())  # noqa: S301  from our own parent
    return reading


def _bytes_in(file: ReadFile) -> int:
    rows = [rows for run in file.runs for rows in (run.records, run.prepared.field_rows if run.prepared else {})]
    return sum(column.nbytes for one in rows for column in one.values())
