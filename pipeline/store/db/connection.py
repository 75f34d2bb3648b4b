"""Opens the store for one action and closes it again. Called by the actions and by the other modules of the store.

The store is four files. The ledger `cramplog` is always attached; table names without a catalog are its tables.
`records`, `tracks` and `private` are attached on request, so that positions and private items are open only where needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from pathlib import Path

import duckdb

from pipeline.errors import CannotStart
from pipeline.files import make_private_folder, private_umask
from pipeline.settings import Settings
from pipeline.store.db.attach import attach, readable_errors
from pipeline.store.db.engine import Engine
from pipeline.store.db.interrupt import interrupts_wait
from pipeline.store.db.migrate import LEDGER, applied_version, first_versions, is_current, migrate
from pipeline.store.db.rows import first_value
from pipeline.store.db.sql_files import SQL_ROOT
from pipeline.store.db.transaction import transaction

PATIENCE_S = 30.0  # for a command; the nightly waits longer
_SENSOR_TABLES = {"records": ("records.record", "records.record_field"), "tracks": ("tracks.track",)}
# Run numbers that are not in the ledger: above its last one (the program was killed before the ledger's commit), or former
# numbers of a run that was read again. Both are narrow ranges, and rows are in order of run_no: DuckDB skips the rest.
_LAST_NO = "SELECT coalesce(max(run_no), 0) FROM cramplog.run"
_LEFT_NOS = "SELECT run_no::INTEGER FROM range(1, $last) AS numbers(run_no) ANTI JOIN cramplog.run USING (run_no) ORDER BY run_no"
_AMONG_LEFT = "run_no BETWEEN $from AND $to AND run_no IN (SELECT unnest($left::INTEGER[]))"


@contextmanager
def open_store(
    settings: Settings,
    *,
    write: bool,
    with_records: bool = False,
    with_tracks: bool = False,
    with_private: bool = False,
    wait_s: float = PATIENCE_S,
    create: bool = False,
    sql_root: Traversable = SQL_ROOT,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the ledger and the requested files, closed at the end of the block.

    One writer or several readers: waits up to `wait_s` seconds for a busy store. Migrates an older store first.
    `create` makes a store if there is none. Opening for writing deletes records and tracks without a run.
    Ctrl-C takes effect at the end of the block. Raises TryAgain (locked by a process it names, disk full) and
    CannotStart (no store, damaged, too new, no permission).
    """
    requested = {"records": with_records, "tracks": with_tracks, "private": with_private}
    catalogs = [LEDGER, *(catalog for catalog, wanted in requested.items() if wanted)]
    with private_umask(), readable_errors(settings.home, [_path(settings, catalog) for catalog in catalogs]):
        if not _has_content(settings.store):
            _make_or_refuse(settings, create, wait_s, sql_root)
        engine = _current(settings, catalogs, write, wait_s, sql_root)
        with interrupts_wait(), engine.closed_at_end():
            if write:
                clean_orphans(engine.con)
            yield engine.con


