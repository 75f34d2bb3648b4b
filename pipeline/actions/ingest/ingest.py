"""`cramplog ingest`: imports run files into the store. Files are recognised by their content; a bad file stops no other.

Files are read while the store is closed, many files by a pool of processes; then each batch opens the store for a short time
(`batch`). A file that is read again, on demand or by a newer parser, replaces the runs it gave before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.actions.ingest.batch import ImportJob, preview_batch, store_batch, store_into
from pipeline.actions.ingest.outcome import FileOutcome, refused_outcome, stored_outcome
from pipeline.actions.reading.cached_zones import cached_zones
from pipeline.actions.reading.originals import StoredContents, sync_copies
from pipeline.actions.reading.read_file import ReadFile, Reading, keep_copy, parse_file, read_file
from pipeline.formats.read import PARSER_VERSION
from pipeline.formats.sources.find import FoundFiles, Source, find_sources
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

__all__ = ["BATCH", "FileOutcome", "ImportJob", "ingest", "ingest_found", "pool_for", "read_files", "store_files"]

BATCH = 200  # files per commit: opening the store costs as much as 20 runs
BATCH_RECORDS = 540_000  # a limit of memory
BATCH_S = 5.0  # a limit of the work that is lost by a kill
POOL_FROM = 20  # fewer files than this are read before a pool has started


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    runner_name: str | None,
    now: datetime,
    report_outcome: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
    redo: bool = False,
) -> list[FileOutcome]:
    """Import these files, folders and archives for a runner. Calls `report_outcome` for each file when it is done.

    With `dry_run` files are read and nothing is written; with `redo` files that are already stored are read again. Raises
    NotFound for a path or runner that does not exist, WrongInput when the runner must be named, TryAgain when the store
    stays busy.
    """
    return ingest_found(settings, find_sources(paths), runner_name, now, report_outcome, dry_run, redo)


def ingest_found(
    settings: Settings,
    found: FoundFiles,
    runner_name: str | None,
    now: datetime,
    report_outcome: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
    redo: bool = False,
) -> list[FileOutcome]:
    """Import files as `ingest` does, for callers that have already listed them."""
    with cached_zones(settings) as zone_of:
        options = _Options(settings, runner_name, now, dry_run, redo, zone_of)
        outcomes = _ingest_single(found, options)
        for outcome in outcomes:
            report_outcome(outcome)
        outcomes = outcomes or _ingest_many(found, options, report_outcome)
    close_archives()  # a watch runs for days
    return outcomes


@dataclass(frozen=True, slots=True)
class _Options:
    """The arguments of `ingest`, and the function that returns the time zone of a place."""

    settings: Settings
    runner_name: str | None
    now: datetime
    dry_run: bool
    redo: bool
    zone_of: ZoneOf


def _ingest_single(found: FoundFiles, options: _Options) -> list[FileOutcome]:
    """Import a single new file, opening the store once instead of twice. Returns [] and does nothing in any other case.

    A runner who has just come home waits for this. The file is read before the store is opened. A content that has a copy
    takes the usual way: opening the store to write takes longer while somebody reads, and a stored file needs no write.
    """
    if (
        options.dry_run
        or options.redo
        or found.refused
        or len(found.sources) != 1
        or found.sources[0].details is not None
    ):
        return []
    settings, now = options.settings, options.now
    file = parse_file(found.sources[0], Reading(settings, now, keep=False, stored=StoredContents(settings)))
    if file.is_stored:
        return []
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        job = ImportJob(settings, find_runner(con, options.runner_name), now, zone_of=options.zone_of)
        if files_of(con, [file.sha256]):
            return []
        keep_copy(file, settings, now)
        sync_copies(settings, [file.sha256])
        return store_into(con, [file], job)


def _ingest_many(
    found: FoundFiles, options: _Options, report_outcome: Callable[[FileOutcome], None]
) -> list[FileOutcome]:
    """Import files of any kind and number: look up in the store what is stored, then open it once per batch."""
    settings, now = options.settings, options.now
    with pool_for(found.sources) as pool:
        with open_store(settings, write=False) as con:
            runner, seen, deleted = find_runner(con, options.runner_name), files_seen(con), deletions_of_files(con)
            job = ImportJob(settings, runner, now, options.dry_run, options.redo, seen, deleted, options.zone_of)
            reading = Reading(settings, now, not options.dry_run, _unchanged_contents(job), all_export_details(con))
        refused = [refused_outcome(source) for source in found.refused]
        for outcome in refused:
            report_outcome(outcome)
        return refused + store_files(read_files(found.sources, reading, pool), job, report_outcome)


def store_files(
    files: Iterable[ReadFile], job: ImportJob, report_outcome: Callable[[FileOutcome], None]
) -> list[FileOutcome]:
    """Put files that were read into the store, batch by batch; a batch of stored contents only does not open it."""
    do_batch = preview_batch if job.dry_run else store_batch
    outcomes: list[FileOutcome] = []
    for batch in _batches(files):
        parsed = [file for file in batch if not file.is_stored]
        done = iter(do_batch(parsed, job) if parsed else ())
        for file in batch:
            outcomes.append(_stored_outcome(file, job) if file.is_stored else next(done))
            report_outcome(outcomes[-1])
        del batch, parsed, file  # free their rows before those of the next batch arrive
    return outcomes


def _unchanged_contents(job: ImportJob) -> frozenset[str]:
    """The contents (SHA-256) that need not be read again."""
    current = [row for row in job.seen.values() if row.parser_version == PARSER_VERSION]
    runner_id = job.runner.runner_id
    return frozenset(row.file_sha256 for row in current if not (job.redo and row.runner_id == runner_id))


def _stored_outcome(file: ReadFile, job: ImportJob) -> FileOutcome:
    return stored_outcome(file, job.seen[file.sha256], job.runner.runner_id, job.deleted)


@contextmanager
def pool_for(sources: Sequence[Source]) -> Iterator[Pool | None]:
    """Start a pool of reading processes if there are enough files; else None."""
    if len(sources) < POOL_FROM:
        yield None
        return
    from pipeline.actions.reading.pool import reading_pool  # a few files do not need it

    with reading_pool() as pool:
        yield pool


def read_files(sources: Sequence[Source], reading: Reading, pool: Pool | None) -> Iterator[ReadFile]:
    """Read the files, in order."""
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
