"""The outcome of importing a run file, with its messages. Called by ingest, also when originals are read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.actions.reading.read_file import ReadFile
from pipeline.formats.sources.find import Refused
from pipeline.store.runs.runs import FileRow
from pipeline.units import short_id

INCOMPLETE = ("damaged", "cut_archive")  # kinds of notes: a part of the file is lost
BELONGS_TO_ANOTHER = "already belongs to another runner"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """The outcome of importing one file. outcome: new, known, reread, newer_copy, duplicate, partial or failed.

    `path` is the name shown to people; `file` is the path on disk, for a member of an archive that of the archive. `of` is
    the run (short id) of which a duplicate or a newer copy is a recording.
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


def outcome_of_file(
    file: ReadFile, fresh: bool, replacing: bool, belongs: bool, linked: Mapping[str, str]
) -> FileOutcome:
    """The outcome of a file that was read.

    `fresh`: it has new runs. `replacing`: its runs replace stored ones. `belongs`: no run belongs to another runner.
    `linked`: {poorer run_id: counted run_id} of runs that are recordings of the same run.
    """
    run_ids = tuple(run.run_id for run in file.runs)
    records = sum(run.records["elapsed_s"].size for run in file.runs)
    notes = tuple(note.detail for run in file.runs for note in run.notes)
    outcome = replace(_new_outcome(file), runs=run_ids, records=records, notes=notes)
    if file.refusal is not None:
        return replace(outcome, outcome="failed", reason=file.refusal)
    if not belongs:
        return replace(outcome, outcome="failed", reason=f"this run {BELONGS_TO_ANOTHER}")
    if replacing:
        return replace(outcome, outcome="reread")
    if not fresh:  # the notes were shown at the first import
        return replace(outcome, outcome="known", notes=())
    if poorer := [run_id for run_id in run_ids if run_id in linked]:
        return replace(outcome, outcome="duplicate", of=short_id(_counted(poorer[0], linked)))
    if richer := [run_id for run_id in run_ids if run_id in linked.values()]:
        return replace(outcome, outcome="newer_copy", of=short_id(_poorer_than(richer[0], linked)))
    partial = any(note.kind in INCOMPLETE for run in file.runs for note in run.notes)
    return replace(outcome, outcome="partial") if partial else outcome


def stored_outcome(file: ReadFile, row: FileRow, runner_id: str, deleted: Mapping[str, int | None]) -> FileOutcome:
    """The outcome of a file that is already stored. `deleted`: the files of deleted runs (SHA-256), with the change to undo."""
    outcome = replace(_new_outcome(file), outcome="failed")
    if row.outcome == "failed":
        return replace(outcome, reason=row.reason)
    if row.runner_id != runner_id:
        return replace(outcome, reason=f"this file {BELONGS_TO_ANOTHER}")
    notes = (deleted_note(deleted[file.sha256]),) if file.sha256 in deleted else ()
    return replace(outcome, outcome="known", records=row.records, notes=notes)


def refused_outcome(refused: Refused) -> FileOutcome:
    """The outcome of an archive, or of a member of one, that cannot be opened."""
    return FileOutcome(refused.shown, "", "failed", (), 0, (), refused.reason, file=refused.path)


def _new_outcome(file: ReadFile) -> FileOutcome:
    return FileOutcome(file.source.shown, file.sha256, "new", (), 0, (), None, file=file.source.path)


def _counted(run_id: str, linked: Mapping[str, str]) -> str:
    """The run that counts: follows the links, because a duplicate may be linked to another duplicate."""
    while run_id in linked:
        run_id = linked[run_id]
    return run_id


def _poorer_than(run_id: str, linked: Mapping[str, str]) -> str:
    return next(poorer for poorer, richer in linked.items() if richer == run_id)


def deleted_note(change_no: int | None) -> str:
    """The note that a run stays deleted, and how to restore it."""
    hint = f"; to restore it: cramplog undo {change_no}" if change_no else ""
    return f"you deleted this run, so it is not imported again{hint}"


def lost_note(runs: int) -> str:
    """The note that stored runs are no longer found in their file."""
    if runs == 1:
        return "1 run is no longer in this file; the stored run was left unchanged"
    return f"{runs} runs are no longer in this file; the stored runs were left unchanged"
