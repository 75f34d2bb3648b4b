"""Writes the rows of a parsed run: records and tracks, its row in the ledger, segments, laps, pauses and notes.

Called by `runs` for new runs and by `redo` for runs that are read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipeline.instants import naive_utc
from pipeline.rules import SEGMENT_S
from pipeline.schema import RECORD_COLUMNS, TRACK_COLUMNS, ParsedRun, Prepared
from pipeline.stacked import Rows, blocks
from pipeline.store.db.rows import first_value, insert_columns, insert_lists, insert_rows, registered
from pipeline.store.db.sql_files import read_sql
from pipeline.store.db.transaction import transaction

PARTS = ("lap", "pause", "run_field", "device", "carried_weather")  # further tables of the ledger, by run_id
LONGEST_HALF_S = 0.75 * SEGMENT_S  # half of the longest segment, which may be 1.5 times the usual length


@dataclass(frozen=True, slots=True)
class NewRun:
    """A parsed run prepared for the store, with what its action adds: the runner and the local clock."""

    parsed: ParsedRun
    prepared: Prepared
    runner_id: str
    file_sha256: str
    parser_version: int
    part_of: str | None
    start_local: datetime | None
    tz: str | None
    tz_rule: str
    utc_offset_s: int | None


Numbered = Sequence[tuple[int, NewRun]]
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Sensors:
    """The sensor values of several runs, run after run, in blocks of rows with run_no as the first column.

    `blocks` hold RECORD_COLUMNS, one row per record; `field_blocks` hold the values of further fields (field_rows.py).
    """

    runs: Numbered
    blocks: Sequence[Rows]
    field_blocks: Sequence[Rows]

    @property
    def placed(self) -> Iterator[Rows]:
        """All rows of those runs that have a position anywhere."""
        for block in self.blocks:
            has_place = np.isfinite(block["latitude"])
            if has_place.all():
                yield block
            elif has_place.any():
                of_placed_run = np.isin(block["run_no"], np.unique(block["run_no"][has_place]))
                yield {name: column[of_placed_run] for name, column in block.items()}


def number_runs(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> Numbered:
    """The runs, each with a new run_no."""
    last_no = first_value(con, "SELECT coalesce(max(run_no), 0) FROM run")
    return list(enumerate(runs, start=last_no + 1))


def gather_sensors(runs: Numbered) -> Sensors:
    """The runs' records and fields as columns, ready to be inserted."""
    records = _with_numbers(runs, [run.parsed.records for _, run in runs])
    return Sensors(runs, records, _with_numbers(runs, [run.prepared.field_rows for _, run in runs]))


def _with_numbers(runs: Numbered, rows_of_runs: Sequence[Rows]) -> list[Rows]:
    """The rows of the runs in few blocks, with run_no as the first column."""
    numbers = np.array([number for number, _ in runs], dtype=np.int32)
    numbered, done = list[Rows](), 0
    for sizes, rows in blocks(rows_of_runs):
        run_no = np.repeat(numbers[done : done + len(sizes)], sizes)
        done += len(sizes)
        if run_no.size:
            numbered.append({"run_no": run_no, **rows})
    return numbered


