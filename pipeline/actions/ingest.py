"""`cramplog ingest`: run files into the store. Idempotent by content; one bad file never stops the others.

Files are read without holding the store; each batch of runs is one short visit to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.actions.originals import keep_original, sha256_of
from pipeline.actions.read_files import ReadFile, find_files, read_files
from pipeline.actions.weather import serve_cells
from pipeline.formats.read import PARSER_VERSION
from pipeline.schema import ParsedRun
from pipeline.settings import Settings
from pipeline.store.connection import open_store
from pipeline.store.runners import Runner, find_runner
from pipeline.store.runs import FileRow, NewRun, files_seen, owners_of, store_runs
from pipeline.weather.along import cells_along
from pipeline.weather.clock import local_clock, local_time

INCOMPLETE = ("damaged", "cut_archive")  # notes that say some of the file is lost
BATCH = 50  # runs a commit: one commit a run would double the file


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. outcome: new, known, newer_copy, duplicate, partial or failed."""

    path: str
    sha256: str
    outcome: str
    runs: tuple[str, ...]
    records: int
    notes: tuple[str, ...]
    reason: str | None


def ingest(
    settings: Settings,
    paths: Sequence[Path],
    runner_name: str | None,
    now: datetime,
    said: Callable[[FileOutcome], None] = lambda _: None,
    dry_run: bool = False,
) -> list[FileOutcome]:
    """Take these files and folders for a runner; `said` hears of each file as it is done.

    Raises NotFound for a path or runner that is not there, WrongInput when the runner has to be named, TryAgain when
    the store stays busy. With `dry_run` files are read and judged, and nothing is written.
    """
    found = find_files(paths)
    with open_store(settings, write=False) as con:
        runner = find_runner(con, runner_name)
        seen = files_seen(con)
    known, unread = _known_and_unread(found, seen, runner)
    for outcome in known:
        said(outcome)
    outcomes = list(known)
    for batch in _batches(read_files(unread, now)):
        taken = _judge(settings, batch, runner) if dry_run else _take(settings, batch, runner, now)
        for outcome in taken:
            said(outcome)
        outcomes += taken
    return outcomes


def _known_and_unread(
    paths: Sequence[Path], seen: dict[str, FileRow], runner: Runner
) -> tuple[list[FileOutcome], list[Path]]:
    """Files whose bytes the ledger has seen with this parser, and the others."""
    known, unread = [], []
    for path in paths:
        row = seen.get(_hash_of(path))
        if row is None or row.parser_version != PARSER_VERSION:
            unread.append(path)
        elif row.outcome == "failed":
            known.append(FileOutcome(str(path), row.file_sha256, "failed", (), 0, (), row.reason))
        elif row.runner_id != runner.runner_id:
            reason = "this file was taken for another runner before"
            known.append(FileOutcome(str(path), row.file_sha256, "failed", (), 0, (), reason))
        else:
            known.append(FileOutcome(str(path), row.file_sha256, "known", (), row.records, (), None))
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


def _judge(settings: Settings, batch: Sequence[ReadFile], runner: Runner) -> list[FileOutcome]:
    """What would become of these files; nothing is written."""
    with open_store(settings, write=False) as con:
        owners = owners_of(con, [run.run_id for file in batch for run in file.runs])
    return [_outcome(file, _fresh(file, owners), owners, runner, {}) for file in batch]


def _take(settings: Settings, batch: Sequence[ReadFile], runner: Runner, now: datetime) -> list[FileOutcome]:
    """Keep these files and their runs: originals first, then one visit to the store."""
    for file in batch:
        if file.runs:
            keep_original(settings, file.content, file.sha256)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        owners = owners_of(con, [run.run_id for file in batch for run in file.runs])
        shared = list(zip(batch, _shared_out(batch, owners), strict=True))
        new_runs = [_new_run(run, file, runner) for file, fresh in shared for run in fresh]
        rows: dict[str, FileRow] = {}
        for file, fresh in shared:
            rows.setdefault(file.sha256, _file_row(file, _outcome(file, fresh, owners, runner, {}), runner))
        seen = files_seen(con)
        known = {sha256 for sha256, row in rows.items() if sha256 in seen and row.outcome in ("known", "failed")}
        linked = store_runs(con, new_runs, [row for sha256, row in rows.items() if sha256 and sha256 not in known], now)
        serve_cells(con)
    return [_outcome(file, fresh, owners, runner, linked) for file, fresh in shared]


