"""Runs in each worker process of `pool`: reads chunks of files and packs the results, until the parent ends.

Imports numpy but no database.
"""

from __future__ import annotations

import gc
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
from pipeline.actions.reading.shared_memory import Packed, pack
from pipeline.files import WRITE_LOCK
from pipeline.formats.sources.find import Source

CHUNK_BYTES = 24 << 20  # of arrays; after so many bytes or seconds the files read so far are sent back
CHUNK_S = 2.0
NICENESS = 12


@dataclass(frozen=True, slots=True)
class ChunkPart:
    """The result for the first `n_files` of a chunk, as many as time and memory allowed."""

    n_files: int
    files: Packed


def start_worker() -> None:
    """Give the parent process priority, because only it writes the store; end when it ends, also by a kill."""
    gc.freeze()  # the imported modules stay: garbage collection need not visit them (1 % of reading)
    gc.set_threshold(50_000)
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    with WRITE_LOCK:
        os._exit(1)


def read_chunk(chunk: Sequence[Source], reading_path: Path) -> ChunkPart:
    """Read the first files of the chunk, as many as time and memory allow. `reading_path`: the pickled `Reading`."""
    reading = _load_reading(reading_path)
    begun_s, files, size = time.monotonic(), list[ReadFile](), 0
    for source in chunk:
        file = read_file(source, reading)
        files.append(file)
        size += _bytes_in(file)
        if size > CHUNK_BYTES or time.monotonic() - begun_s > CHUNK_S:
            break
    return ChunkPart(len(files), pack([_for_store(file) for file in files], reading_path.parent))


def _for_store(file: ReadFile) -> ReadFile:
    return replace(file, runs=tuple(for_store(run) for run in file.runs))


@lru_cache(1)
def _load_reading(path: Path) -> Reading:
    reading: Reading = pickle.loads(path.read_bytes())  # noqa: S301  written by our own parent
    return reading


def _bytes_in(file: ReadFile) -> int:
    tables = [rows for run in file.runs for rows in (run.records, run.prepared.field_rows if run.prepared else {})]
    return sum(column.nbytes for rows in tables for column in rows.values())
