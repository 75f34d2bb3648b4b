"""Runs in the store: writing parsed ones, reading them back. Called by actions; SQL cuts the segments.

Order of writing: tracks and records first, the ledger last and as the truth, since DuckDB writes one file a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
import numpy as np

from pipeline.schema import RECORD_COLUMNS, TRACK_COLUMNS, ParsedRun, Records
from pipeline.store.connection import transaction
from pipeline.store.duplicates import link_duplicates
from pipeline.store.rows import insert_columns, insert_rows, one_value
from pipeline.store.sql_files import read_sql


@dataclass(frozen=True, slots=True)
class NewRun:
    """A parsed run with what only the action knows: whose it is, the local clock, the weather cells."""

    parsed: ParsedRun
    runner_id: str
    file_sha256: str
    parser_version: int
    part_of: str | None
    start_local: datetime | None
    tz: str | None
    tz_rule: str
    utc_offset_s: int | None
    cell: str | None
    segment_cells: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file the ledger has seen, and what became of it."""

    file_sha256: str
    runner_id: str
    name: str
    size_bytes: int
    outcome: str
    reason: str | None
    records: int
    parser_version: int


def files_seen(con: duckdb.DuckDBPyConnection) -> dict[str, FileRow]:
    """Every file in the ledger, by its SHA-256."""
    rows = con.execute(
        "SELECT file_sha256, runner_id, name, size_bytes, outcome, reason, records, parser_version FROM file"
    ).fetchall()
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
    last_no = one_value(con, "SELECT coalesce(max(run_no), 0) FROM run")
    numbered = list(enumerate(runs, start=last_no + 1))
    for catalog, columns in (
        ("tracks.track", ("elapsed_s", *TRACK_COLUMNS)),
        ("records.record", tuple(name for name in RECORD_COLUMNS if name not in TRACK_COLUMNS)),
    ):
        with transaction(con):
            _insert_records(con, catalog, columns, numbered)
    with transaction(con):
        insert_rows(con, "run", [_run_row(number, run, now) for number, run in numbered])
        _cut_segments(con, numbered)
        _insert_parts(con, numbered)
        for file in files:
            con.execute("DELETE FROM file WHERE file_sha256 = ?", [file.file_sha256])
        insert_rows(con, "file", [_file_row(file, now) for file in files])
        linked = link_duplicates(con, [run.parsed.run_id for run in runs])
    return linked


def read_records(con: duckdb.DuckDBPyConnection, run_no: int) -> Records:
    """The records of a run without place: a float64 array a column, NaN where not measured."""
    found = con.execute(
        "SELECT * EXCLUDE (run_no) FROM records.record WHERE run_no = ? ORDER BY elapsed_s", [run_no]
    ).fetchnumpy()
    return {name: np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan) for name, values in found.items()}


def _insert_records(
    con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], numbered: Sequence[tuple[int, NewRun]]
) -> None:
    kept = [(number, run.parsed.records) for number, run in numbered if run.parsed.records["elapsed_s"].size]
    if table.endswith("track"):
        kept = [(number, records) for number, records in kept if np.isfinite(records["latitude"]).any()]
    if not kept:
        return
    numbers = np.concatenate([np.full(records["elapsed_s"].size, number, dtype=np.int32) for number, records in kept])
    arrays = {name: np.concatenate([records[name] for _, records in kept]) for name in columns}
    insert_columns(con, table, {"run_no": numbers, **arrays})


def _cut_segments(con: duckdb.DuckDBPyConnection, numbered: Sequence[tuple[int, NewRun]]) -> None:
    kept = [(number, run) for number, run in numbered if run.parsed.records["elapsed_s"].size]
    if not kept:
        return
    sizes = [run.parsed.records["elapsed_s"].size for _, run in kept]
    parsed_record = {
        "run_no": np.repeat(np.array([number for number, _ in kept], dtype=np.int32), sizes),
        **{name: np.concatenate([run.parsed.records[name] for _, run in kept]) for name in RECORD_COLUMNS},
    }
    parsed_run = {
        "run_no": np.array([number for number, _ in kept], dtype=np.int32),
        "run_id": np.array([run.parsed.run_id for _, run in kept], dtype=object),
    }
    cells = [(number, n, cell) for number, run in kept for n, cell in enumerate(run.segment_cells, start=1)]
    segment_cell = {
        "run_no": np.array([cell[0] for cell in cells], dtype=np.int32),
        "segment_no": np.array([cell[1] for cell in cells], dtype=np.int32),
        "cell": np.array([cell[2] for cell in cells], dtype=object),
    }
    con.execute("INSERT INTO segment BY NAME " + read_sql("queries", "cut_segments"))
    del parsed_record, parsed_run, segment_cell  # found by name in cut_segments.sql


def _insert_parts(con: duckdb.DuckDBPyConnection, numbered: Sequence[tuple[int, NewRun]]) -> None:
    runs = [run for _, run in numbered]
    for table, part in (("lap", "laps"), ("pause", "pauses")):
        rows = [
            {"run_id": run.parsed.run_id, **{name: getattr(one, name) for name in one.__dataclass_fields__}}
            for run in runs
            for one in getattr(run.parsed, part)
        ]
        insert_rows(con, table, rows)
    notes = [
        {
            "file_sha256": run.file_sha256,
            "run_id": run.parsed.run_id,
            "kind": note.kind,
            "detail": note.detail,
            "n": note.n,
        }
        for run in runs
        for note in run.parsed.notes
    ]
    insert_rows(con, "parse_note", notes)


def _run_row(number: int, run: NewRun, now: datetime) -> dict[str, object]:
    parsed = run.parsed
    same = ("run_id", "session_no", "sport", "sub_sport", "indoor", "clock_wrong", "elapsed_s", "timer_s")
    known = ("runner_id", "file_sha256", "part_of", "start_local", "tz", "tz_rule", "utc_offset_s", "cell")
    return {
        **{name: getattr(parsed, name) for name in same},
        **{name: getattr(parsed, name) for name in ("moving_s", "distance_m", "device", "title", "simulated")},
        **{name: getattr(run, name) for name in known},
        "run_no": number,
        "start_at": _naive(parsed.start_at),
        "records": parsed.records["elapsed_s"].size,
        "values_kept": sum(int(np.isfinite(column).sum()) for column in parsed.records.values()),
        "parser_version": run.parser_version,
        "ingested_at": _naive(now),
        "answer": "unanswered",
        "race": False,
    }


def _file_row(file: FileRow, now: datetime) -> dict[str, object]:
    return {**{name: getattr(file, name) for name in file.__dataclass_fields__}, "first_seen_at": _naive(now)}


def _naive(instant: datetime) -> datetime:
    """The store keeps UTC without a zone."""
    return (instant - (instant.utcoffset() or timedelta())).replace(tzinfo=None)


def lap_ends_s(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[float, ...]:
    """Elapsed seconds at which each lap was closed, in order."""
    rows = con.execute(
        "SELECT elapsed_start_s + elapsed_s FROM lap WHERE run_id = ? ORDER BY lap_no", [run_id]
    ).fetchall()
    return tuple(row[0] for row in rows)
