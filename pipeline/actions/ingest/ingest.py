"""`cramplog ingest`: run files into the store. Idempotent by content; one bad file never stops the others.

Files are read without holding the store, many by a pool of processes; each batch of them is one short visit to it
(`batch`). A file that is read again, on demand or because the parser is another, replaces what it said before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.actions.ingest.batch import Taking, judge_batch, take_batch, take_into
from pipeline.actions.ingest.outcome import FileOutcome, known_outcome, refused_outcome
from pipeline.actions.reading.known_zones import known_zones
from pipeline.actions.reading.originals import Kept, sync_copies
from pipeline.actions.reading.read_file import ReadFile, Reading, keep_copy, parse_file, read_file
from pipeline.formats.read import PARSER_VERSION
from pipeline.formats.sources.find import Found, Source, find_sources
from pipeline.formats.sources.opened import close_archives
from pipeline.settings import Settings
from pipeline.store.answers.corrections import deletions_of_files
from pipeline.store.answers.runners import find_runner
from pipeline.store.db.connection import open_store
from pipeline.store.runs.export_details import all_export_details
from pipeline.store.runs.runs import files_of, files_seen
from pipeline.weather.zones import ZoneOf

if TYPE_CHECKING:
    from pipeline.actions.reading.pool import Pool

__all__ = ["BATCH", "FileOutcome", "Taking", "ingest", "ingest_found", "pool_for", "read_each", "take_files"]

BATCH = 200  # files a commit: a visit to the store costs as much as 20 runs
BATCH_RECORDS = 540_000  # and not more memory,
BATCH_S = 5.0  # or work to do again after a kill
POOL_FROM = 20  # fewer files than this are read sooner than a pool has started


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    runner_name: str | None,
    now: datetime,
    said: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
    redo: bool = False,
) -> list[FileOutcome]:
    """Take these files, folders and archives for a runner; `said` hears of each file as it is done.

    Raises NotFound for a path or runner that is not there, WrongInput when the runner has to be named, TryAgain when
    the store stays busy. With `dry_run` files are read and judged, and nothing is written; with `redo` known ones are
    read again.
    """
    return ingest_found(settings, find_sources(paths), runner_name, now, said, dry_run, redo)


def ingest_found(
    settings: Settings,
    found: Found,
    runner_name: str | None,
    now: datetime,
    said: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
    redo: bool = False,
) -> list[FileOutcome]:
    """As `ingest`, for whoever has looked already what is there."""
    with known_zones(settings) as zone_of:
        asked = _Asked(settings, runner_name, now, dry_run, redo, zone_of)
        outcomes = _taken_at_once(found, asked)
        for outcome in outcomes:
            said(outcome)
        outcomes = outcomes or _taken(found, asked, said)
    close_archives()  # a watch goes on for days
    return outcomes


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `ingest` was told, and who knows the zones of places."""

    settings: Settings
    runner_name: str | None
    now: datetime
    dry_run: bool
    redo: bool
    zone_of: ZoneOf


def _taken_at_once(found: Found, asked: _Asked) -> list[FileOutcome]:
    """A single file that never came before, with one visit to the store instead of two; for all others nothing is done.

    Whoever comes home from a run waits for this. The file is read before the store is opened. Of a content with a copy the
    store is asked as always: to write into it takes longer when somebody reads, and what is known needs no writing.
    """
    if asked.dry_run or asked.redo or found.refused or len(found.sources) != 1 or found.sources[0].words is not None:
        return []
    settings, now = asked.settings, asked.now
    file = parse_file(found.sources[0], Reading(settings, now, keep=False, known=Kept(settings)))
    if file.known:
        return []
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        taking = Taking(settings, find_runner(con, asked.runner_name), now, zone_of=asked.zone_of)
        if files_of(con, [file.sha256]):
            return []
        keep_copy(file, settings, now)
        sync_copies(settings, [file.sha256])
        return take_into(con, [file], taking)


def _taken(found: Found, asked: _Asked, said: Callable[[FileOutcome], None]) -> list[FileOutcome]:
    """Files of any kind and number: a look into the store for what is known, then a visit for each batch."""
    settings, now = asked.settings, asked.now
    with pool_for(found.sources) as pool:
        with open_store(settings, write=False) as con:
            runner, seen, deleted = find_runner(con, asked.runner_name), files_seen(con), deletions_of_files(con)
            taking = Taking(settings, runner, now, asked.dry_run, asked.redo, seen, deleted, asked.zone_of)
            reading = Reading(settings, now, not asked.dry_run, _known(taking), all_export_details(con))
        refused = [refused_outcome(one) for one in found.refused]
        for outcome in refused:
            said(outcome)
        return refused + take_files(read_each(found.sources, reading, pool), taking, said)


def take_files(files: Iterable[ReadFile], taking: Taking, said: Callable[[FileOutcome], None]) -> list[FileOutcome]:
    """Files that were read into the store, batch by batch; for those whose content is known nothing is opened."""
    do_batch = judge_batch if taking.dry_run else take_batch
    outcomes: list[FileOutcome] = []
    for batch in _batches(files):
        unknown = [file for file in batch if not file.known]
        done = iter(do_batch(unknown, taking) if unknown else ())
        for file in batch:
            outcomes.append(_known_outcome(file, taking) if file.known else next(done))
            said(outcomes[-1])
        del batch, unknown, file  # their rows, before those of the next batch are there too
    return outcomes


def _known(taking: Taking) -> frozenset[str]:
    """The contents that need not be read again."""
    current = [row for row in taking.seen.values() if row.parser_version == PARSER_VERSION]
    runner_id = taking.runner.runner_id
    return frozenset(row.file_sha256 for row in current if not (taking.redo and row.runner_id == runner_id))


def _known_outcome(file: ReadFile, taking: Taking) -> FileOutcome:
    return known_outcome(file, taking.seen[file.sha256], taking.runner.runner_id, taking.deleted)


@contextmanager
def pool_for(sources: Sequence[Source]) -> Iterator[Pool | None]:
    """Processes on their way up, when there is enough for them to do."""
    if len(sources) < POOL_FROM:
        yield None
        return
    from pipeline.actions.reading.pool import reading_pool  # one file needs none of it

    with reading_pool() as pool:
        yield pool


def read_each(sources: Sequence[Source], reading: Reading, pool: Pool | None) -> Iterator[ReadFile]:
    """Each file read, in order."""
    if pool is not None:
        return pool.read(sources, reading)
    return (read_file(source, reading) for source in sources)


def _batches(files: Iterable[ReadFile]) -> Iterator[list[ReadFile]]:
    batch: list[ReadFile] = []
    begun_s, records = time.monotonic(), 0
    for file in files:
        batch.append(file)
        records += sum(run.records["elapsed_s"].size for run in file.runs)
        if len(batch) >= BATCH or records >= BATCH_RECORDS or time.monotonic() - begun_s > BATCH_S:
            yield batch
            batch, begun_s, records = [], time.monotonic(), 0
    if batch:
        yield batch
