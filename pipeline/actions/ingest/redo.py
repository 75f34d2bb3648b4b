"""Matches the sessions of a file that is read again to their stored runs, and applies the runner's corrections. For ingest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.actions.reading.read_file import ReadFile
from pipeline.formats.cleaning.timing import clock_is_wrong
from pipeline.schema import ParsedRun
from pipeline.store.runs.redo import StoredRun


def match_sessions(file: ReadFile, stored: Sequence[StoredRun], now: datetime) -> ReadFile:
    """The file, with each session that is already stored under its stored id and with the runner's corrections.

    A session matches by its fingerprint, else (the parser reads other records now) by its number in the file.
    """
    left = {run.run_id: run for run in stored}
    matched = {run.run_id: left.pop(run.run_id) for run in file.runs if run.run_id in left}
    by_number = {run.session_no: run for run in left.values()}
    runs = []
    for run in file.runs:
        before = matched.get(run.run_id) or by_number.pop(run.session_no, None)
        runs.append(_with_corrections(run, before, now) if before else run)
    return replace(file, runs=tuple(runs))


def count_lost_sessions(file: ReadFile, stored: Sequence[StoredRun]) -> int:
    """How many stored runs are no longer found in their file."""
    return len({run.run_id for run in stored} - {run.run_id for run in file.runs})


def _with_corrections(run: ParsedRun, stored: StoredRun, now: datetime) -> ParsedRun:
    # The stored sport of an unknown one may come from a duplicate of the run.
    sport = stored.sport_said or (stored.sport if run.sport == "unknown" else run.sport)
    start_at = run.start_at + timedelta(seconds=stored.shift_s)
    # The clock is checked against the day of the import: a watch that ran a year ahead is still wrong a year later.
    seen_at = now if stored.shift_s else stored.ingested_at.replace(tzinfo=UTC)
    return replace(
        run,
        run_id=stored.run_id,
        sport=sport,
        indoor=run.indoor if stored.indoor_said is None else stored.indoor_said,
        start_at=start_at,
        clock_wrong=clock_is_wrong(start_at, seen_at),
    )
