"""One batch of files that were read, into the store: what is new, what replaces, what is known. Called by ingest.

A batch is one short visit. Runs that are read again go first, each under the id it has (`redo`); then, in one transaction of
the ledger, new runs, the files they came from and what exports say of them. A kill before that leaves the batch untaken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import duckdb

from pipeline.actions.ingest.new_run import new_run
from pipeline.actions.ingest.outcome import FileOutcome, deleted_note, judged, lost_note
from pipeline.actions.ingest.redo import as_known, sessions_lost
from pipeline.actions.reading.originals import name_of, sync_copies
from pipeline.actions.reading.read_file import ReadFile
from pipeline.actions.weather.cells import near_cells
from pipeline.formats.read import PARSER_VERSION
from pipeline.schema import FileWords, ParsedRun
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
class Taking:
    """For whom files are taken, and how. With `dry_run` nothing is written, with `redo` known files are read again.

    `seen` and `deleted` are what the ledger says of files that need not be read again. `zone_of` knows the zones of places.
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
class Share:
    """What one file of a batch brings: runs the store does not have, and runs to be replaced under their ids.

    `told`: runs that another file brought before, of which an export says something with this one. `belongs` is False
    when a run is another runner's: then it brings nothing.
    """

    file: ReadFile
    belongs: bool
    fresh: tuple[ParsedRun, ...] = ()
    again: tuple[ParsedRun, ...] = ()
    told: tuple[StoredRun, ...] = ()
    lost: int = 0


def judge_batch(batch: Sequence[ReadFile], taking: Taking) -> list[FileOutcome]:
    """What would become of these files; nothing is written."""
    with open_store(taking.settings, write=False) as con:
        return _outcomes(con, _shared_out(con, batch, taking), {})


def take_batch(batch: Sequence[ReadFile], taking: Taking) -> list[FileOutcome]:
    """Store the files and their runs; their bytes were kept when they were read and are on the disk from here on."""
    sync_copies(taking.settings, (file.sha256 for file in batch))
    with open_store(taking.settings, write=True, with_records=True, with_tracks=True) as con:
        return take_into(con, batch, taking)


def take_into(con: duckdb.DuckDBPyConnection, batch: Sequence[ReadFile], taking: Taking) -> list[FileOutcome]:
    """The same, for whoever is in the store already, with records and tracks, to write."""
    shares = _shared_out(con, batch, taking)
    redo_runs(con, [_new(run, share, taking) for share in shares for run in share.again])
    fresh = [_new(run, share, taking) for share in shares for run in share.fresh]
    files = _file_rows(con, shares, taking.runner)
    linked = store_runs(con, fresh, files, taking.now, _beside(con, shares, fresh))
    return _outcomes(con, shares, linked)


def _new(run: ParsedRun, share: Share, taking: Taking) -> NewRun:
    return new_run(run, share.file, taking.runner, taking.settings.home_tz, taking.zone_of)


def _shared_out(con: duckdb.DuckDBPyConnection, batch: Sequence[ReadFile], taking: Taking) -> list[Share]:
    """For each file the runs it is the first to bring, as the same run, or file, may come twice in a batch."""
    known = stored_runs(con, [file.sha256 for file in batch], [run.run_id for file in batch for run in file.runs])
    words = export_details_of(con, list({run.file_sha256 for run in known}))
    there = {run.run_id: run for run in known}
    taken: set[str] = set()
    shares = []
    for file in batch:
        was = [run for run in known if run.file_sha256 == file.sha256]
        named = as_known(file, was, taking.now)
        left = {run.run_id: run for run in named.runs if run.run_id not in taken}
        share = _share(named, left, there, words, taking)
        shares.append(replace(share, lost=sessions_lost(named, was)) if share.again else share)
        taken |= {run.run_id for run in (*share.fresh, *share.again)}
    return shares


def _share(
    file: ReadFile,
    left: Mapping[str, ParsedRun],
    there: Mapping[str, StoredRun],
    words: Mapping[str, FileWords],
    taking: Taking,
) -> Share:
    if any(there[run.run_id].runner_id != taking.runner.runner_id for run in file.runs if run.run_id in there):
        return Share(file, belongs=False)
    said = file.source.words
    known = [there[run_id] for run_id in left if run_id in there]
    news = {run.run_id for run in known if said is not None and said != words.get(run.file_sha256)}
    own = {run.run_id: run for run in known if run.file_sha256 == file.sha256}
    old = {run_id for run_id, run in own.items() if taking.redo or run.parser_version != PARSER_VERSION}
    return Share(
        file,
        belongs=True,
        fresh=tuple(run for run_id, run in left.items() if run_id not in there),
        again=tuple(run for run_id, run in left.items() if run_id in old | (news & own.keys())),
        told=tuple(run for run in known if run.run_id in news - own.keys()),
    )


def _beside(con: duckdb.DuckDBPyConnection, shares: Sequence[Share], fresh: Sequence[NewRun]) -> IngestDetails:
    """What goes into the ledger with the runs: words, for each content they are about, and who answers for their cells."""
    words, told = dict[str, FileWords](), dict[str, FileWords]()
    for share in shares:
        if share.belongs and share.file.runs and share.file.source.words is not None:
            contents = {share.file.sha256, *(run.file_sha256 for run in share.told)}
            words |= dict.fromkeys(contents, share.file.source.words)
            told |= dict.fromkeys((run.run_id for run in share.told), share.file.source.words)
    cells = {cell for run in fresh for cell in (run.prepared.cell, *run.prepared.segment_cells) if cell is not None}
    return IngestDetails(words, told, near_cells(con, cells))


def _outcomes(con: duckdb.DuckDBPyConnection, shares: Sequence[Share], linked: Mapping[str, str]) -> list[FileOutcome]:
    """What became of each file, and which of its runs stay deleted."""
    deleted = deletions_of(con, [run.run_id for share in shares for run in share.file.runs])
    return [_outcome(share, deleted, linked) for share in shares]


def _outcome(share: Share, deleted: Mapping[str, int | None], linked: Mapping[str, str]) -> FileOutcome:
    outcome = judged(share.file, bool(share.fresh), bool(share.again), share.belongs, linked)
    more = [lost_note(share.lost)] if share.lost else []
    more += [deleted_note(deleted[run.run_id]) for run in share.file.runs if run.run_id in deleted]
    return replace(outcome, notes=(*outcome.notes, *more))


def _file_rows(con: duckdb.DuckDBPyConnection, shares: Sequence[Share], runner: Runner) -> list[FileRow]:
    """What to remember of these files. One that was read once and cannot be now stays as it was."""
    seen = files_of(con, [share.file.sha256 for share in shares])
    rows: dict[str, FileRow] = {}
    for share in shares:
        file, outcome = share.file, _outcome(share, {}, {})
        was = seen.get(file.sha256)
        if not file.sha256 or file.sha256 in rows or (was and outcome.outcome == "failed" != was.outcome):
            continue
        rows[file.sha256] = _file_row(outcome, file, was, runner)
    return list(rows.values())


def _file_row(outcome: FileOutcome, file: ReadFile, was: FileRow | None, runner: Runner) -> FileRow:
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
    if was is None:
        return row
    word = was.outcome if outcome.outcome in ("known", "reread") and was.outcome != "failed" else row.outcome
    return replace(row, name=was.name, outcome=word, first_seen_at=was.first_seen_at)
