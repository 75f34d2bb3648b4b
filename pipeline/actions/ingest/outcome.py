"""What became of a run file, in the words that ingest says. Called by ingest and by the reading of originals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.actions.reading.read_file import ReadFile
from pipeline.formats.sources.find import Refused
from pipeline.store.runs.runs import FileRow
from pipeline.units import short_id

INCOMPLETE = ("damaged", "cut_archive")  # notes that say some of the file is lost
OTHER_RUNNER = "was taken for another runner before"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. outcome: new, known, reread, newer_copy, duplicate, partial or failed.

    `path` is how it is named to people, `file` what lies on disk: an archive for all that is in it. `of` is the run (its
    short id) that a duplicate or a newer copy is a recording of.
    """

    path: str
    sha256: str
    outcome: str
    runs: tuple[str, ...]
    records: int
    notes: tuple[str, ...]
    reason: str | None
    of: str | None = None
    file: Path = Path()


def judged(file: ReadFile, fresh: bool, again: bool, belongs: bool, linked: Mapping[str, str]) -> FileOutcome:
    """The outcome of a file that was read.

    `fresh`: it brings runs; `again`: it replaces what it said before; `belongs`: none of its runs is another runner's;
    `linked`: {poorer run_id: counted run_id} of the runs that turned out to be the same.
    """
    run_ids = tuple(run.run_id for run in file.runs)
    records = sum(run.records["elapsed_s"].size for run in file.runs)
    notes = tuple(note.detail for run in file.runs for note in run.notes)
    outcome = replace(_named(file), runs=run_ids, records=records, notes=notes)
    if file.refusal is not None:
        return replace(outcome, outcome="failed", reason=file.refusal)
    if not belongs:
        return replace(outcome, outcome="failed", reason=f"this run {OTHER_RUNNER}")
    if again:
        return replace(outcome, outcome="reread")
    if not fresh:  # what was repaired was said when it came first
        return replace(outcome, outcome="known", notes=())
    if poorer := [run_id for run_id in run_ids if run_id in linked]:
        return replace(outcome, outcome="duplicate", of=short_id(_counted(poorer[0], linked)))
    if richer := [run_id for run_id in run_ids if run_id in linked.values()]:
        return replace(outcome, outcome="newer_copy", of=short_id(_poorer_than(richer[0], linked)))
    partial = any(note.kind in INCOMPLETE for run in file.runs for note in run.notes)
    return replace(outcome, outcome="partial") if partial else outcome


def known_outcome(file: ReadFile, row: FileRow, runner_id: str, deleted: Mapping[str, int | None]) -> FileOutcome:
    """The outcome of a file whose content the ledger has; `deleted`: the files of deleted runs."""
    outcome = replace(_named(file), outcome="failed")
    if row.outcome == "failed":
        return replace(outcome, reason=row.reason)
    if row.runner_id != runner_id:
        return replace(outcome, reason=f"this file {OTHER_RUNNER}")
    notes = (deleted_note(deleted[file.sha256]),) if file.sha256 in deleted else ()
    return replace(outcome, outcome="known", records=row.records, notes=notes)


def refused_outcome(refused: Refused) -> FileOutcome:
    """The outcome of an archive, or of a member of one, that could not be looked into."""
    return FileOutcome(refused.shown, "", "failed", (), 0, (), refused.reason, file=refused.path)


def _named(file: ReadFile) -> FileOutcome:
    return FileOutcome(file.source.shown, file.sha256, "new", (), 0, (), None, file=file.source.path)


def _counted(run_id: str, linked: Mapping[str, str]) -> str:
    """The run that counts in the end: a copy's copy has been handed on."""
    while run_id in linked:
        run_id = linked[run_id]
    return run_id


def _poorer_than(run_id: str, linked: Mapping[str, str]) -> str:
    return next(poorer for poorer, richer in linked.items() if richer == run_id)


def deleted_note(change_no: int | None) -> str:
    """That a run stays deleted, and how it comes back."""
    how = f"; to have it back: cramplog undo {change_no}" if change_no else ""
    return f"you deleted this run, so it stays out{how}"


def lost_note(runs: int) -> str:
    """That some of a file's runs are no longer found in it."""
    said = "1 run of this file was not found in it again: it stays as it was"
    return said if runs == 1 else f"{runs} runs of this file were not found in it again: they stay as they were"
