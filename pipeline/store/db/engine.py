"""An in-memory DuckDB to which `connection` attaches the store's files. An idle one is reused by this process.

Starting DuckDB costs more CPU than attaching all our files, and a new one has to allocate its memory again: with a new one
per opening, bulk ingest needs 4 % more CPU (`python -m benchmarks.two_trees`). Nothing of one use is left for the next:
detaching the files writes them to disk and releases their locks, and session settings end with the connection.
"""

from __future__ import annotations

import atexit
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

_OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    # DuckDB downloads nothing by itself.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # Sensor values are nearly always compressed best by ALP: trying the other methods costs 4 % of storing a batch, under 2 % of
    # bulk ingest. Columns of other types are not affected.
    "force_compression": "alp",
}
_idle: dict[tuple[Path, int | None], duckdb.DuckDBPyConnection] = {}


class Engine:
    """DuckDB for one opening of the store. `con` is its connection; what exceeds memory goes to the folder `spill`."""

    def __init__(self, spill: Path, threads: int | None) -> None:
        self._kind = (spill, threads)
        idle = _idle.pop(self._kind, None)
        self._root = _started(spill, threads) if idle is None else idle
        self.con = self._root.cursor()

    @contextmanager
    def closed_at_end(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection. At the end of the block DuckDB stays idle for the next opening; after an error it ends."""
        try:
            yield self.con
        except BaseException:
            self.end()
            raise
        self._close()

    def _close(self) -> None:
        """Detach all files. If that fails, as on a full disk, DuckDB ends."""
        try:
            self.con.execute("USE memory")
            for (name,) in self.con.execute(
                "SELECT database_name FROM duckdb_databases() WHERE NOT internal"
            ).fetchall():
                if name != "memory":
                    self.con.execute(f"DETACH {name}")
            self.con.close()
        except duckdb.Error:
            self.end()
            return
        if _idle.setdefault(self._kind, self._root) is not self._root:
            self._root.close()

    def end(self) -> None:
        """Close DuckDB for good, after an error: its memory may hold anything."""
        self.con.close()
        self._root.close()


@atexit.register
def _end_idle() -> None:
    """Close the idle ones at the program's end: DuckDB's binding prints an error for those still open then.

    Everything is on disk by now: Ctrl-C has nothing left to stop and would only print a traceback.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    while _idle:
        _idle.popitem()[1].close()


def _started(spill: Path, threads: int | None) -> duckdb.DuckDBPyConnection:
    options = {**_OPTIONS, "temp_directory": str(spill)}
    return duckdb.connect(":memory:", config=options | ({"threads": str(threads)} if threads else {}))
