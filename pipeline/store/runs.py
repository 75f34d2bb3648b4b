"""Runs in the store: writing new ones, reading them back. Called by actions.

Order of writing: tracks and records first, the ledger last and as the truth, since DuckDB writes one file a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np

from pipeline.schema import Records
from pipeline.store.connection import transaction
from pipeline.store.duplicates import link_duplicates
from pipeline.store.migrate import naive_utc
from pipeline.store.rows import insert_rows
from pipeline.store.run_rows import NewRun, file_facts, numbered, write_parts, write_sensors

__all__ = ["FileRow", "NewRun", "files_seen", "lap_ends_s", "owners_of", "read_records", "store_runs", "write_files"]

_FILE = "file_sha256, runner_id, name, size_bytes, outcome, reason, records, parser_version, first_seen_at"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file the ledger has seen, and what became of it. `first_seen_at` (UTC, no zone) is None for one that is new."""

    file_sha256: str
    runner_id: str
    name: str
    size_bytes: int
    outcome: str
    reason: str | None
    records: int
    parser_version: int
    first_seen_at: datetime | None = None


def files_seen(con: duckdb.DuckDBPyConnection) -> dict[str, FileRow]:
    """Every file in the ledger, by its SHA-256."""
    rows = con.execute(f"SELECT {_FILE} FROM file ORDER BY first_seen_at, name").fetchall()  # noqa: S608
    return {row[0]: FileRow(*row) for row in rows}


def owners_of(con: duckdb.DuckDBPyConnection, run_ids: Sequence[str]) -> dict[str, str]:
    """runner_id of each of these runs that the store has."""
    rows = con.execute(
        "SELECT run_id, runner_id FROM run WHERE list_contains($ids::VARCHAR[], run_id)", {"ids": list(run_ids)}
    ).fetchall()
    return dict(rows)


def store_runs(
    con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun], files: Sequence[FileRow], now: datetime
) -> dict[str, str]:
    """Write new runs, their segments and the files they came from; all of them or, in the ledger, none.

    Returns {poorer run_id: counted run_id} for runs that turned out to be the same. A kill
    between the steps leaves records without a run, which the next opening for writing clears.
    """
    new = numbered(con, runs)
    write_sensors(con, new)
    said = {"ingested_at": naive_utc(now), "answer": "unanswered", "race": False}
    with transaction(con):
        insert_rows(con, "run", [_run_row(number, run) | said for number, run in new])
        write_parts(con, new)
        write_files(con, files, now)
        linked = link_duplicates(con, [run.parsed.run_id for run in runs])
    return linked


def write_files(con: duckdb.DuckDBPyConnection, files: Sequence[FileRow], now: datetime) -> None:
    """Remember files and what became of them, within the caller's transaction."""
    for file in files:
        con.execute("DELETE FROM file WHERE file_sha256 = ?", [file.file_sha256])
    insert_rows(con, "file", [_file_row(file, now) for file in files])


def read_records(con: duckdb.DuckDBPyConnection, run_no: int) -> Records:
    """The records of a run without place: a float64 array a column, NaN where not measured."""
    found = con.execute(
        "SELECT * EXCLUDE (run_no) FROM records.record WHERE run_no = ? ORDER BY elapsed_s", [run_no]
    ).fetchnumpy()
    return {name: np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan) for name, values in found.items()}


def lap_ends_s(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[float, ...]:
    """Elapsed seconds at which each lap was closed, in order."""
    rows = con.execute(
        "SELECT elapsed_start_s + elapsed_s FROM lap WHERE run_id = ? ORDER BY lap_no", [run_id]
    ).fetchall()
    return tuple(row[0] for row in rows)


def _run_row(number: int, run: NewRun) -> dict[str, object]:
    known = {"run_id": run.parsed.run_id, "runner_id": run.runner_id, "file_sha256": run.file_sha256}
    return {**known, **file_facts(number, run)}


def _file_row(file: FileRow, now: datetime) -> dict[str, object]:
    row = {name: getattr(file, name) for name in file.__dataclass_fields__}
    return {**row, "first_seen_at": file.first_seen_at or naive_utc(now)}
