"""The outcomes of imported files, line by line and summed up. Called by `ingest` and `weather`.

Each file that needs attention has a line: failed, partial, duplicate, or deleted before. New files are listed up to a limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.output import Progress
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.ingest.outcome import FileOutcome
    from pipeline.actions.weather.import_files import WeatherOutcome

LISTED = 50  # new files with a line each; nobody reads more
_LABELS = {"newer_copy": "newer copy", "reread": "read again"}
_SUCCEEDED = ("new", "reread")  # needs no attention


class FileLines:
    """Prints the outcome of each file on stdout and updates the progress."""

    def __init__(self, total: int, silent: bool) -> None:
        self.progress = Progress(total, "files")
        self.silent = silent
        self.succeeded = 0
        self.progress.begin()

    def report_outcome(self, outcome: FileOutcome) -> None:
        """Print the outcome of a file that is done."""
        if not self.silent and self._is_listed(outcome):
            self.progress.clear()
            click.echo("\n".join(outcome_lines(outcome)))
        self.progress.step()

    def end(self) -> None:
        """Clear the progress; print how many new files were not listed."""
        self.progress.clear()
        if self.succeeded > LISTED and not self.silent:
            click.echo(f"{'...':<10}  {self.succeeded - LISTED:,} more without problems")

    def _is_listed(self, outcome: FileOutcome) -> bool:
        if outcome.outcome in _SUCCEEDED:
            self.succeeded += 1
            return self.succeeded <= LISTED
        return outcome.outcome != "known" or bool(outcome.notes)


def outcome_lines(outcome: FileOutcome) -> list[str]:
    """'new         morning.fit: 721 records', and a line per note."""
    start = f"{outcome_label(outcome.outcome):<10}  {outcome.path}: "
    if outcome.outcome == "failed":
        return [start + str(outcome.reason)]
    sessions = f" in {len(outcome.runs)} sessions" if len(outcome.runs) > 1 else ""
    notes = [f"{'':<10}    {note}" for note in dict.fromkeys(outcome.notes)]
    return [start + plural(outcome.records, "record") + sessions + _duplicate_of(outcome), *notes]


def file_fields(outcome: FileOutcome) -> dict[str, Any]:
    """An outcome for JSON; `file` is the file on disk, for example the archive that contains `path`."""
    return {**asdict(outcome), "file": str(outcome.file)}


def outcome_label(outcome: str) -> str:
    """An outcome as it is printed."""
    return _LABELS.get(outcome, outcome)


def summary(outcomes: Iterable[FileOutcome | WeatherOutcome]) -> str:
    """'1,000 files: 960 new, 20 duplicate, 20 failed'."""
    counts = Counter(outcome_label(outcome.outcome) for outcome in outcomes)
    parts = ", ".join(f"{number:,} {label}" for label, number in counts.most_common())
    return f"{plural(counts.total(), 'file')}: {parts}" if parts else "no files found"


def _duplicate_of(outcome: FileOutcome) -> str:
    """The other recording of the same run, if there is one."""
    if outcome.of is None:
        return ""
    return f", replaces {outcome.of}" if outcome.outcome == "newer_copy" else f", the same run as {outcome.of}"
