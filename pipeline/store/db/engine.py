"""DuckDB without a file, to which `connection` attaches ours; the last one is kept for the next opening in this process.

Making one takes more computing than attaching all our files, and what it has learnt of its memory is lost with it: with a
new one per visit bulk ingest needs 4 % more CPU (`python -m benchmarks.two_trees`). Nothing of a visit stays: its files are
detached, which writes them down and lets go of their locks, and session settings end with the visit's own connection.
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
    # DuckDB fetches nothing from the network by itself.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    # What sensors wrote is nearly always packed as ALP: trying the other ways costs 4 % of storing a batch, under 2 % of bulk
    # ingest. Columns of other types have their own.
    "force_compression": "alp",
}
_kept: dict[tuple[Path, int | None], duckdb.DuckDBPyConnection] = {}


class Engine:
    """A DuckDB of one visit: `con` is its connection; what does not fit into memory goes to the folder `spill`."""

    def __init__(self, spill: Path, threads: int | None) -> None:
        self._kind = (spill, threads)
        kept = _kept.pop(self._kind, None)
        self._root = _made(spill, threads) if kept is None else kept
        self.con = self._root.cursor()

    @contextmanager
    def closed_at_end(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Its connection; at the end of the block it is kept for the next visit, after an error it ends."""
        try:
            yield self.con
        except BaseException:
            self.end()
            raise
        self._close()

    def _close(self) -> None:
        """Detach what is attached. One that cannot, as when the disk is full, ends."""
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
        if _kept.setdefault(self._kind, self._root) is not self._root:
            self._root.close()

    def end(self) -> None:
        """Close it for good, after an error: nobody knows what it left behind."""
        self.con.close()
        self._root.close()


@atexit.register
def _end_kept() -> None:
    """At the program's end: what Python finds open then, DuckDB's binding complains about.

    Everything is written down by now: Ctrl-C has nothing left to stop, and would only be a traceback.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    while _kept:
        _kept.popitem()[1].close()


def _made(spill: Path, threads: int | None) -> duckdb.DuckDBPyConnection:
    options = {**_OPTIONS, "temp_directory": str(spill)}
    return duckdb.connect(":memory:", config=options | ({"threads": str(threads)} if threads else {}))
