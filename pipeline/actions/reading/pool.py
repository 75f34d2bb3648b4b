"""A pool of worker processes that read files. Called by ingest, also when originals are read again.

The workers start before the store is opened, and import numpy but no database. They get chunks of files and send back packed
results. If a worker crashes, only the file that caused it fails. The workers end with their parent, also when it is killed.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipeline.actions.reading.forkserver import interrupts_left_to_parent, reading_server
from pipeline.actions.reading.read_file import ReadFile, Reading, refused
from pipeline.actions.reading.shared_memory import Packed, shared_folder, unpack
from pipeline.actions.reading.worker import ChunkPart, read_chunk, start_worker
from pipeline.formats.sources.find import Source

CHUNK = 25  # files per task: a task per file would cost more for messages than for reading
AHEAD = 7  # chunks in the queue beyond one per worker: a batch's worth, read while the batch before is being stored
WAITING_BYTES = 120 << 20  # of arrays in results; above this, only the next chunk in order is read
MOST_WORKERS = 8  # more would read faster than the store can write


@dataclass(slots=True)
class _Chunk:
    """Files that one worker reads at a time: `left` are not yet read, `results` are read and not yet unpacked.

    `error` says why the rest cannot be read together: a worker crashed, or the copy of a file could not be written.
    """

    left: Sequence[Source]
    future: Future[ChunkPart] | None = None
    results: deque[Packed] = field(default_factory=deque)
    error: BaseException | None = None

    def collect(self) -> None:
        """Take over the result if the worker has finished."""
        if self.future is None or not self.future.done():
            return
        self.error = self.future.exception()
        if self.error is None:
            part = self.future.result()
            self.left = self.left[part.n_files :]
            self.results.append(part.files)
        self.future = None


class Pool:
    """Worker processes that read files; their packed results are in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = min(os.cpu_count() or 1, MOST_WORKERS)
        self._executor = _start_workers(self.size)

    def read(self, sources: Sequence[Source], reading: Reading) -> Iterator[ReadFile]:
        """Read the files, in order; call it once per pool. Queues only as many chunks as keep the workers busy.

        Raises OSError, in the file's turn, when the copy of a file cannot be written.
        """
        reading_path = self._write_reading(reading)
        waiting = map(_Chunk, _chunks(sources))
        queue: deque[_Chunk] = deque()
        while True:
            queue.extend(islice(waiting, self.size + AHEAD - len(queue)))
            if not queue:
                break
            self._submit_idle(queue, reading_path)
            first = queue[0]
            while first.results:
                yield from unpack(first.results.popleft())
            if isinstance(first.error, BrokenProcessPool):
                yield from self._read_singly(first.left, reading_path)
            elif first.error:
                raise first.error
            if first.error or not first.left:
                queue.popleft()
            else:
                wait([chunk.future for chunk in queue if chunk.future], return_when=FIRST_COMPLETED)
        self._executor.shutdown(wait=False)  # the workers end while the last batch is being stored

    def _submit_idle(self, queue: Sequence[_Chunk], reading_path: Path) -> None:
        """Collect finished results and submit what is left; of later chunks only while there is memory for results."""
        for chunk in queue:
            chunk.collect()
        room = WAITING_BYTES - sum(packed.size_bytes for chunk in queue for packed in chunk.results)
        for chunk in queue:
            idle = chunk.left and not chunk.error and not chunk.future
            if idle and (room > 0 or chunk is queue[0]):
                chunk.future = self._submit(chunk.left, reading_path)

    def close(self) -> None:
        """End the workers after the tasks that they have begun."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _write_reading(self, reading: Reading) -> Path:
        """Write the options that all files share; each worker loads them once. Returns the path."""
        path = self.folder / "reading"
        path.write_bytes(pickle.dumps(reading))
        return path

    def _submit(self, sources: Sequence[Source], reading_path: Path) -> Future[ChunkPart]:
        try:
            return _submit_to(self._executor, sources, reading_path)
        except BrokenProcessPool:
            self._executor = _start_workers(self.size)
            return _submit_to(self._executor, sources, reading_path)

    def _read_singly(self, sources: Sequence[Source], reading_path: Path) -> Iterator[ReadFile]:
        """Read each file in a task of its own, to find the file that crashes its worker."""
        executor = _start_workers(1)
        for source in sources:
            try:
                yield from unpack(_submit_to(executor, [source], reading_path).result().files)
            except BrokenProcessPool:
                yield refused(
                    source, "the reader crashed on this file: it needs too much memory, or this is a bug in cramplog"
                )
                executor = _start_workers(1)
        executor.shutdown()


@contextmanager
def reading_pool() -> Iterator[Pool]:
    """Start a pool; its workers come up while the caller goes on. Closed at the end."""
    with shared_folder() as folder:
        pool = Pool(folder)
        try:
            yield pool
        finally:
            pool.close()


def _chunks(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    return (sources[first : first + CHUNK] for first in range(0, len(sources), CHUNK))


def _start_workers(count: int) -> ProcessPoolExecutor:
    executor = ProcessPoolExecutor(count, mp_context=reading_server(), initializer=start_worker)
    with interrupts_left_to_parent():
        for _ in range(count):  # each submit starts one process
            executor.submit(os.getpid)
    return executor


def _submit_to(executor: ProcessPoolExecutor, sources: Sequence[Source], reading_path: Path) -> Future[ChunkPart]:
    with interrupts_left_to_parent():
        return executor.submit(read_chunk, sources, reading_path)
