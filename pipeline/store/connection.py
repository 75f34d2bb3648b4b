"""Opens the store for one action and closes it again. The actions and the other modules of this room call it.

Three files: the ledger `cramplog` (always attached; table names without a catalog are its tables), `records`
and `tracks` (attached when asked for, so that positions are open only where they are needed).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from pathlib import Path

import duckdb

from pipeline.errors import CannotStart
from pipeline.settings import Settings, make_private_folder, private_umask
from pipeline.store.attach import attach, plain_errors
from pipeline.store.interrupt import interrupts_wait
from pipeline.store.migrate import CATALOGS, LEDGER, applied_version, is_current, migrate, transaction
from pipeline.store.rows import one_value
from pipeline.store.sql_files import SQL_ROOT

__all__ = ["clean_orphans", "open_store", "transaction"]

PATIENCE_S = 30.0  # a command; the nightly waits longer
_RESTORE = "put a copy from your backup in its place"
# Distinct numbers first: among 18 million records this takes 0.1 s, row by row twice that.
_ORPHANS = {
    "records": "FROM (SELECT DISTINCT run_no FROM records.record) ANTI JOIN cramplog.run USING (run_no)",
    "tracks": "FROM (SELECT DISTINCT run_no FROM tracks.track) ANTI JOIN cramplog.run USING (run_no)",
}
_DELETE_ORPHANS = {
    "records": "DELETE FROM records.record WHERE list_contains($runs::INTEGER[], run_no)",
    "tracks": "DELETE FROM tracks.track WHERE list_contains($runs::INTEGER[], run_no)",
}


@contextmanager
def open_store(
    settings: Settings,
    *,
    write: bool,
    with_records: bool = False,
    with_tracks: bool = False,
    wait_s: float = PATIENCE_S,
    create: bool = False,
    sql_root: Traversable = SQL_ROOT,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the ledger, and `records` and `tracks` as asked, closed at the end of the block.

    One writer or several readers: waits up to `wait_s` for a busy store. An older store is brought up to date
    first; `create` makes one where there is none. Opening for writing clears records and tracks without run.
    Ctrl-C waits for the end of the block. Raises TryAgain (held by a named process, disk full) and CannotStart
    (none, damaged, newer, not ours).
    """
    catalogs = [LEDGER, *(["records"] if with_records else []), *(["tracks"] if with_tracks else [])]
    with private_umask(), plain_errors(settings.home):
        if not _is_born(settings.store):
            _make_or_refuse(settings, create, wait_s, sql_root)
        con = _attached(settings, catalogs, write=write, wait_s=wait_s)
        try:
            if not is_current(con, sql_root):
                con.close()
                _upgrade(settings, wait_s, sql_root)
                con = _attached(settings, catalogs, write=write, wait_s=wait_s)
            with interrupts_wait():
                if write:
                    clean_orphans(con)
                yield con
        finally:
            con.close()


def clean_orphans(con: duckdb.DuckDBPyConnection) -> int:
    """Deletes records and tracks that a kill left without a run in the ledger; returns of how many runs."""
    attached = {name for (name,) in con.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    cleaned: set[int] = set()
    for catalog in attached & _ORPHANS.keys():
        orphans = [number for (number,) in con.execute(f"SELECT run_no {_ORPHANS[catalog]}").fetchall()]
        if orphans:
            with transaction(con):
                con.execute(_DELETE_ORPHANS[catalog], {"runs": orphans})
            cleaned.update(orphans)
    return len(cleaned)


def _path(settings: Settings, catalog: str) -> Path:
    return {LEDGER: settings.store, "records": settings.records, "tracks": settings.tracks}[catalog]


def _attached(
    settings: Settings, catalogs: list[str], *, write: bool, wait_s: float, create: bool = False
) -> duckdb.DuckDBPyConnection:
    # DuckDB fetches nothing from the network by itself; what does not fit into memory stays in our folder.
    options = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    con = duckdb.connect(":memory:", config={**options, "temp_directory": str(settings.home / "spill")})
    try:
        con.execute("SET TimeZone = 'UTC'")  # an aware instant goes into a TIMESTAMP as what it is in UTC
        for catalog in catalogs:
            path = _path(settings, catalog)
            if not create and not path.exists():
                raise CannotStart(f"{path} is missing", _RESTORE)
            attach(con, path, catalog, write=write, wait_s=wait_s)
        con.execute(f"USE {LEDGER}")
    except BaseException:
        con.close()
        raise
    return con


def _is_born(path: Path) -> bool:
    """A file with something in it: a kill or a full disk at its making leaves it empty."""
    return path.exists() and path.stat().st_size > 0


def _make_or_refuse(settings: Settings, create: bool, wait_s: float, sql_root: Traversable) -> None:
    if not create:
        raise CannotStart(f"there is no store in {settings.home}", "make one: cramplog init")
    make_private_folder(settings.home)
    for catalog in CATALOGS:
        if not _is_born(_path(settings, catalog)):
            _path(settings, catalog).unlink(missing_ok=True)
    _upgrade(settings, wait_s, sql_root)


def _holds_records(con: duckdb.DuckDBPyConnection) -> bool:
    """Records that a new, empty ledger would take for orphans."""
    if applied_version(con, "records") == 0:
        return False
    return one_value(con, "SELECT run_no FROM records.record LIMIT 1") is not None


def _upgrade(settings: Settings, wait_s: float, sql_root: Traversable) -> None:
    """Brings all three files up to date; makes those that a new store does not have yet."""
    con = _attached(settings, [LEDGER], write=True, wait_s=wait_s, create=True)
    try:
        new = applied_version(con) == 0
    finally:
        con.close()
    con = _attached(settings, [LEDGER, *CATALOGS[:-1]], write=True, wait_s=wait_s, create=new)
    try:
        if new and _holds_records(con):
            raise CannotStart(f"{settings.store} is gone, the records are still there", _RESTORE)
        with interrupts_wait():
            migrate(con, datetime.now(UTC), sql_root)
    finally:
        con.close()
