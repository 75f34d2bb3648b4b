"""What became of files, line by line and summed up. Called by `ingest` and `weather`.

Whatever needs a look has its line: failed, partial, duplicates, what stays deleted. Of new ones only the first have.
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

LISTED = 50  # new files with a line of their own; nobody reads more
_WORDS = {"newer_copy": "newer copy", "reread": "read again"}
_GOOD = ("new", "reread")  # nothing to look at


class FileLines:
    """Says each file's outcome on stdout as it comes, and moves the progress on."""

    def __init__(self, total: int, silent: bool) -> None:
        self.progress = Progress(total, "files")
        self.silent = silent
        self.good = 0
        self.progress.begin()

    def said(self, outcome: FileOutcome) -> None:
        """One file is done."""
        if not self.silent and self._is_listed(outcome):
            self.progress.clear()
            click.echo("\n".join(lines_of(outcome)))
        self.progress.step()

    def end(self) -> None:
        """All files are done."""
        self.progress.clear()
        if self.good > LISTED and not self.silent:
            click.echo(f"{'...':<10}  {self.good - LISTED:,} more that went well")

    def _is_listed(self, outcome: FileOutcome) -> bool:
        if outcome.outcome in _GOOD:
            self.good += 1
            return self.good <= LISTED
        return outcome.outcome != "known" or bool(outcome.notes)


def lines_of(outcome: FileOutcome) -> list[str]:
    """'new         morning.fit: 721 records', and a line for each note."""
    begun = f"{word_of(outcome.outcome):<10}  {outcome.path}: "
    if outcome.outcome == "failed":
        return [begun + str(outcome.reason)]
    legs = f" in {len(outcome.runs)} sessions" if len(outcome.runs) > 1 else ""
    notes = [f"{'':<10}    {note}" for note in dict.fromkeys(outcome.notes)]
    return [begun + plural(outcome.records, "record") + legs + _twin(outcome), *notes]


def file_fields(outcome: FileOutcome) -> dict[str, Any]:
    """An outcome for JSON; `file` is what lies on disk, the archive for all that is in it."""
    return {**asdict(outcome), "file": str(outcome.file)}


def word_of(outcome: str) -> str:
    """An outcome as it is said."""
    return _WORDS.get(outcome, outcome)


def summary(outcomes: Iterable[FileOutcome | WeatherOutcome]) -> str:
    """'1,000 files: 960 new, 20 duplicate, 20 failed'."""
    counts = Counter(word_of(outcome.outcome) for outcome in outcomes)
    parts = ", ".join(f"{number:,} {word}" for word, number in counts.most_common())
    return f"{plural(counts.total(), 'file')}: {parts}" if parts else "no file there"


def _twin(outcome: FileOutcome) -> str:
    """Which other recording of the same run there is."""
    if outcome.of is None:
        return ""
    return f", in place of {outcome.of}" if outcome.outcome == "newer_copy" else f", the same run as {outcome.of}"
