"""Attaches a DuckDB file, waits while someone holds it, and turns DuckDB's complaints into a person's words.

Called by `connection` and `publish`, which decide which files; nothing here knows what is in them.

A connection of ours is always `:memory:` with the files attached by name: `duckdb.connect(path)` would share
one instance among all openers in a process; attaching keeps a second out, as the lock does a second process.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from pipeline.errors import CannotStart, CramplogError, TryAgain
from pipeline.files import PRIVATE_FILE

STORAGE_VERSION = "v1.5.0"  # the newest that the duckdb CLI which pip delivers can read
POLL_S = 0.075
_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?)(?: \(PID (?P<pid>\d+)\)| by |\. See )")
_BUSY = ("Could not set lock on file", "Unique file handle conflict")
_DAMAGED = ("not a valid DuckDB database", "Corrupt database", "Could not read enough bytes", "checksum")
_BLOCK = re.compile(r"stored checksum (?P<stored>\d+) in block at location (?P<location>\d+)")
_NOT_A_FILE = ("Is a directory", "Not a directory")
_BROKEN = (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)  # seen after damage, too
_NAMED = re.compile(r'file "(?P<path>[^"]+\.duckdb)')
_NEWER = ("storage version", "version number", "newer version of DuckDB")
_DISK_FULL = ("No space left on device", "Disk quota exceeded", "not enough space")
_FORBIDDEN = ("Permission denied", "Read-only file system", "Operation not permitted")


def attach(con: duckdb.DuckDBPyConnection, path: Path, name: str, *, write: bool, wait_s: float) -> None:
    """Attaches `path` to `con` as `name`, made in our storage version when missing and `write`.

    Tries every 75 ms until `wait_s` have passed while the file is held by someone else.
    Raises TryAgain (held, disk full) or CannotStart (damaged, newer, not ours to read).
    """
    how = f"STORAGE_VERSION '{STORAGE_VERSION}'" if write else "READ_ONLY"
    deadline = time.monotonic() + wait_s
    while True:
        try:
            con.execute(f"ATTACH $path AS {name} ({how})", {"path": str(path)})
            break
        except duckdb.Error as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise in_plain_words(error, path) or _cannot_be_opened(error, path) from error
            time.sleep(POLL_S)
    if write:
        path.chmod(PRIVATE_FILE)


@contextmanager
def plain_errors(path: Path, files: Sequence[Path] = ()) -> Iterator[None]:
    """Inside, DuckDB's complaints about disk and files become ours, and Ctrl-C during a query what it is.

    DuckDB seldom says which file is damaged: after its complaint each of `files` is looked through, to name it.
    """
    try:
        yield
    except duckdb.Error as error:
        damaged = _holding_the_block(error, files) or (first_damaged(files) if may_be_damage(error) else None)
        problem = _damaged(damaged) if damaged else in_plain_words(error, path)
        if problem is None:
            raise
        raise problem from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how DuckDB's Python client reports Ctrl-C
            raise KeyboardInterrupt from error
        raise


def is_busy(error: duckdb.Error) -> bool:
    """Whether another process, or another connection of this one, holds the file."""
    return any(sign in str(error) for sign in _BUSY)


def in_plain_words(error: duckdb.Error, path: Path) -> CramplogError | None:
    """What a person can do about DuckDB's complaint about the file at `path`; None when it is our bug."""
    text = str(error)
    named = _NAMED.search(text)
    path = Path(named["path"]) if named else path

    def says(signs: tuple[str, ...]) -> bool:
        return any(sign in text for sign in signs)

    if says(_BUSY):
        return TryAgain(
            f"the store is busy: {path.name} is held by {holder(text)}", "wait for it to end, then try again"
        )
    if says(_DISK_FULL):
        return TryAgain(
            f"the disk is full: {path} cannot grow", "free some space; what was saved before is still there"
        )
    if says(_FORBIDDEN):
        return CannotStart(f"{path} may not be opened here", "check the rights of the file and of its folder")
    if says(_NOT_A_FILE):
        return CannotStart(
            f"{path} is no file", "move away what is there, and put a copy from your backup in its place"
        )
    if says(_DAMAGED):
        return _damaged(path)
    if says(_NEWER):
        return CannotStart(f"{path} was written by a newer program", "update cramplog")
    return None


def _holding_the_block(error: duckdb.Error, files: Sequence[Path]) -> Path | None:
    """The file with the block of which DuckDB says that its sum, which it repeats, is wrong: an index may lie there."""
    if (said := _BLOCK.search(str(error))) is None:
        return None
    stored = int(said["stored"]).to_bytes(8, "little")
    for path in files:
        with suppress(OSError), path.open("rb") as file:
            file.seek(int(said["location"]))
            if file.read(8) == stored:
                return path
    return None


def first_damaged(files: Sequence[Path]) -> Path | None:
    """The first of these files that cannot be read through; None when all can, or are held by somebody."""
    for path in files:
        try:
            _read_through(path)
        except duckdb.Error as error:
            if not is_busy(error):
                return path
    return None


def _read_through(path: Path) -> None:
    """Every value of every table, so that DuckDB checks the sums of all blocks in use."""
    with duckdb.connect(":memory:") as con:
        con.execute("ATTACH $path AS file (READ_ONLY)", {"path": str(path)})
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'file'").fetchall()
        for (table,) in tables:
            con.execute(f'SELECT count(hash(one)) FROM file."{table}" AS one').fetchall()  # noqa: S608  names of the file


def may_be_damage(error: duckdb.Error) -> bool:
    """Whether DuckDB met a file that is not as it was written, or broke and the file may be why."""
    return isinstance(error, _BROKEN) or any(sign in str(error) for sign in _DAMAGED)


def _damaged(path: Path) -> CannotStart:
    return CannotStart(
        f"{path} is damaged",
        "put a copy from your backup in its place; the recorded files are safe in originals/",
    )


def _cannot_be_opened(error: duckdb.Error, path: Path) -> CannotStart:
    """For a complaint nobody has seen yet: opening a file is one fixed statement, so it is about the file."""
    return CannotStart(f"{path} cannot be opened ({type(error).__name__})", "put a copy from your backup in its place")


def holder(message: str) -> str:
    """The process that DuckDB's lock message names: 'cramplog nightly (PID 4711)'."""
    match = _HOLDER.search(message)
    if match is None:
        return "another part of this program" if _BUSY[1] in message else "another process"
    if match["pid"] is None:
        return Path(match["program"]).name
    return f"{_command(int(match['pid'])) or Path(match['program']).name} (PID {match['pid']})"


def _command(pid: int) -> str | None:
    """The script and verb a process runs, where the system tells (Linux); its arguments may be private."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    if not words or not Path(words[0]).name.startswith("python"):
        return Path(words[0]).name or None
    if len(words) < 2 or words[1].startswith("-"):
        return None
    verb = words[2] if len(words) > 2 and words[2].isalpha() else ""
    return f"{Path(words[1]).name} {verb}".strip()
