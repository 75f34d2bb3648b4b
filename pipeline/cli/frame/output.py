"""Prints results: JSON documents, plain tables, instants, progress. Called by the verbs.

Results go to stdout, progress and warnings to stderr.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from pipeline.units import format_hours

QUIET_STEP_S = 30.0
BAR_COLUMNS = 20
CLEAR_LINE = "\r\033[K"


def print_json(schema: str, **fields: Any) -> None:
    """Print the result of a verb as one JSON document on stdout."""
    click.echo(json_text({"schema": f"cramplog.{schema}/1", **fields}))


def json_text(document: Mapping[str, object]) -> str:
    """The document in one line. Characters that stdout cannot encode, and invalid bytes of file names, become \\uXXXX."""
    text = json.dumps(document, ensure_ascii=False, default=_plain)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(document, default=_plain)
    return text


def next_step(text: str) -> None:
    """Print the last line of a result: what to do next."""
    click.echo(f"Next: {text}")


def print_progress(text: str) -> None:
    """Print progress or a warning on stderr; nothing with --quiet."""
    if not click.get_current_context().meta.get("quiet"):
        click.echo(text, err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """Print a plain table; the columns in `right` are right-aligned. If the terminal is too narrow, a block per row."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for name, cell, width in zip(head, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    columns = shutil.get_terminal_size().columns
    if sys.stdout.isatty() and any(len(line) > columns for line in lines):
        lines = _blocks(head, rows, columns)
    click.echo("\n".join(lines))


def _blocks(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int) -> list[str]:
    """Each row as 'name: value' lines no longer than the terminal, then a blank line; empty cells are left out."""
    lines = []
    for row in rows:
        for name, cell in zip(head, row, strict=True):
            if cell:
                line = f"{name}: {cell}" if name else cell
                lines += textwrap.wrap(line, columns, subsequent_indent="  ", break_on_hyphens=False)
        lines.append("")
    return lines


def plain(text: str, at_most: int) -> str:
    """Text from a file as one line of at most that many characters, without control characters."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= at_most else f"{line[: at_most - 1]}…"


def instant(at: datetime | None) -> str | None:
    """'2026-06-14T05:31:02Z' for the store's instants (UTC without a zone)."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Progress:
    """Progress on stderr: on a terminal a bar with count, rate and time left, otherwise a line every 30 s."""

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.done = total, what, 0
        self.started_s = self.printed_s = time.monotonic()
        self.shown = not click.get_current_context().meta.get("quiet")
        self.live = self.shown and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"  # dumb: cannot clear a line
        self.every_s = 0.0 if self.live else QUIET_STEP_S

    def begin(self) -> None:
        """Show the bar before the first item is done, which can take a moment."""
        if self.live and self.total > 1:
            self._show(f"0 of {self.total:,} {self.what}")

    def step(self, by: int = 1) -> None:
        """Count `by` more items as done."""
        self.done += by
        now_s = time.monotonic()
        if self.shown and now_s - self.printed_s >= self.every_s:
            self.printed_s = now_s
            self._show(progress_line(self.done, self.total, self.what, now_s - self.started_s))

    def clear(self) -> None:
        """Remove the bar so that a line of the result can be printed; the next step shows it again."""
        if self.live:
            click.echo(CLEAR_LINE, err=True, nl=False)

    def _show(self, text: str) -> None:
        if not self.live:
            click.echo(text, err=True)
            return
        columns = shutil.get_terminal_size().columns - 1  # a full line would wrap and could not be cleared
        line = f"{bar(self.done, self.total, columns - len(text))}{text}"
        click.echo(CLEAR_LINE + line[:columns], err=True, nl=False)


def progress_line(done: int, total: int, what: str, elapsed_s: float) -> str:
    """'412 of 1,000 files, 210 files/s, 3 s left' after `elapsed_s` seconds."""
    rate = done / max(elapsed_s, 1e-3)
    left_s = (total - done) / rate
    left = f"{left_s:.0f} s" if left_s < 59.5 else format_hours(left_s)
    return f"{done:,} of {total:,} {what}, {rate:,.{0 if rate >= 9.95 else 1}f} {what}/s, {left} left"


def bar(done: int, total: int, columns: int) -> str:
    """'[#####...............] ', or '' where it does not fit into that many columns."""
    if columns < BAR_COLUMNS + 3 or not total:
        return ""
    full = BAR_COLUMNS * done // total
    return f"[{'#' * full}{'.' * (BAR_COLUMNS - full)}] "
