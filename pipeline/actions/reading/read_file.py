"""One file into parsed runs, and its bytes to where they are kept. Called by ingest, mostly through `pool`.

A bad file is a result with its reason, never an exception: one of them must not stop the others. Nothing here opens the
store; what it knows of contents comes along in `Reading`.
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

LONGEST_S = 20.0  # of computing for one file; the longest recordings take a fraction of it


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read. `keep`: their bytes go to originals or quarantine.

    `known` are contents (SHA-256) that need not be read again, `words` what exports said of contents before. A file that
    needs more than `longest_s` of computing is refused.
    """

    settings: Settings
    now: datetime
    keep: bool
    known: Container[str] = frozenset()
    words: Mapping[str, ExportDetails] = field(default_factory=dict)
    longest_s: float = LONGEST_S


@dataclass(frozen=True)  # without slots, as schema says
class ReadFile:
    """One file, read: its runs, or the reason why it holds none, or that its content is `known` already.

    `words` are what an export says of it, now or before; `content` are the bytes that are still to be kept.
    """

    source: Source
    sha256: str
    size_bytes: int
    runs: tuple[ParsedRun, ...] = ()
    refusal: str | None = None
    known: bool = False
    words: ExportDetails | None = None
    content: bytes = field(default=b"", repr=False)


def read_file(source: Source, reading: Reading) -> ReadFile:
    """What the file holds. Raises OSError only when its copy cannot be kept."""
    file = parse_file(source, reading)
    if reading.keep:
        keep_copy(file, reading.settings, reading.now)
    return replace(file, content=b"")


def parse_file(source: Source, reading: Reading) -> ReadFile:
    """What the file holds, and its bytes for `keep_copy`."""
    try:
        content = source.read()
    except OSError as error:
        return refused(source, f"it cannot be read: {error.strerror}")
    except FileRefused as reason:
        return refused(source, reason.message)
    sha256 = sha256_of(content)
    said = reading.words.get(sha256)
    file = ReadFile(source, sha256, len(content), words=source.details or said)
    if sha256 in reading.known and file.words == said:
        return replace(file, known=True)
    return _parsed(file, content, reading)


def keep_copy(file: ReadFile, settings: Settings, now: datetime) -> None:
    """The bytes of a file go to originals or quarantine. Raises OSError when they cannot."""
    if file.runs:
        keep_original(settings, file.content, file.sha256)
        release(settings, file.sha256)
    elif file.refusal is not None and file.content:
        quarantine(settings, file.content, file.sha256, name_of(Path(file.source.shown)), file.refusal, now)


def refused(source: Source, reason: str) -> ReadFile:
    """A file of which not even the bytes are known."""
    return ReadFile(source, "", 0, refusal=reason)


def _parsed(file: ReadFile, content: bytes, reading: Reading) -> ReadFile:
    try:
        with _within(reading.longest_s):
            read = read_runs(content, reading.now, file.words)
            runs = tuple(replace(run, prepared=prepare(run)) for run in read)
    except FileRefused as reason:
        return _without_runs(file, content, reason)
    except Exception as error:  # a bug met in one file is no reason to leave the others
        where = f"{type(error).__name__} in {_place_of(error)}"
        return _without_runs(file, content, FileRefused("bug", f"a bug in cramplog keeps it unread: {where}"))
    return replace(file, runs=runs, content=content)


def _without_runs(file: ReadFile, content: bytes, reason: FileRefused) -> ReadFile:
    return replace(file, refusal=reason.message, content=content if is_worth_keeping(reason.code, content) else b"")


def _place_of(error: Exception) -> str:
    """File and line where it was raised: no value, which may be a place or a name."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "an unknown place"


@contextmanager
def _within(longest_s: float) -> Iterator[None]:
    """Inside, a file that needs more computing than any recording does is refused. In the main thread only."""
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
    raise FileRefused("too_long", "reading it takes too long: no recording needs as much computing")
