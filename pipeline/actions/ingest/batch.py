"""Stores one batch of files that were read: new runs, replaced runs, and files that are already stored. Called by ingest.

The store is open for a short time per batch. Runs that are read again go first, each under its stored id (`redo`). Then one
transaction of the ledger writes new runs, their files and the titles and notes from exports. After a kill before that, the
batch is not stored and is imported again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline.actions.ingest.new_run import new_run
from pipeline.actions.ingest.outcome import FileOutcome, deleted_note, lost_note, outcome_of_file
from pipeline.actions.ingest.redo import count_lost_sessions, match_sessions
from pipeline.actions.reading.originals import name_of, sync_copies
from pipeline.actions.reading.read_file import ReadFile
from pipeline.actions.weather.cells import near_cells
from pipeline.formats.read import PARSER_VERSION
from pipeline.schema import ExportDetails, ParsedRun
from pipeline.settings import Settings
from pipeline.store.answers.corrections import deletions_of
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from pipeline.store.runs.export_details import export_details_of
from pipeline.store.runs.redo import StoredRun, redo_runs, stored_runs
from pipeline.store.runs.rows import NewRun
from pipeline.store.runs.runs import FileRow, IngestDetails, files_of, store_runs
from pipeline.weather.zones import ZoneOf, zone_of_place


@dataclass(frozen=True, slots=True)
class ImportJob:
    """For which runner files are imported, and how. With `dry_run` nothing is written, with `redo` stored files are read again.

    `seen` (by SHA-256) and `deleted` are the ledger's rows of files that need not be read again. `zone_of` returns the time
    zone of a place.
    """

    settings: Settings
    runner: Runner
    now: datetime
    dry_run: bool = False
    redo: bool = False
    seen: Mapping[str, FileRow] = field(default_factory=dict)
    deleted: Mapping[str, int | None] = field(default_factory=dict)
    zone_of: ZoneOf = zone_of_place


@dataclass(frozen=True, slots=True)
class FileContribution:
    """What one file of a batch contributes: runs that are new to the store, and runs that replace stored ones.

    `detailed` are stored runs of other files, to which an export adds its title and notes together with this file.
    `belongs` is False when a run belongs to another runner; then the file contributes nothing. `lost` counts stored runs
    that are no longer found in the file.
    """

    file: ReadFile
    belongs: bool
    fresh: tuple[ParsedRun, ...] = ()
    replacing: tuple[ParsedRun, ...] = ()
    detailed: tuple[StoredRun, ...] = ()
    lost: int = 0


def preview_batch(batch: Sequence[ReadFile], job: ImportJob) -> list[FileOutcome]:
    """The outcomes these files would have; writes nothing."""
    with open_store(job.settings, write=False) as con:
        return _outcomes(con, _contributions(con, batch, job), {})


def store_batch(batch: Sequence[ReadFile], job: ImportJob) -> list[FileOutcome]:
    """Store the files and their runs. The copies made when the files were read are synced to disk first."""
    sync_copies(job.settings, (file.sha256 for file in batch))
    with open_store(job.settings, write=True, with_records=True, with_tracks=True) as con:
        return store_into(con, batch, job)


def store_into(con: duckdb.DuckDBPyConnection, batch: Sequence[ReadFile], job: ImportJob) -> list[FileOutcome]:
    """Store the files and their runs over a connection that is open for writing, with records and tracks."""
    contributions = _contributions(con, batch, job)
    redo_runs(con, [_new_run(run, item, job) for item in contributions for run in item.replacing])
    fresh = [_new_run(run, item, job) for item in contributions for run in item.fresh]
    files = _file_rows(con, contributions, job.runner)
    linked = store_runs(con, fresh, files, job.now, _ingest_details(con, contributions, fresh))
    return _outcomes(con, contributions, linked)


def _new_run(run: ParsedRun, contribution: FileContribution, job: ImportJob) -> NewRun:
    return new_run(run, contribution.file, job.runner, job.settings.home_tz, job.zone_of)


def _contributions(con: duckdb.DuckDBPyConnection, batch: Sequence[ReadFile], job: ImportJob) -> list[FileContribution]:
    """The contribution of each file. A run or file that occurs twice in the batch counts for the first."""
    stored = stored_runs(con, [file.sha256 for file in batch], [run.run_id for file in batch for run in file.runs])
    details = export_details_of(con, list({run.file_sha256 for run in stored}))
    by_id = {run.run_id: run for run in stored}
    assigned: set[str] = set()
    contributions = []
    for file in batch:
        before = [run for run in stored if run.file_sha256 == file.sha256]
        matched = match_sessions(file, before, job.now)
        left = {run.run_id: run for run in matched.runs if run.run_id not in assigned}
        contribution = _contribution(matched, left, by_id, details, job)
        if contribution.replacing:
            contribution = replace(contribution, lost=count_lost_sessions(matched, before))
        contributions.append(contribution)
        assigned |= {run.run_id for run in (*contribution.fresh, *contribution.replacing)}
    return contributions


def _contribution(
    file: ReadFile,
    left: Mapping[str, ParsedRun],
    stored_by_id: Mapping[str, StoredRun],
    details_by_sha256: Mapping[str, ExportDetails],
    job: ImportJob,
) -> FileContribution:
    in_store = [stored_by_id[run.run_id] for run in file.runs if run.run_id in stored_by_id]
    if any(run.runner_id != job.runner.runner_id for run in in_store):
        return FileContribution(file, belongs=False)
    details = file.source.details
    stored = [stored_by_id[run_id] for run_id in left if run_id in stored_by_id]
    changed = {
        run.run_id for run in stored if details is not None and details != details_by_sha256.get(run.file_sha256)
    }
    same_file = {run.run_id: run for run in stored if run.file_sha256 == file.sha256}
    outdated = {run_id for run_id, run in same_file.items() if job.redo or run.parser_version != PARSER_VERSION}
    return FileContribution(
        file,
        belongs=True,
        fresh=tuple(run for run_id, run in left.items() if run_id not in stored_by_id),
        replacing=tuple(run for run_id, run in left.items() if run_id in outdated | (changed & same_file.keys())),
        detailed=tuple(run for run in stored if run.run_id in changed - same_file.keys()),
    )


def _ingest_details(
    con: duckdb.DuckDBPyConnection, contributions: Sequence[FileContribution], fresh: Sequence[NewRun]
) -> IngestDetails:
    """What the ledger gets with the runs: export details per content and per run, and the weather places near their cells."""
    by_sha256, by_run_id = dict[str, ExportDetails](), dict[str, ExportDetails]()
    for item in contributions:
        if item.belongs and item.file.runs and item.file.source.details is not None:
            contents = {item.file.sha256, *(run.file_sha256 for run in item.detailed)}
            by_sha256 |= dict.fromkeys(contents, item.file.source.details)
            by_run_id |= dict.fromkeys((run.run_id for run in item.detailed), item.file.source.details)
    cells = {cell for run in fresh for cell in (run.prepared.cell, *run.prepared.segment_cells) if cell is not None}
    return IngestDetails(by_sha256, by_run_id, near_cells(con, cells))


def _outcomes(
    con: duckdb.DuckDBPyConnection, contributions: Sequence[FileContribution], linked: Mapping[str, str]
) -> list[FileOutcome]:
    """The outcome of each file, with a note for each of its runs that stays deleted."""
    deleted = deletions_of(con, [run.run_id for item in contributions for run in item.file.runs])
    return [_outcome(item, deleted, linked) for item in contributions]


def _outcome(
    contribution: FileContribution, deleted: Mapping[str, int | None], linked: Mapping[str, str]
) -> FileOutcome:
    file = contribution.file
    outcome = outcome_of_file(
        file, bool(contribution.fresh), bool(contribution.replacing), contribution.belongs, linked
    )
    more = [lost_note(contribution.lost)] if contribution.lost else []
    more += [deleted_note(deleted[run.run_id]) for run in file.runs if run.run_id in deleted]
    return replace(outcome, notes=(*outcome.notes, *more))


def _file_rows(
    con: duckdb.DuckDBPyConnection, contributions: Sequence[FileContribution], runner: Runner
) -> list[FileRow]:
    """The ledger's rows of these files. A file that was read before and cannot be read now keeps its row."""
    seen = files_of(con, [item.file.sha256 for item in contributions])
    rows: dict[str, FileRow] = {}
    for item in contributions:
        file, outcome = item.file, _outcome(item, {}, {})
        before = seen.get(file.sha256)
        if not file.sha256 or file.sha256 in rows or (before and outcome.outcome == "failed" != before.outcome):
            continue
        rows[file.sha256] = _file_row(outcome, file, before, runner)
    return list(rows.values())


def _file_row(outcome: FileOutcome, file: ReadFile, before: FileRow | None, runner: Runner) -> FileRow:
    row = FileRow(
        file_sha256=file.sha256,
        runner_id=runner.runner_id,
        name=name_of(Path(file.source.shown)),
        size_bytes=file.size_bytes,
        outcome=outcome.outcome,
        reason=outcome.reason,
        records=outcome.records,
        parser_version=PARSER_VERSION,
    )
    if before is None:
        return row
    keeps_outcome = outcome.outcome in ("known", "reread") and before.outcome != "failed"
    stored_as = before.outcome if keeps_outcome else row.outcome
    return replace(row, name=before.name, outcome=stored_as, first_seen_at=before.first_seen_at)
