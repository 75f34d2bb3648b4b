"""How answers look: JSON documents, plain tables, instants, progress. Called by the verbs; decides nothing.

stdout is the answer, stderr is progress and warnings.
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
    """The one document of a verb on stdout."""
    click.echo(json_text({"schema": f"cramplog.{schema}/1", **fields}))


def json_text(document: Mapping[str, object]) -> str:
    """The document in one line; letters that stdout cannot say, and bytes of file names that are none, as \\uXXXX."""
    text = json.dumps(document, ensure_ascii=False, default=_plain)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(document, default=_plain)
    return text


def next_step(words: str) -> None:
    """The one line that ends a good answer."""
    click.echo(f"Next: {words}")


def tell(words: str) -> None:
    """Progress or a warning, on stderr; nothing with --quiet."""
    if not click.get_current_context().meta.get("quiet"):
        click.echo(words, err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[str] = ()) -> None:
    """A plain table; columns named in `right` are flush right. On a narrower terminal, each row is a block of lines."""
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
    """Each row as 'name: value' lines no longer than the terminal, a blank line after it; empty cells are left out."""
    lines = []
    for row in rows:
        for name, cell in zip(head, row, strict=True):
            if cell:
                said = f"{name}: {cell}" if name else cell
                lines += textwrap.wrap(said, columns, subsequent_indent="  ", break_on_hyphens=False)
        lines.append("")
    return lines


def plain(text: str, at_most: int) -> str:
    """Words from a file in one line: nothing that a terminal would obey, and no longer than so many letters."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return words if len(words) <= at_most else f"{words[: at_most - 1]}…"


def instant(at: datetime | None) -> str | None:
    """'2026-06-14T05:31:02Z' for the store's instants (UTC without a zone)."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Progress:
    """How far along: a bar with count, rate and time left on a terminal, elsewhere a line every 30 s. On stderr."""

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.done = total, what, 0
        self.began_s = self.said_s = time.monotonic()
        self.shown = not click.get_current_context().meta.get("quiet")
        self.live = self.shown and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"  # which cannot clear a line
        self.every_s = 0.0 if self.live else QUIET_STEP_S

    def begin(self) -> None:
        """Show the bar before the first is done: of many, that takes a moment."""
        if self.live and self.total > 1:
            self._show(f"0 of {self.total:,} {self.what}")

    def step(self, by: int = 1) -> None:
        """So many more are done."""
        self.done += by
        now_s = time.monotonic()
        if self.shown and now_s - self.said_s >= self.every_s:
            self.said_s = now_s
            self._show(progress_line(self.done, self.total, self.what, now_s - self.began_s))

    def clear(self) -> None:
        """Make room for a line of the answer; the bar comes back with the next step."""
        if self.live:
            click.echo(CLEAR_LINE, err=True, nl=False)

    def _show(self, words: str) -> None:
        if not self.live:
            click.echo(words, err=True)
            return
        columns = shutil.get_terminal_size().columns - 1  # a full line would wrap, and no longer clear
        line = f"{bar(self.done, self.total, columns - len(words))}{words}"
        click.echo(CLEAR_LINE + line[:columns], err=True, nl=False)


def progress_line(done: int, total: int, what: str, took_s: float) -> str:
    """'412 of 1,000 files, 210 files/s, 3 s left' after so many seconds."""
    rate = done / max(took_s, 1e-3)
    left_s = (total - done) / rate
    left = f"{left_s:.0f} s" if left_s < 59.5 else format_hours(left_s)
    return f"{done:,} of {total:,} {what}, {rate:,.{0 if rate >= 9.95 else 1}f} {what}/s, {left} left"


def bar(done: int, total: int, columns: int) -> str:
    """'[#####...............] ' when there is room for it, else nothing."""
    if columns < BAR_COLUMNS + 3 or not total:
        return ""
    full = BAR_COLUMNS * done // total
    return f"[{'#' * full}{'.' * (BAR_COLUMNS - full)}] "