def write_sensors(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    """Write tracks and records, each in a transaction. Rows without a run in the ledger are deleted at the next opening."""
    # The two tables are in different files; within one file DuckDB writes with one thread (`connection`).
    with ThreadPoolExecutor(1) as pool:
        tracks = pool.submit(_write_tracks, con.cursor(), sensors)
        _write_records(con, sensors)
        tracks.result()


def write_parts(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    """Write segments, laps, pauses, notes, fields, devices and weather, within the caller's transaction."""
    _cut_segments(con, sensors)
    _insert_parts(con, sensors.runs)


def file_facts(number: int, run: NewRun) -> dict[str, object]:
    """The columns of table `run` that follow from the file."""
    parsed = run.parsed
    from_parsed = (
        "session_no", "sport", "sub_sport", "indoor", "clock_wrong", "elapsed_s", "timer_s", "moving_s", "distance_m",
        "device", "title", "description", "gear", "simulated",
    )  # fmt: skip
    from_action = ("part_of", "start_local", "tz", "tz_rule", "utc_offset_s")
    return {
        **{name: getattr(parsed, name) for name in from_parsed},
        **{name: getattr(run, name) for name in from_action},
        "run_no": number,
        "cell": run.prepared.cell,
        "start_at": naive_utc(parsed.start_at),
        "records": parsed.records["elapsed_s"].size,
        "values_kept": run.prepared.values_kept,
        "parser_version": run.parser_version,
    }


def _write_tracks(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    with con, transaction(con):
        for block in sensors.placed:
            _insert(con, "tracks.track", ("run_no", "elapsed_s", *TRACK_COLUMNS), block)


def _write_records(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    columns = tuple(name for name in RECORD_COLUMNS if name not in TRACK_COLUMNS)
    with transaction(con):
        for block in sensors.blocks:
            _insert(con, "records.record", ("run_no", *columns), block)
        for block in sensors.field_blocks:
            insert_columns(con, "records.record_field", block)


def _insert(
    con: duckdb.DuckDBPyConnection, table: str, names: Sequence[str], columns: Mapping[str, NDArray[Any]]
) -> None:
    insert_columns(con, table, {name: columns[name] for name in names})


def _cut_segments(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    if not sensors.blocks:
        return
    ends = [_end_of_run(number, run.parsed.records) for number, run in sensors.runs]
    pieces = _with_numbers(sensors.runs, [run.prepared.pieces for _, run in sensors.runs])
    tables = {
        "parsed_run": _run_ids(sensors.runs),
        "parsed_record": _joined(ends),
        "parsed_piece": _joined(pieces),
        "segment_cell": _segment_cells(sensors.runs),
    }
    with registered(con, tables):
        con.execute("INSERT INTO segment BY NAME " + read_sql("queries", "cut_segments"))


def _joined(blocks_of_rows: Sequence[Rows]) -> Columns:
    return {name: np.concatenate([block[name] for block in blocks_of_rows]) for name in blocks_of_rows[0]}


def _run_ids(runs: Numbered) -> Columns:
    return {
        "run_no": np.array([number for number, _ in runs], dtype=np.int32),
        "run_id": np.array([run.parsed.run_id for _, run in runs], dtype=object),
    }


def _segment_cells(runs: Numbered) -> Columns:
    """run_no, segment_no (from 1) and weather cell, one row per segment."""
    cells = [(number, n, cell) for number, run in runs for n, cell in enumerate(run.prepared.segment_cells, start=1)]
    return {
        "run_no": np.array([number for number, _, _ in cells], dtype=np.int32),
        "segment_no": np.array([n for _, n, _ in cells], dtype=np.int32),
        "cell": np.array([cell for _, _, cell in cells], dtype=object),
    }


def _end_of_run(number: int, records: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[Any]]:
    """run_no, elapsed_s and moving_s of the last records, among which is the middle of the last segment."""
    moving_s = records["moving_s"]
    first = int(np.searchsorted(moving_s, moving_s[-1] - LONGEST_HALF_S)) if moving_s.size else 0
    run_no = np.full(moving_s.size - first, number, dtype=np.int32)
    return {"run_no": run_no, "elapsed_s": records["elapsed_s"][first:], "moving_s": moving_s[first:]}


def _insert_parts(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    for table in PARTS:
        parts = [(run.parsed.run_id, run.prepared.parts[table]) for _, run in runs if table in run.prepared.parts]
        if parts:
            names = list(parts[0][1])
            run_ids = [run_id for run_id, part in parts for _ in part[names[0]]]
            columns = {name: [value for _, part in parts for value in part[name]] for name in names}
            insert_lists(con, table, {"run_id": run_ids, **columns})
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