def clean_orphans(con: duckdb.DuckDBPyConnection) -> int:
    """Delete records and tracks without a run in the ledger, left by a killed program; returns the number of runs."""
    attached = {name for (name,) in con.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
    last_no = int(first_value(con, _LAST_NO))
    left_nos = [number for (number,) in con.execute(_LEFT_NOS, {"last": last_no}).fetchall()]
    cleaned: set[int] = set()
    for catalog in attached & _SENSOR_TABLES.keys():
        with transaction(con):
            for table in _SENSOR_TABLES[catalog]:
                cleaned |= _cleared(con, table, last_no, left_nos)
    return len(cleaned)


def _cleared(con: duckdb.DuckDBPyConnection, table: str, last_no: int, left_nos: list[int]) -> set[int]:
    """Delete the rows with a run_no above the last one or among `left_nos`; returns the run numbers found."""
    above: dict[str, object] = {"last": last_no}
    orphans = [("run_no > $last", above)]
    if left_nos:
        within = {"from": left_nos[0], "to": left_nos[-1], "left": left_nos}
        orphans.append((_AMONG_LEFT, within))
    cleared: set[int] = set()
    for condition, values in orphans:
        numbers = con.execute(f"SELECT DISTINCT run_no FROM {table} WHERE {condition}", values).fetchall()  # noqa: S608
        if numbers:
            con.execute(f"DELETE FROM {table} WHERE {condition}", values)  # noqa: S608  our own names
        cleared |= {number for (number,) in numbers}
    return cleared


def _path(settings: Settings, catalog: str) -> Path:
    return {
        LEDGER: settings.store,
        "records": settings.records,
        "tracks": settings.tracks,
        "private": settings.private,
    }[catalog]


def _current(settings: Settings, catalogs: list[str], write: bool, wait_s: float, sql_root: Traversable) -> Engine:
    """These files attached, the ledger first; an older store is migrated before the other files are opened."""
    # With several threads each would leave part of a row group: two thirds larger files, half as much work again.
    threads = 1 if write and "records" in catalogs else None
    engine = _attached(settings, [LEDGER], write=write, wait_s=wait_s, threads=threads)
    try:
        if not is_current(engine.con, sql_root):
            engine.end()
            _upgrade(settings, wait_s, sql_root)
            engine = _attached(settings, [LEDGER], write=write, wait_s=wait_s, threads=threads)
        _attach_all(engine.con, settings, [catalog for catalog in catalogs if catalog != LEDGER], write, wait_s)
    except BaseException:
        engine.end()
        raise
    return engine


def _attached(
    settings: Settings,
    catalogs: list[str],
    *,
    write: bool,
    wait_s: float,
    create: Collection[str] = (),
    threads: int | None = None,
) -> Engine:
    engine = Engine(settings.home / "spill", threads)
    try:
        engine.con.execute("SET TimeZone = 'UTC'")  # so that an aware instant is stored in a TIMESTAMP as UTC
        _attach_all(engine.con, settings, catalogs, write, wait_s, create)
        engine.con.execute(f"USE {LEDGER}")
    except BaseException:
        engine.end()
        raise
    return engine


def _attach_all(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    catalogs: list[str],
    write: bool,
    wait_s: float,
    create: Collection[str] = (),
) -> None:
    for catalog in catalogs:
        path = _path(settings, catalog)
        if catalog not in create and not path.exists():
            raise CannotStart(f"{path} is missing", f"restore {path.name} from your backup")
        attach(con, path, catalog, write=write, wait_s=wait_s)


def _has_content(path: Path) -> bool:
    """True if the file exists and is not empty: it stays empty when its creation is killed or the disk is full."""
    return path.exists() and path.stat().st_size > 0


def _make_or_refuse(settings: Settings, create: bool, wait_s: float, sql_root: Traversable) -> None:
    if not create:
        raise CannotStart(f"there is no store in {settings.home}", "make one: cramplog init")
    make_private_folder(settings.home)
    for catalog in first_versions(sql_root):
        if not _has_content(_path(settings, catalog)):
            _path(settings, catalog).unlink(missing_ok=True)
    try:
        _upgrade(settings, wait_s, sql_root)
    except CannotStart:
        settings.store.unlink(missing_ok=True)  # created a moment ago, and still empty
        raise


def _holds_records(con: duckdb.DuckDBPyConnection) -> bool:
    """True if there are records that a new, empty ledger would take for orphans."""
    if applied_version(con, "records") == 0:
        return False
    return first_value(con, "SELECT run_no FROM records.record LIMIT 1") is not None


def _upgrade(settings: Settings, wait_s: float, sql_root: Traversable) -> None:
    """Migrate all files, and create those that the store does not have yet."""
    with _attached(settings, [LEDGER], write=True, wait_s=wait_s, create=[LEDGER]).closed_at_end() as con:
        have = applied_version(con)
    first = first_versions(sql_root)
    missing = [catalog for catalog, version in first.items() if version > have]
    others = [catalog for catalog in first if catalog != LEDGER]
    engine = _attached(settings, [LEDGER, *others], write=True, wait_s=wait_s, create=missing)
    with interrupts_wait(), engine.closed_at_end() as con:
        if not have and _holds_records(con):
            raise CannotStart(
                f"{settings.store} is gone, but its records are still there",
                f"restore {settings.store.name} from your backup",
            )
        migrate(con, datetime.now(UTC), sql_root)
