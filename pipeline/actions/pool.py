"""Files read by several processes at once. Called by ingest and by the reading of originals again.

The processes are started before the store is opened and load numpy but no database; they get chunks of files and send back
parcels. A crash of one costs the file that caused it and no other; killed with their parent, none stays.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pipeline.actions.originals import UNDIVIDED
from pipeline.actions.parcel import Parcel, packed, parcel_folder, unpacked
from pipeline.actions.prepare import in_one_stack
from pipeline.actions.read_files import ReadFile, Reading, read_file, refused
from pipeline.actions.reading_server import interrupts_left_to_parent, reading_server
from pipeline.formats.sources import Source

CHUNK = 25  # files; a task a file would cost more in telling than in reading
CHUNK_BYTES = 24 << 20  # of arrays, and seconds, after which a chunk is sent back as far as it is read
CHUNK_S = 2.0
AHEAD = 7  # chunks read beside those at work: a batch's worth, while the one before it goes into the store
BEHIND = 5  # steps of niceness
MOST_PROCESSES = 8  # more than the store can take from


class Pool:
    """Processes that read files; `folder` is where their parcels lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = min(os.cpu_count() or 1, MOST_PROCESSES)
        self._executor = _started(self.size)

    def read(self, sources: Sequence[Source], reading: Reading) -> Iterator[ReadFile]:
        """Each file read, in order. No more chunks are under way than keep the processes busy meanwhile; once only."""
        told = self._tell(reading)
        waiting = _chunks(sources)
        under_way = deque((chunk, self._submit(chunk, told)) for chunk in islice(waiting, self.size + AHEAD))
        while under_way:
            chunk, future = under_way.popleft()
            try:
                files = unpacked(future.result())
            except BrokenProcessPool:
                yield from self._one_by_one(chunk, told)
                files = []
            else:
                if left := chunk[len(files) :]:
                    under_way.appendleft((left, self._submit(left, told)))
                yield from files
            for chunk in islice(waiting, self.size + AHEAD - len(under_way)):
                under_way.append((chunk, self._submit(chunk, told)))
        self._executor.shutdown(wait=False)  # they end while the last batch goes into the store

    def close(self) -> None:
        """End the processes; what they have begun they end first."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _tell(self, reading: Reading) -> Path:
        """What all files have in common, once for each process."""
        told = self.folder / "reading"
        told.write_bytes(pickle.dumps(reading))
        return told

    def _submit(self, chunk: Sequence[Source], told: Path) -> Future[Parcel]:
        try:
            return _submitted(self._executor, chunk, told)
        except BrokenProcessPool:
            self._executor = _started(self.size)
            return _submitted(self._executor, chunk, told)

    def _one_by_one(self, chunk: Sequence[Source], told: Path) -> Iterator[ReadFile]:
        """Files of which one may have ended its process, each alone in one, so that it is known which."""
        executor = _started(1)
        for source in chunk:
            try:
                yield from unpacked(_submitted(executor, [source], told).result())
            except BrokenProcessPool:
                yield refused(
                    source, "reading it ended the process that read it: it needs too much memory, or is a bug"
                )
                executor = _started(1)
        executor.shutdown()


@contextmanager
def reading_pool() -> Iterator[Pool]:
    """Processes on their way up, while the caller does something else."""
    with parcel_folder() as folder:
        pool = Pool(folder)
        try:
            yield pool
        finally:
            pool.close()


def _chunks(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    return (sources[first : first + CHUNK] for first in range(0, len(sources), CHUNK))


def _started(processes: int) -> ProcessPoolExecutor:
    executor = ProcessPoolExecutor(processes, mp_context=reading_server(), initializer=_serve_parent)
    with interrupts_left_to_parent():
        for _ in range(processes):  # each starts a process
            executor.submit(os.getpid)
    return executor


def _submitted(executor: ProcessPoolExecutor, chunk: Sequence[Source], told: Path) -> Future[Parcel]:
    with interrupts_left_to_parent():
        return executor.submit(_read_chunk, chunk, told)


def _serve_parent() -> None:
    """In a process of the pool: let the parent go first, which has the store to itself; end when it does, also killed."""
    gc.freeze()  # what is loaded stays: it need not be looked through for garbage
    gc.set_threshold(50_000)  # and what is read goes at the end of its chunk
    os.nice(BEHIND)
    threading.Thread(target=_wait_for_its_end, daemon=True).start()


def _wait_for_its_end() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    with UNDIVIDED:
        os._exit(1)


def _read_chunk(chunk: Sequence[Source], told: Path) -> Parcel:
    """In a process of the pool: the first files of the chunk, as many as time and memory allow."""
    reading = _reading(told)
    begun_s, files, size = time.monotonic(), list[ReadFile](), 0
    for source in chunk:
        file = read_file(source, reading)
        files.append(file)
        size += _bytes_in(file)
        if size > CHUNK_BYTES or time.monotonic() - begun_s > CHUNK_S:
            break
    return packed(_in_one_stack(files), told.parent)


def _in_one_stack(files: Sequence[ReadFile]) -> list[ReadFile]:
    """The same files, the rows of all their runs in few arrays."""
    together = iter(in_one_stack([run for file in files for run in file.runs]))
    return [replace(file, runs=tuple(next(together) for _ in file.runs)) for file in files]


@lru_cache(1)
def _reading(told: Path) -> Reading:
    reading: Reading = pickle.loads(told.read_bytes())  # noqa: S301  from our own parent
    return reading


def _bytes_in(file: ReadFile) -> int:
    rows = [rows for run in file.runs for rows in (run.records, run.prepared.field_rows if run.prepared else {})]
    return sum(column.nbytes for one in rows for column in one.values())
