"""Migrates the store's files to this program's schema: each migration once, then all views. Called by `connection`.

A migration is `NNNN_what.sql` for the ledger, `NNNN_what.records.sql` (`.tracks.sql`, `.private.sql`) for the other files.
DuckDB writes one file per transaction: each part of a migration shares its transaction with its row in that file's
`migration` table, and the ledger's part comes last. If the program is killed, the next opening continues from there.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as package_version
from importlib.resources.abc import Traversable

import duckdb

from pipeline.errors import CannotStart
from pipeline.instants import naive_utc
from pipeline.store.db.rows import first_value
from pipeline.store.db.sql_files import SQL_ROOT, sql_files
from pipeline.store.db.transaction import transaction

LEDGER = "cramplog"
CATALOGS = (
    "records",
    "tracks",
    "private",
    LEDGER,
)  # in the order of writing: the ledger last, because it decides what exists
_FILE_NAME = re.compile(r"^(?P<version>\d{4})_(?P<what>[a-z0-9_]+)(?:\.(?P<catalog>records|tracks|private))?\.sql$")

_MIGRATION_TABLE = """
CREATE TABLE IF NOT EXISTS migration (
    version INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    applied_at TIMESTAMP NOT NULL,
    program_version VARCHAR NOT NULL
)"""
_VIEWS_TABLE = """
CREATE TABLE IF NOT EXISTS applied_views (sha256 VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step: the SQL for each file it touches, by catalog."""

    version: int
    name: str
    sql: dict[str, str]


def migrations(root: Traversable = SQL_ROOT) -> list[Migration]:
    """Every migration under `root`, by number. Raises ValueError (a bug of ours) for a wrong file name or a gap."""
    steps: dict[int, Migration] = {}
    for file_name, text in sql_files("migrations", root):
        match = _FILE_NAME.match(file_name)
        if match is None:
            raise ValueError(f"{file_name} is not named NNNN_what[.records|.tracks|.private].sql")
        number, catalog = int(match["version"]), match["catalog"] or LEDGER
        step = steps.setdefault(number, Migration(number, match["what"], {}))
        if catalog in step.sql:
            raise ValueError(f"{file_name}: number {number} has two parts for {catalog}")
        step.sql[catalog] = text
    if sorted(steps) != list(range(1, len(steps) + 1)):
        raise ValueError(f"migrations are numbered 1, 2, 3, ...; found {sorted(steps)}")
    return [steps[number] for number in sorted(steps)]


def first_versions(root: Traversable = SQL_ROOT) -> dict[str, int]:
    """The files of a store, the ledger last, each with the number of the migration that creates it."""
    steps = migrations(root)
    numbers = {catalog: [step.version for step in steps if catalog in step.sql] for catalog in CATALOGS}
    return {catalog: versions[0] for catalog, versions in numbers.items() if versions}


def schema_version(root: Traversable = SQL_ROOT) -> int:
    """The number of this program's newest migration."""
    return len(migrations(root))


def applied_version(con: duckdb.DuckDBPyConnection, catalog: str = LEDGER) -> int:
    """The number of the newest migration applied to the attached file; 0 for a new file."""
    try:
        return int(first_value(con, f"SELECT coalesce(max(version), 0) FROM {catalog}.migration"))  # noqa: S608  our name
    except duckdb.CatalogException:  # faster than checking for the table first
        return 0


def is_current(con: duckdb.DuckDBPyConnection, root: Traversable = SQL_ROOT) -> bool:
    """True if the ledger has this program's schema and views. Raises CannotStart if its schema is newer."""
    have, want = applied_version(con), schema_version(root)
    if have > want:
        raise CannotStart(
            f"the store has schema {have}, but this program supports only up to {want}: a newer cramplog wrote it",
            "update cramplog",
        )
    return have == want and _applied_views(con) == views_hash(root)


def migrate(con: duckdb.DuckDBPyConnection, now: datetime, root: Traversable = SQL_ROOT) -> None:
    """Apply the missing migrations to all files, which are attached for writing, recreate the views, and checkpoint.

    `now` is aware. Raises CannotStart if the store is newer than the program.
    """
    if is_current(con, root):
        return
    have = {catalog: applied_version(con, catalog) for catalog in first_versions(root)}
    for step in migrations(root):
        for catalog in have:
            if step.version > have[catalog] and (catalog in step.sql or catalog == LEDGER):
                _apply(con, step, catalog, now)
    _make_views(con, now, root)
    for catalog in have:
        con.execute(f"CHECKPOINT {catalog}")


def _apply(con: duckdb.DuckDBPyConnection, step: Migration, catalog: str, now: datetime) -> None:
    con.execute(f"USE {catalog}")
    try:
        with transaction(con):
            con.execute(_MIGRATION_TABLE)
            if catalog in step.sql:  # a migration may change other files only
                con.execute(step.sql[catalog])
            con.execute(
                "INSERT INTO migration VALUES ($version, $name, $at, $program)",
                {
                    "version": step.version,
                    "name": step.name,
                    "at": naive_utc(now),
                    "program": package_version("cramplog"),
                },
            )
    finally:
        con.execute(f"USE {LEDGER}")


def _make_views(con: duckdb.DuckDBPyConnection, now: datetime, root: Traversable) -> None:
    old = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE database_name = $ledger AND NOT internal",
        {"ledger": LEDGER},
    ).fetchall()
    with transaction(con):
        for (name,) in old:
            con.execute(f'DROP VIEW "{name}"')
        for _, text in sql_files("views", root):
            con.execute(text)
        con.execute(_VIEWS_TABLE)
        con.execute("DELETE FROM applied_views")
        con.execute("INSERT INTO applied_views VALUES ($hash, $at)", {"hash": views_hash(root), "at": naive_utc(now)})


def views_hash(root: Traversable) -> str:
    """SHA-256 (hex) of all views under `root`: it changes with any of their files."""
    texts = [f"{name}\n{text}" for name, text in sql_files("views", root)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _applied_views(con: duckdb.DuckDBPyConnection) -> str | None:
    try:
        return str(first_value(con, "SELECT sha256 FROM cramplog.applied_views"))
    except duckdb.CatalogException:
        return None
