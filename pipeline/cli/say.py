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

QUIET_STEP_S = 30.0


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


def count(number: int, one: str, many: str | None = None) -> str:
    """'1 file', '1,204 files'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def instant(at: datetime | None) -> str | None:
    """'2026-06-14T05:31:02Z' for the store's instants (UTC without a zone)."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


class Progress:
    """How far along: a line that counts on a terminal, elsewhere a new line every 30 s. On stderr."""

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what, self.done = total, what, 0
        self.began_s = self.said_s = time.monotonic()
        self.shown = not click.get_current_context().meta.get("quiet")
        self.live = self.shown and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"  # which cannot clear a line

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        due = self.live or time.monotonic() - self.said_s >= QUIET_STEP_S
        if self.shown and due:
            self.said_s = time.monotonic()
            click.echo(f"\r\033[K{self._line()}" if self.live else self._line(), err=True, nl=not self.live)

    def clear(self) -> None:
        """Make room for a line of the answer."""
        if self.live:
            click.echo("\r\033[K", err=True, nl=False)

    def _line(self) -> str:
        rate = self.done / max(time.monotonic() - self.began_s, 1e-3)
        left_s = round((self.total - self.done) / rate) if rate else 0
        return f"{self.done:,} of {self.total:,} {self.what}, {rate:.1f}/s, {left_s} s left"
