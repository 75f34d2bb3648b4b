"""Attaches a DuckDB file, waits while another process holds it, and turns DuckDB's errors into readable ones.

Called by `connection` and `publish`, which decide which files; nothing here depends on what the files contain.

Our connections are always `:memory:` with the files attached by name. `duckdb.connect(path)` would share one
instance among all openers in a process; attaching refuses a second opener, as the lock refuses a second process.
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

STORAGE_VERSION = "v1.5.0"  # the newest that the duckdb CLI installed by pip can read
POLL_S = 0.075
_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?)(?: \(PID (?P<pid>\d+)\)| by |\. See )")
_BUSY = ("Could not set lock on file", "Unique file handle conflict")
_DAMAGED = ("not a valid DuckDB database", "Corrupt database", "Could not read enough bytes", "checksum")
_BLOCK = re.compile(r"stored checksum (?P<stored>\d+) in block at location (?P<location>\d+)")
_NOT_A_FILE = ("Is a directory", "Not a directory")
_BROKEN = (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)  # also seen after damage
_NAMED = re.compile(r'file "(?P<path>[^"]+\.duckdb)')
_NEWER = ("storage version", "version number", "newer version of DuckDB")
_DISK_FULL = ("No space left on device", "Disk quota exceeded", "not enough space")
_FORBIDDEN = ("Permission denied", "Read-only file system", "Operation not permitted")


def attach(con: duckdb.DuckDBPyConnection, path: Path, name: str, *, write: bool, wait_s: float) -> None:
    """Attach `path` to `con` as `name`. With `write`, a missing file is created in our storage version.

    While the file is locked, tries again every 75 ms for up to `wait_s` seconds.
    Raises TryAgain (locked, disk full) or CannotStart (damaged, too new, no permission).
    """
    mode = f"STORAGE_VERSION '{STORAGE_VERSION}'" if write else "READ_ONLY"
    deadline = time.monotonic() + wait_s
    while True:
        try:
            con.execute(f"ATTACH $path AS {name} ({mode})", {"path": str(path)})
            break
        except duckdb.Error as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise readable_error(error, path) or _cannot_be_opened(error, path) from error
            time.sleep(POLL_S)
    if write:
        path.chmod(PRIVATE_FILE)


@contextmanager
def readable_errors(path: Path, files: Sequence[Path] = ()) -> Iterator[None]:
    """Inside the block, DuckDB's errors about disk and files become ours, and Ctrl-C raises KeyboardInterrupt.

    DuckDB rarely names the damaged file: after such an error each of `files` is read through to find it.
    """
    try:
        yield
    except duckdb.Error as error:
        damaged = _file_of_block(error, files) or (first_damaged(files) if may_be_damage(error) else None)
        problem = _damaged(damaged) if damaged else readable_error(error, path)
        if problem is None:
            raise
        raise problem from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how DuckDB's Python client reports Ctrl-C
            raise KeyboardInterrupt from error
        raise


def is_busy(error: duckdb.Error) -> bool:
    """True if another process, or another connection of this process, holds the file."""
    return any(sign in str(error) for sign in _BUSY)


def readable_error(error: duckdb.Error, path: Path) -> CramplogError | None:
    """DuckDB's error about the file at `path` as one that says what to do; None if it is a bug of ours."""
    text = str(error)
    named = _NAMED.search(text)
    path = Path(named["path"]) if named else path

    def mentions(signs: tuple[str, ...]) -> bool:
        return any(sign in text for sign in signs)

    if mentions(_BUSY):
        return TryAgain(
            f"the store is busy: {path.name} is held by {lock_holder(text)}", "wait for it to end, then try again"
        )
    if mentions(_DISK_FULL):
        return TryAgain(
            f"the disk is full: {path} cannot grow", "free some space; what was saved before is still there"
        )
    if mentions(_FORBIDDEN):
        return CannotStart(
            f"{path} may not be opened: permission denied", "check the permissions of the file and of its folder"
        )
    if mentions(_NOT_A_FILE):
        return CannotStart(f"{path} is not a file", f"move it away and restore {path.name} from your backup")
    if mentions(_DAMAGED):
        return _damaged(path)
    if mentions(_NEWER):
        return CannotStart(f"{path} was written by a newer program", "update cramplog")
    return None


def _file_of_block(error: duckdb.Error, files: Sequence[Path]) -> Path | None:
    """The file that contains the block with the wrong checksum that DuckDB quotes.

    An index may be stored there, which reading all values would not find.
    """
    if (match := _BLOCK.search(str(error))) is None:
        return None
    stored = int(match["stored"]).to_bytes(8, "little")
    for path in files:
        with suppress(OSError), path.open("rb") as file:
            file.seek(int(match["location"]))
            if file.read(8) == stored:
                return path
    return None


def first_damaged(files: Sequence[Path]) -> Path | None:
    """The first of these files that cannot be read completely; None if all can or are locked."""
    for path in files:
        try:
            _read_through(path)
        except duckdb.Error as error:
            if not is_busy(error):
                return path
    return None


def _read_through(path: Path) -> None:
    """Read every value of every table, so that DuckDB verifies the checksums of all blocks in use."""
    with duckdb.connect(":memory:") as con:
        con.execute("ATTACH $path AS file (READ_ONLY)", {"path": str(path)})
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'file'").fetchall()
        for (table,) in tables:
            con.execute(f'SELECT count(hash(entry)) FROM file."{table}" AS entry').fetchall()  # noqa: S608  names of the file


def may_be_damage(error: duckdb.Error) -> bool:
    """True if a file is no longer as it was written, or DuckDB failed and the file may be the reason."""
    return isinstance(error, _BROKEN) or any(sign in str(error) for sign in _DAMAGED)


def _damaged(path: Path) -> CannotStart:
    return CannotStart(
        f"{path} is damaged",
        f"restore {path.name} from your backup; the recorded files are safe in originals/",
    )


def _cannot_be_opened(error: duckdb.Error, path: Path) -> CannotStart:
    """For an error not listed above: opening a file is one fixed statement, so the file must be the reason."""
    return CannotStart(f"{path} cannot be opened ({type(error).__name__})", f"restore {path.name} from your backup")


def lock_holder(message: str) -> str:
    """The process named in DuckDB's lock message, such as 'cramplog nightly (PID 4711)'."""
    match = _HOLDER.search(message)
    if match is None:
        return "another part of this program" if _BUSY[1] in message else "another process"
    if match["pid"] is None:
        return Path(match["program"]).name
    return f"{_command(int(match['pid'])) or Path(match['program']).name} (PID {match['pid']})"


def _command(pid: int) -> str | None:
    """The script and verb that a process runs, on Linux; None elsewhere. Further arguments may be private."""
    try:
        args = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    if not args or not Path(args[0]).name.startswith("python"):
        return Path(args[0]).name or None
    if len(args) < 2 or args[1].startswith("-"):
        return None
    verb = args[2] if len(args) > 2 and args[2].isalpha() else ""
    return f"{Path(args[1]).name} {verb}".strip()
