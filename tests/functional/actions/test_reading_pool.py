"""Files read by several processes: as one would read them, whatever happens to the processes."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.actions.ingest.ingest import pool_for, read_files
from pipeline.actions.reading.pool import CHUNK, reading_pool
from pipeline.actions.reading.read_file import ReadFile, Reading, read_file
from pipeline.formats.sources.find import Source, find_sources
from pipeline.settings import Settings
from tests.support.cli import recordings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Deadly(Source):
    """A file at which the process that reads it ends, as at a bug of a library or for want of memory."""

    def read(self) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""


class Slow(Source):
    """A file that takes long, as GPX does; says beside it when it was begun."""

    def read(self) -> bytes:
        self.path.write_text(str(time.monotonic()))
        time.sleep(0.25)
        return b"no recording"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, ...]:
    """More than one chunk of recordings, and one that is none."""
    folder = recordings(tmp_path_factory.mktemp("watch") / "files", 60, minutes=5)
    (folder / "030.fit").write_bytes(b"no recording")
    return find_sources([folder]).sources


def summary(file: ReadFile) -> tuple[object, ...]:
    records = [{name: column.tolist() for name, column in run.records.items()} for run in file.runs]
    return file.source.shown, file.sha256, file.refusal, repr(records)


def test_a_pool_reads_what_one_process_reads_in_the_same_order(sources: tuple[Source, ...], tmp_path: Path) -> None:
    reading = Reading(Settings(tmp_path), NOW, keep=False)
    with pool_for(sources) as pool:
        assert pool is not None
        pooled = [summary(file) for file in read_files(sources, reading, pool)]
    assert pooled == [summary(read_file(source, reading)) for source in sources]
    assert [file[0] for file in pooled] == [source.shown for source in sources]


def test_a_file_that_ends_its_process_is_named_and_costs_no_other(sources: tuple[Source, ...], tmp_path: Path) -> None:
    deadly = Deadly(Path("deadly.fit"), (), "deadly.fit")
    some = (*sources[:8], deadly, *sources[8:25], deadly, *sources[25:30])
    with reading_pool() as pool:
        files = list(pool.read(some, Reading(Settings(tmp_path), NOW, keep=False)))
    assert [file.source.shown for file in files] == [source.shown for source in some]
    ended = [file for file in files if file.refusal is not None]
    assert [file.source for file in ended] == [deadly, deadly]
    assert "the reader crashed on this file" in str(ended[0].refusal)


@pytest.mark.slow
@pytest.mark.skipif(os.cpu_count() == 1, reason="one process reads one file after the other")
def test_what_is_left_of_a_slow_chunk_does_not_wait_for_the_chunk_before(tmp_path: Path) -> None:
    slow = [Slow(tmp_path / f"{number:02}", (), f"{number:02}") for number in range(CHUNK + 9)]
    with reading_pool() as pool:
        files = list(pool.read(slow, Reading(Settings(tmp_path / "home"), NOW, keep=False)))
    assert [file.source.shown for file in files] == [source.shown for source in slow]
    begun_s = [float(source.path.read_text()) for source in slow]
    assert begun_s[-1] < begun_s[CHUNK - 1]  # both chunks are sent back once before their last file


def test_a_file_that_takes_too_long_is_named(tmp_path: Path) -> None:
    points = [
        f'<trkpt lat="48.2" lon="16.4"><time>2026-06-14T0{s // 3600}:{s // 60 % 60:02}:{s % 60:02}Z</time></trkpt>'
        for s in range(20000)
    ]
    for name, some in (("short.gpx", points[:20]), ("long.gpx", points)):
        track = f'<gpx version="1.1" creator="x"><trk><trkseg>{"".join(some)}</trkseg></trk></gpx>'
        (tmp_path / name).write_text(track)
    short = Source(tmp_path / "short.gpx", (), "short.gpx")
    assert read_file(short, Reading(Settings(tmp_path), NOW, keep=False)).runs  # what reads GPX is loaded now
    source = Source(tmp_path / "long.gpx", (), "long.gpx")
    file = read_file(source, Reading(Settings(tmp_path), NOW, keep=False, longest_s=0.01))
    assert (file.runs, file.refusal) == ((), "reading takes too long; no real recording needs so much computing time")
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0.0


def test_nothing_of_a_pool_stays_in_memory(sources: tuple[Source, ...], tmp_path: Path) -> None:
    with reading_pool() as pool:
        folder = pool.folder
        files = pool.read(sources, Reading(Settings(tmp_path), NOW, keep=False))
        first = next(files)
        files.close()
    assert not folder.exists()
    assert np.isfinite(first.runs[0].records["elapsed_s"]).all()