def _shared_out(batch: Sequence[ReadFile], owners: dict[str, str]) -> list[tuple[ParsedRun, ...]]:
    """For each file the runs it is the first to bring: the same run, or file, may come twice in a batch."""
    taken: set[str] = set()
    shares = []
    for file in batch:
        shares.append(tuple(run for run in _fresh(file, owners) if run.run_id not in taken))
        taken |= {run.run_id for run in shares[-1]}
    return shares


def _fresh(file: ReadFile, owners: dict[str, str]) -> tuple[ParsedRun, ...]:
    """The runs of a file that the store does not have yet."""
    return tuple({run.run_id: run for run in file.runs if run.run_id not in owners}.values())


def _outcome(
    file: ReadFile, fresh: Sequence[ParsedRun], owners: dict[str, str], runner: Runner, linked: dict[str, str]
) -> FileOutcome:
    run_ids = tuple(run.run_id for run in file.runs)
    records = sum(run.records["elapsed_s"].size for run in file.runs)
    notes = tuple(note.detail for run in file.runs for note in run.notes)
    outcome = FileOutcome(str(file.path), file.sha256, "new", run_ids, records, notes, file.refusal)
    if file.refusal is not None:
        return replace(outcome, outcome="failed")
    if any(owners.get(run_id, runner.runner_id) != runner.runner_id for run_id in run_ids):
        return replace(outcome, outcome="failed", reason="this run was taken for another runner before")
    if not fresh:
        return replace(outcome, outcome="known")
    if any(run_id in linked for run_id in run_ids):
        return replace(outcome, outcome="duplicate")
    if any(run_id in linked.values() for run_id in run_ids):
        return replace(outcome, outcome="newer_copy")
    partial = any(note.kind in INCOMPLETE for run in file.runs for note in run.notes)
    return replace(outcome, outcome="partial") if partial else outcome


def _file_row(file: ReadFile, outcome: FileOutcome, runner: Runner) -> FileRow:
    return FileRow(
        file_sha256=file.sha256,
        runner_id=runner.runner_id,
        name=file.path.name,
        size_bytes=len(file.content),
        outcome=outcome.outcome,
        reason=outcome.reason,
        records=outcome.records,
        parser_version=PARSER_VERSION,
    )


def _new_run(run: ParsedRun, file: ReadFile, runner: Runner) -> NewRun:
    """A parsed run with its local clock and its weather cells."""
    latitude, longitude = run.records["latitude"], run.records["longitude"]
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    start: dict[str, Any] = {"latitude": None, "longitude": None}
    if placed.size:
        start = {"latitude": float(latitude[placed[0]]), "longitude": float(longitude[placed[0]])}
    clock = local_clock(run.start_at, **start, file_offset_s=run.utc_offset_s, home_tz=runner.home_tz)
    cell, segment_cells = cells_along(run.records["moving_s"], latitude, longitude)
    outdoors = not run.indoor and not run.clock_wrong
    return NewRun(
        parsed=run,
        runner_id=runner.runner_id,
        file_sha256=file.sha256,
        parser_version=PARSER_VERSION,
        part_of=file.runs[0].run_id if run is not file.runs[0] else None,
        start_local=local_time(run.start_at, clock),
        tz=clock.tz,
        tz_rule=clock.rule,
        utc_offset_s=clock.utc_offset_s,
        cell=cell if outdoors else None,
        segment_cells=segment_cells if outdoors else (None,) * len(segment_cells),
    )
