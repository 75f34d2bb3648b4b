"""Reads one file into parsed runs, and copies its bytes to originals or quarantine. Called by ingest, mostly in `pool`.

A bad file is a result with a reason, not an exception, because it must not stop the others. Nothing here opens the store;
what the store knows about contents is passed in `Reading`.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import FrameType

from pipeline.actions.reading.originals import keep_original, name_of, sha256_of
from pipeline.actions.reading.prepare import prepare
from pipeline.actions.reading.quarantine import is_worth_keeping, quarantine, release
from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.formats.sources.find import Source
from pipeline.schema import ExportDetails, ParsedRun
from pipeline.settings import Settings

LONGEST_S = 20.0  # CPU time per file; the longest recordings take a fraction of it


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read. `keep`: copy their bytes to originals or quarantine.

    `stored` are contents (SHA-256) that need not be read again; `export_details` are the stored titles and notes of
    contents. A file that needs more than `longest_s` of CPU time is refused.
    """

    settings: Settings
    now: datetime
    keep: bool
    stored: Container[str] = frozenset()
    export_details: Mapping[str, ExportDetails] = field(default_factory=dict)
    longest_s: float = LONGEST_S


@dataclass(frozen=True)  # no slots, for the reason in schema
class ReadFile:
    """One file that was read: its runs, or the reason why it has none, or `is_stored` if its content need not be read.

    `export_details` are its title and notes from this export or an earlier one; `content` are bytes not yet copied.
    """

    source: Source
    sha256: str
    size_bytes: int
    runs: tuple[ParsedRun, ...] = ()
    refusal: str | None = None
    is_stored: bool = False
    export_details: ExportDetails | None = None
    content: bytes = field(default=b"", repr=False)


def read_file(source: Source, reading: Reading) -> ReadFile:
    """Read the file and copy it if asked to. Raises OSError only when its copy cannot be written."""
    file = parse_file(source, reading)
    if reading.keep:
        keep_copy(file, reading.settings, reading.now)
    return replace(file, content=b"")


def parse_file(source: Source, reading: Reading) -> ReadFile:
    """Read the file; the result holds its bytes for `keep_copy`."""
    try:
        content = source.read()
    except OSError as error:
        return refused(source, f"it cannot be read: {error.strerror}")
    except FileRefused as reason:
        return refused(source, reason.message)
    sha256 = sha256_of(content)
    stored_details = reading.export_details.get(sha256)
    file = ReadFile(source, sha256, len(content), export_details=source.details or stored_details)
    if sha256 in reading.stored and file.export_details == stored_details:
        return replace(file, is_stored=True)
    return _parsed(file, content, reading)


def keep_copy(file: ReadFile, settings: Settings, now: datetime) -> None:
    """Copy the bytes of a file to originals or quarantine. Raises OSError when they cannot be written."""
    if file.runs:
        keep_original(settings, file.content, file.sha256)
        release(settings, file.sha256)
    elif file.refusal is not None and file.content:
        quarantine(settings, file.content, file.sha256, name_of(Path(file.source.shown)), file.refusal, now)


def refused(source: Source, reason: str) -> ReadFile:
    """The result for a file whose bytes could not be read."""
    return ReadFile(source, "", 0, refusal=reason)


def _parsed(file: ReadFile, content: bytes, reading: Reading) -> ReadFile:
    try:
        with _cpu_limit(reading.longest_s):
            parsed = read_runs(content, reading.now, file.export_details)
            runs = tuple(replace(run, prepared=prepare(run)) for run in parsed)
    except FileRefused as reason:
        return _without_runs(file, content, reason)
    except Exception as error:  # a bug in one file must not stop the others
        where = f"{type(error).__name__} in {_source_line(error)}"
        return _without_runs(file, content, FileRefused("bug", f"a bug in cramplog stopped the reading: {where}"))
    return replace(file, runs=runs, content=content)


def _without_runs(file: ReadFile, content: bytes, reason: FileRefused) -> ReadFile:
    return replace(file, refusal=reason.message, content=content if is_worth_keeping(reason.code, content) else b"")


def _source_line(error: Exception) -> str:
    """The source file and line that raised it. No values: they may be places or names."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "an unknown place"


@contextmanager
def _cpu_limit(longest_s: float) -> Iterator[None]:
    """Inside, raises FileRefused after so many seconds of CPU time. In the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, longest_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise FileRefused("too_long", "reading takes too long; no real recording needs so much computing time")
