"""What became of a run file, in the words that ingest says. Called by ingest and by the reading of originals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.actions.read_files import ReadFile

INCOMPLETE = ("damaged", "cut_archive")  # notes that say some of the file is lost


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. outcome: new, known, reread, newer_copy, duplicate, partial or failed."""

    path: str
    sha256: str
    outcome: str
    runs: tuple[str, ...]
    records: int
    notes: tuple[str, ...]
    reason: str | None


def judged(file: ReadFile, fresh: bool, again: bool, belongs: bool, linked: Mapping[str, str]) -> FileOutcome:
    """The outcome of a file that was read.

    `fresh`: it brings runs; `again`: it replaces what it said before; `belongs`: none of its runs is another runner's;
    `linked`: {poorer run_id: counted run_id} of the runs that turned out to be the same.
    """
    run_ids = tuple(run.run_id for run in file.runs)
    records = sum(run.records["elapsed_s"].size for run in file.runs)
    notes = tuple(note.detail for run in file.runs for note in run.notes)
    outcome = FileOutcome(str(file.path), file.sha256, "new", run_ids, records, notes, file.refusal)
    if file.refusal is not None:
        return replace(outcome, outcome="failed")
    if not belongs:
        return replace(outcome, outcome="failed", reason="this run was taken for another runner before")
    if again:
        return replace(outcome, outcome="reread")
    if not fresh:  # what was repaired was said when it came first
        return replace(outcome, outcome="known", notes=())
    if any(run_id in linked for run_id in run_ids):
        return replace(outcome, outcome="duplicate")
    if any(run_id in linked.values() for run_id in run_ids):
        return replace(outcome, outcome="newer_copy")
    partial = any(note.kind in INCOMPLETE for run in file.runs for note in run.notes)
    return replace(outcome, outcome="partial") if partial else outcome


def deleted_note(change_no: int | None) -> str:
    """That a run stays deleted, and how it comes back."""
    how = f"; to have it back: cramplog undo {change_no}" if change_no else ""
    return f"you deleted this run, so it stays out{how}"


def lost_note(runs: int) -> str:
    """That some of a file's runs are no longer found in it."""
    said = "1 run of this file was not found in it again: it stays as it was"
    return said if runs == 1 else f"{runs} runs of this file were not found in it again: they stay as they were"
