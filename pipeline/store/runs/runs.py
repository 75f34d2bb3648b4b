"""Runs in the store: writing new ones, reading them back. Called by actions.

Order of writing: tracks and records first, the ledger last and as the truth, since DuckDB writes one file a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import numpy as np

from pipeline.schema import ExportDetails, Records
from pipeline.store.db.connection import transaction
from pipeline.store.db.migrate import naive_utc
from pipeline.store.db.rows import insert_rows, row_of
from pipeline.store.runs.duplicates import link_duplicates
from pipeline.store.runs.export_details import write_words
from pipeline.store.runs.late_details import tell_runs
from pipeline.store.runs.rows import NewRun, file_facts, gathered, numbered, write_parts, write_sensors
from pipeline.store.weather.hours import put_cell_map

__all__ = ["Beside", "FileRow", "NewRun", "files_of", "files_seen", "lap_ends_s", "read_records", "store_runs"]

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


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes into the ledger with new runs.

    `words` are what exports say of contents (by SHA-256), `told` of runs that are there already (by run_id); `near` says
    which weather places answer for a cell, with their way in km.
    """

    words: Mapping[str, ExportDetails] = field(default_factory=dict)
    told: Mapping[str, ExportDetails] = field(default_factory=dict)
    near: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)


def files_seen(con: duckdb.DuckDBPyConnection) -> dict[str, FileRow]:
    """Every file in the ledger, by its SHA-256."""
    rows = con.execute(f"SELECT {_FILE} FROM file ORDER BY first_seen_at, name").fetchall()  # noqa: S608
    return {row[0]: FileRow(*row) for row in rows}


def files_of(con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str]) -> dict[str, FileRow]:
    """Of these files those in the ledger, by their SHA-256."""
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
    beside: Beside = Beside(),
) -> dict[str, str]:
    """Write new runs, their segments and the files they came from; all of them or, in the ledger, none.

    Returns {poorer run_id: counted run_id} for runs that turned out to be the same. A kill
    between the steps leaves records without a run, which the next opening for writing clears.
    """
    new = numbered(con, runs)
    sensors = gathered(new)
    write_sensors(con, sensors)
    said = {"ingested_at": naive_utc(now), "answer": "unanswered", "race": False}
    with transaction(con):
        insert_rows(con, "run", [_run_row(number, run) | said for number, run in new])
        write_parts(con, sensors)
        _write_files(con, files, now)
        write_words(con, beside.words, now)
        tell_runs(con, beside.told)
        put_cell_map(con, beside.near)
        return link_duplicates(con, [run.parsed.run_id for run in runs])


def _write_files(con: duckdb.DuckDBPyConnection, files: Sequence[FileRow], now: datetime) -> None:
    """Remember files and what became of them, in place of what was remembered."""
    known = [file.file_sha256 for file in files if file.first_seen_at is not None]
    if known:
        con.execute("DELETE FROM file WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))", {"files": known})
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
    return {**row_of(file), "first_seen_at": file.first_seen_at or naive_utc(now)}
