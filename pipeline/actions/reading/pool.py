"""Files read by several processes at once. Called by ingest and by the reading of originals again.

The processes are started before the store is opened and load numpy but no database; they get chunks of files and send back
parcels. A crash of one costs the file that caused it and no other; killed with their parent, none stays.
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
from pipeline.actions.reading.shared_memory import Parcel, parcel_folder, unpacked
from pipeline.actions.reading.worker import Part, read_chunk, serve_parent
from pipeline.formats.sources.find import Source

CHUNK = 25  # files; a task a file would cost more in telling than in reading
AHEAD = 7  # chunks read beside those at work: a batch's worth, while the one before it goes into the store
WAITING_BYTES = 120 << 20  # of arrays that wait: of more than that only the chunk whose turn it is is read on
MOST_PROCESSES = 8  # more than the store can take from


@dataclass(slots=True)
class _Chunk:
    """Files that are read by one process at a time: which are left, and what was read and is not yet asked for.

    `lost` is why what is left cannot be read together: its process ended, or no copy of a file could be kept.
    """

    left: Sequence[Source]
    reading: Future[Part] | None = None
    read: deque[Parcel] = field(default_factory=deque)
    lost: BaseException | None = None

    def take(self) -> None:
        """What was read meanwhile."""
        if self.reading is None or not self.reading.done():
            return
        self.lost = self.reading.exception()
        if self.lost is None:
            part = self.reading.result()
            self.left = self.left[part.n_files :]
            self.read.append(part.parcel)
        self.reading = None


class Pool:
    """Processes that read files; `folder` is where their parcels lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.size = min(os.cpu_count() or 1, MOST_PROCESSES)
        self._executor = _started(self.size)

    def read(self, sources: Sequence[Source], reading: Reading) -> Iterator[ReadFile]:
        """Each file read, in order. No more chunks are under way than keep the processes busy meanwhile; once only.

        Raises OSError, in its turn, when the copy of a file cannot be kept.
        """
        told = self._tell(reading)
        waiting = map(_Chunk, _chunks(sources))
        under_way: deque[_Chunk] = deque()
        while True:
            under_way.extend(islice(waiting, self.size + AHEAD - len(under_way)))
            if not under_way:
                break
            self._go_on(under_way, told)
            first = under_way[0]
            while first.read:
                yield from unpacked(first.read.popleft())
            if isinstance(first.lost, BrokenProcessPool):
                yield from self._one_by_one(first.left, told)
            elif first.lost:
                raise first.lost
            if first.lost or not first.left:
                under_way.popleft()
            else:
                wait([chunk.reading for chunk in under_way if chunk.reading], return_when=FIRST_COMPLETED)
        self._executor.shutdown(wait=False)  # they end while the last batch goes into the store

    def _go_on(self, under_way: Sequence[_Chunk], told: Path) -> None:
        """Take what has been read, and have read what is left; of later chunks as long as not too much waits."""
        for chunk in under_way:
            chunk.take()
        room = WAITING_BYTES - sum(parcel.size_bytes for chunk in under_way for parcel in chunk.read)
        for chunk in under_way:
            idle = chunk.left and not chunk.lost and not chunk.reading
            if idle and (room > 0 or chunk is under_way[0]):
                chunk.reading = self._submit(chunk.left, told)

    def close(self) -> None:
        """End the processes; what they have begun they end first."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _tell(self, reading: Reading) -> Path:
        """What all files have in common, once for each process."""
        told = self.folder / "reading"
        told.write_bytes(pickle.dumps(reading))
        return told

    def _submit(self, chunk: Sequence[Source], told: Path) -> Future[Part]:
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
                yield from unpacked(_submitted(executor, [source], told).result().parcel)
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
    executor = ProcessPoolExecutor(processes, mp_context=reading_server(), initializer=serve_parent)
    with interrupts_left_to_parent():
        for _ in range(processes):  # each starts a process
            executor.submit(os.getpid)
    return executor


def _submitted(executor: ProcessPoolExecutor, chunk: Sequence[Source], told: Path) -> Future[Part]:
    with interrupts_left_to_parent():
        return executor.submit(read_chunk, chunk, told)
