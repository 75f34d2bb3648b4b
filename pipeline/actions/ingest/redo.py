"""A file read again: its sessions known by the runs they became, with what the runner said of them. Called by ingest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.actions.reading.read_file import ReadFile
from pipeline.formats.cleaning.timing import clock_is_wrong
from pipeline.schema import ParsedRun
from pipeline.store.runs.redo import StoredRun


def as_known(file: ReadFile, known: Sequence[StoredRun], now: datetime) -> ReadFile:
    """The file with each session that the ledger has under its id there, the runner's words in it.

    A session is known by its fingerprint, else (the parser reads other records) by its number in the file.
    """
    left = {run.run_id: run for run in known}
    matched = {run.run_id: left.pop(run.run_id) for run in file.runs if run.run_id in left}
    by_number = {run.session_no: run for run in left.values()}
    runs = []
    for run in file.runs:
        was = matched.get(run.run_id) or by_number.pop(run.session_no, None)
        runs.append(_with_words(run, was, now) if was else run)
    return replace(file, runs=tuple(runs))


def sessions_lost(file: ReadFile, known: Sequence[StoredRun]) -> int:
    """How many runs of the ledger are no longer found in their file."""
    return len({run.run_id for run in known} - {run.run_id for run in file.runs})


def _with_words(run: ParsedRun, was: StoredRun, now: datetime) -> ParsedRun:
    # An unknown sport may have been told by another copy of the run.
    told = was.sport_said or (was.sport if run.sport == "unknown" else run.sport)
    start_at = run.start_at + timedelta(seconds=was.shift_s)
    # A file is judged as on the day it came: a watch a year ahead is not right a year later.
    seen_at = now if was.shift_s else was.ingested_at.replace(tzinfo=UTC)
    return replace(
        run,
        run_id=was.run_id,
        sport=told,
        indoor=run.indoor if was.indoor_said is None else was.indoor_said,
        start_at=start_at,
        clock_wrong=clock_is_wrong(start_at, seen_at),
    )
