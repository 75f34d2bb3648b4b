"""Runs in the store: writing new ones, reading them back. Called by actions.

DuckDB writes one file per transaction. Tracks and records are written first and the ledger last: a run exists if the ledger
has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import numpy as np

from pipeline.instants import naive_utc
from pipeline.schema import ExportDetails, Records
from pipeline.store.db.rows import insert_rows, row_of
from pipeline.store.db.transaction import transaction
from pipeline.store.runs.duplicates import link_duplicates
from pipeline.store.runs.export_details import put_export_details
from pipeline.store.runs.late_details import add_details
from pipeline.store.runs.rows import NewRun, file_facts, gather_sensors, number_runs, write_parts, write_sensors
from pipeline.store.weather.hours import put_cell_map

__all__ = ["FileRow", "IngestDetails", "NewRun", "files_of", "files_seen", "lap_ends_s", "read_records", "store_runs"]

_FILE = "file_sha256, runner_id, name, size_bytes, outcome, reason, records, parser_version, first_seen_at"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file and the outcome of reading it. `first_seen_at` (UTC, no zone) is None for a file not yet in the ledger."""

    file_sha256: str
    runner_id: str
    name: str
    size_bytes: int
    outcome: str
    reason: str | None
    records: int
    parser_version: int
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IngestDetails:
    """What is written to the ledger along with new runs.

    `of_files` are an export's details of files (by SHA-256), `of_runs` those of runs already stored (by run_id). `near`
    holds the weather cells that can serve each cell, with their distances in km.
    """

    of_files: Mapping[str, ExportDetails] = field(default_factory=dict)
    of_runs: Mapping[str, ExportDetails] = field(default_factory=dict)
    near: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)


def files_seen(con: duckdb.DuckDBPyConnection) -> dict[str, FileRow]:
    """Every file in the ledger, by SHA-256."""
    rows = con.execute(f"SELECT {_FILE} FROM file ORDER BY first_seen_at, name").fetchall()  # noqa: S608
    return {row[0]: FileRow(*row) for row in rows}


def files_of(con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str]) -> dict[str, FileRow]:
    """Those of these files that are in the ledger, by SHA-256."""
    rows = con.execute(
        f"SELECT {_FILE} FROM file WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))",  # noqa: S608
        {"files": list(file_sha256s)},
    ).fetchall()
    return {row[0]: FileRow(*row) for row in rows}


def store_runs(
    con: duckdb.DuckDBPyConnection,
    runs: Sequence[NewRun],
    files: Sequence[FileRow],
    now: datetime,
    details: IngestDetails = IngestDetails(),
) -> dict[str, str]:
    """Write new runs, their segments and the files they came from. The ledger gets all of them or none.

    Returns {run_id of the duplicate: run_id of the run that counts} for runs recorded twice. If the program is killed
    between the steps, records without a run are left, which the next opening for writing deletes.
    """
    new = number_runs(con, runs)
    sensors = gather_sensors(new)
    write_sensors(con, sensors)
    unanswered = {"ingested_at": naive_utc(now), "answer": "unanswered", "race": False}
    with transaction(con):
        insert_rows(con, "run", [_run_row(number, run) | unanswered for number, run in new])
        write_parts(con, sensors)
        _write_files(con, files, now)
        put_export_details(con, details.of_files, now)
        add_details(con, details.of_runs)
        put_cell_map(con, details.near)
        return link_duplicates(con, [run.parsed.run_id for run in runs])


def _write_files(con: duckdb.DuckDBPyConnection, files: Sequence[FileRow], now: datetime) -> None:
    """Store files and their outcomes; a file that is already stored is replaced."""
    stored = [file.file_sha256 for file in files if file.first_seen_at is not None]
    if stored:
        con.execute("DELETE FROM file WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))", {"files": stored})
    insert_rows(con, "file", [_file_row(file, now) for file in files])


def read_records(con: duckdb.DuckDBPyConnection, run_no: int) -> Records:
    """The records of a run without positions: one float64 array per column, shape (n_records,), NaN if not measured."""
    found = con.execute(
        "SELECT * EXCLUDE (run_no) FROM records.record WHERE run_no = ? ORDER BY elapsed_s", [run_no]
    ).fetchnumpy()
    return {name: np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan) for name, values in found.items()}


def lap_ends_s(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[float, ...]:
    """Elapsed seconds at the end of each lap, in order."""
    rows = con.execute(
        "SELECT elapsed_start_s + elapsed_s FROM lap WHERE run_id = ? ORDER BY lap_no", [run_id]
    ).fetchall()
    return tuple(row[0] for row in rows)


def _run_row(number: int, run: NewRun) -> dict[str, object]:
    ids = {"run_id": run.parsed.run_id, "runner_id": run.runner_id, "file_sha256": run.file_sha256}
    return {**ids, **file_facts(number, run)}


def _file_row(file: FileRow, now: datetime) -> dict[str, object]:
    return {**row_of(file), "first_seen_at": file.first_seen_at or naive_utc(now)}
