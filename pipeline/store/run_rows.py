"""The rows a parsed run becomes: records and tracks, its line in the ledger, segments, laps, pauses and notes.

Called by `runs` for new runs and by `redo` for runs that are read again; neither writes them otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np

from pipeline.schema import RECORD_COLUMNS, TRACK_COLUMNS, ParsedRun
from pipeline.store.connection import transaction
from pipeline.store.migrate import naive_utc
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


Numbered = Sequence[tuple[int, NewRun]]


def numbered(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> Numbered:
    """The runs, each with a run_no that no run has yet."""
    last_no = one_value(con, "SELECT coalesce(max(run_no), 0) FROM run")
    return list(enumerate(runs, start=last_no + 1))


def write_sensors(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    """Write tracks and records, a transaction each. Without a run in the ledger the next opening clears them."""
    for catalog, columns in (
        ("tracks.track", ("elapsed_s", *TRACK_COLUMNS)),
        ("records.record", tuple(name for name in RECORD_COLUMNS if name not in TRACK_COLUMNS)),
    ):
        with transaction(con):
            _insert_records(con, catalog, columns, runs)


def write_parts(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    """Write segments, laps, pauses and notes, within the caller's transaction."""
    _cut_segments(con, runs)
    _insert_parts(con, runs)


def file_facts(number: int, run: NewRun) -> dict[str, object]:
    """The columns of `run` that rest on the file."""
    parsed = run.parsed
    same = ("session_no", "sport", "sub_sport", "indoor", "clock_wrong", "elapsed_s", "timer_s")
    known = ("part_of", "start_local", "tz", "tz_rule", "utc_offset_s", "cell")
    return {
        **{name: getattr(parsed, name) for name in same},
        **{name: getattr(parsed, name) for name in ("moving_s", "distance_m", "device", "title", "simulated")},
        **{name: getattr(run, name) for name in known},
        "run_no": number,
        "start_at": naive_utc(parsed.start_at),
        "records": parsed.records["elapsed_s"].size,
        "values_kept": sum(int(np.isfinite(column).sum()) for column in parsed.records.values()),
        "parser_version": run.parser_version,
    }


def _insert_records(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], runs: Numbered) -> None:
    kept = [(number, run.parsed.records) for number, run in runs if run.parsed.records["elapsed_s"].size]
    if table.endswith("track"):
        kept = [(number, records) for number, records in kept if np.isfinite(records["latitude"]).any()]
    if not kept:
        return
    numbers = np.concatenate([np.full(records["elapsed_s"].size, number, dtype=np.int32) for number, records in kept])
    arrays = {name: np.concatenate([records[name] for _, records in kept]) for name in columns}
    insert_columns(con, table, {"run_no": numbers, **arrays})


def _cut_segments(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    kept = [(number, run) for number, run in runs if run.parsed.records["elapsed_s"].size]
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


def _insert_parts(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    for table, part in (("lap", "laps"), ("pause", "pauses")):
        rows = [
            {"run_id": run.parsed.run_id, **{name: getattr(one, name) for name in one.__dataclass_fields__}}
            for _, run in runs
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
        for _, run in runs
        for note in run.parsed.notes
    ]
    insert_rows(con, "parse_note", notes)
