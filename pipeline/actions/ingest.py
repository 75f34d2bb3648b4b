"""`cramplog ingest`: run files into the store. Idempotent by content; one bad file never stops the others.

Files are read without holding the store; each batch of runs is one short visit to it. A file that is read again, on
demand or because the parser is another, replaces what it said before (`pipeline.actions.redo`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

import duckdb

from pipeline.actions.file_outcome import FileOutcome, deleted_note, judged, lost_note
from pipeline.actions.new_run import new_run
from pipeline.actions.originals import keep_original, name_of, sha256_of
from pipeline.actions.read_files import ReadFile, find_files, read_files
from pipeline.actions.redo import as_known, sessions_lost
from pipeline.actions.weather import serve_cells
from pipeline.formats.read import PARSER_VERSION
from pipeline.schema import ParsedRun
from pipeline.settings import Settings
from pipeline.store.connection import open_store
from pipeline.store.redo import known_runs, redo_runs
from pipeline.store.run_words import deletions_of, deletions_of_files
from pipeline.store.runners import Runner, find_runner
from pipeline.store.runs import FileRow, files_seen, owners_of, store_runs

__all__ = ["BATCH", "FileOutcome", "ingest", "take_files"]

BATCH = 50  # runs a commit: one commit a run would double the file


@dataclass(frozen=True, slots=True)
class _Share:
    """What one file of a batch brings: runs the store does not have, and runs to be replaced under their ids."""

    file: ReadFile
    fresh: tuple[ParsedRun, ...]
    again: tuple[ParsedRun, ...]
    lost: int


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    runner_name: str | None,
    now: datetime,
    said: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
    redo: bool = False,
) -> list[FileOutcome]:
    """Take these files and folders for a runner; `said` hears of each file as it is done.

    Raises NotFound for a path or runner that is not there, WrongInput when the runner has to be named, TryAgain when
    the store stays busy. With `dry_run` files are read and judged, and nothing is written; with `redo` known ones are
    read again.
    """
    found = find_files(paths)
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        known, unread = _known_and_unread(found, files_seen(con), runner, redo, deletions_of_files(con))
    for outcome in known:
        said(outcome)
    return known + take_files(settings, read_files(unread, now), runner, now, said, dry_run, redo)


def take_files(
    settings: Settings,
    files: Iterable[ReadFile],
    runner: Runner,
    now: datetime,
    said: Callable[[FileOutcome], None],
    dry_run: bool,
    redo: bool,
) -> list[FileOutcome]:
    """Files that were read into the store, batch by batch."""
    outcomes: list[FileOutcome] = []
    for batch in _batches(files):
        taken = _judge(settings, batch, runner, now, redo) if dry_run else _take(settings, batch, runner, now, redo)
        for outcome in taken:
            said(outcome)
        outcomes += taken
    return outcomes


def _known_and_unread(
    paths: Sequence[Path], seen: dict[str, FileRow], runner: Runner, redo: bool, deleted: Mapping[str, int | None]
) -> tuple[list[FileOutcome], list[Path]]:
    """Files whose bytes the ledger has seen with this parser, and the others."""
    known, unread = [], []
    for path in paths:
        row = seen.get(_hash_of(path))
        if row is None or row.parser_version != PARSER_VERSION or (redo and row.runner_id == runner.runner_id):
            unread.append(path)
        elif row.outcome == "failed":
            known.append(FileOutcome(str(path), row.file_sha256, "failed", (), 0, (), row.reason))
        elif row.runner_id != runner.runner_id:
            reason = "this file was taken for another runner before"
            known.append(FileOutcome(str(path), row.file_sha256, "failed", (), 0, (), reason))
        else:
            notes = (deleted_note(deleted[row.file_sha256]),) if row.file_sha256 in deleted else ()
            known.append(FileOutcome(str(path), row.file_sha256, "known", (), row.records, notes, None))
    return known, unread


def _hash_of(path: Path) -> str:
    try:
        return sha256_of(path.read_bytes())
    except OSError:
        return ""  # reading it again will say why


def _batches(files: Iterable[ReadFile]) -> Iterable[list[ReadFile]]:
    source = iter(files)
    while batch := list(islice(source, BATCH)):
        yield batch


def _judge(
    settings: Settings, batch: Sequence[ReadFile], runner: Runner, now: datetime, redo: bool
) -> list[FileOutcome]:
    """What would become of these files; nothing is written."""
    with open_store(settings, write=False) as con:
        shares, owners = _shared_out(con, batch, now, redo)
        return [_outcome(con, share, owners, runner, {}) for share in shares]


def _take(
    settings: Settings, batch: Sequence[ReadFile], runner: Runner, now: datetime, redo: bool
) -> list[FileOutcome]:
    """Keep these files and their runs: originals first, then one visit to the store."""
    for file in batch:
        if file.runs:
            keep_original(settings, file.content, file.sha256)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        shares, owners = _shared_out(con, batch, now, redo)
        redo_runs(con, [new_run(run, share.file, runner, settings.home_tz) for share in shares for run in share.again])
        fresh = [new_run(run, share.file, runner, settings.home_tz) for share in shares for run in share.fresh]
        judged_so_far = [(share.file, _outcome(con, share, owners, runner, {})) for share in shares]
        linked = store_runs(con, fresh, _file_rows(judged_so_far, files_seen(con), runner), now)
        serve_cells(con)
        return [_outcome(con, share, owners, runner, linked) for share in shares]


def _shared_out(
    con: duckdb.DuckDBPyConnection, batch: Sequence[ReadFile], now: datetime, redo: bool
) -> tuple[list[_Share], dict[str, str]]:
    """For each file the runs it is the first to bring, as the same run, or file, may come twice in a batch; and whose
    the runs are that the store has.
    """
    known = known_runs(con, [file.sha256 for file in batch])
    named = [as_known(file, known.get(file.sha256, []), now) for file in batch]
    owners = owners_of(con, [run.run_id for file in named for run in file.runs])
    taken: set[str] = set()
    shares = []
    for file in named:
        was = known.get(file.sha256, [])
        old = {run.run_id for run in was if redo or run.parser_version != PARSER_VERSION}
        runs = {run.run_id: run for run in file.runs if run.run_id not in taken}.values()
        fresh = tuple(run for run in runs if run.run_id not in owners)
        again = tuple(run for run in runs if run.run_id in old)
        shares.append(_Share(file, fresh, again, sessions_lost(file, was) if again else 0))
        taken |= {run.run_id for run in (*fresh, *again)}
    return shares, owners


def _outcome(
    con: duckdb.DuckDBPyConnection, share: _Share, owners: dict[str, str], runner: Runner, linked: dict[str, str]
) -> FileOutcome:
    """What became of one file, and which of its runs stay deleted."""
    run_ids = [run.run_id for run in share.file.runs]
    belongs = all(owners.get(run_id, runner.runner_id) == runner.runner_id for run_id in run_ids)
    outcome = judged(share.file, bool(share.fresh), bool(share.again), belongs, linked)
    more = [lost_note(share.lost)] if share.lost else []
    more += [deleted_note(number) for number in deletions_of(con, run_ids).values()]
    return replace(outcome, notes=(*outcome.notes, *more))


def _file_rows(
    files: Sequence[tuple[ReadFile, FileOutcome]], seen: Mapping[str, FileRow], runner: Runner
) -> list[FileRow]:
    """What to remember of these files. One that was read once and cannot be now stays as it was."""
    rows: dict[str, FileRow] = {}
    for file, outcome in files:
        was = seen.get(file.sha256)
        if not file.sha256 or file.sha256 in rows or (was and outcome.outcome == "failed" != was.outcome):
            continue
        row = FileRow(
            file_sha256=file.sha256,
            runner_id=runner.runner_id,
            name=name_of(file.path),
            size_bytes=len(file.content),
            outcome=outcome.outcome,
            reason=outcome.reason,
            records=outcome.records,
            parser_version=PARSER_VERSION,
        )
        if was:
            word = was.outcome if outcome.outcome in ("known", "reread") and was.outcome != "failed" else row.outcome
            row = replace(row, name=was.name, outcome=word, first_seen_at=was.first_seen_at)
        rows[file.sha256] = row
    return list(rows.values())
