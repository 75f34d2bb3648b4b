"""Writes the rows of a parsed run: records and tracks, its row in the ledger, segments, laps, pauses and notes.

Called by `runs` for new runs and by `redo` for runs that are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipeline.instants import naive_utc
from pipeline.schema import RECORD_COLUMNS, SEGMENT_S, TRACK_COLUMNS, ParsedRun, Prepared
from pipeline.store.db.rows import first_value, insert_columns, insert_lists, insert_rows, registered
from pipeline.store.db.sql_files import read_sql
from pipeline.store.db.transaction import transaction

PARTS = ("lap", "pause", "run_field", "device", "carried_weather")  # further tables of the ledger, by run_id
RUNS_PER_BLOCK = 35  # joined at once; a whole batch would need as much memory again
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
Rows = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class RunBlock:
    """Rows of a few runs: `rows[i]` are those of the run with number `run_nos[i]`, all with the same columns."""

    run_nos: Sequence[int]
    rows: Sequence[Rows]

    def joined(self, names: Sequence[str]) -> Rows:
        """run_no and these columns of all runs, run after run: shape (n_rows,)."""
        sizes = [_size(rows) for rows in self.rows]
        run_no = np.repeat(np.array(self.run_nos, dtype=np.int32), sizes)
        return {"run_no": run_no, **_concatenated(self.rows, names)}


@dataclass(frozen=True, slots=True)
class Sensors:
    """The sensor values of several runs, in blocks of runs that have any.

    `blocks` hold RECORD_COLUMNS, one row per record; `field_blocks` hold the values of further fields (field_rows.py).
    """

    runs: Numbered
    blocks: Sequence[RunBlock]
    field_blocks: Sequence[RunBlock]

    @property
    def placed(self) -> Iterator[RunBlock]:
        """All rows of those runs that have a position anywhere."""
        for block in self.blocks:
            placed = [np.isfinite(rows["latitude"]).any() for rows in block.rows]
            if any(placed):
                yield RunBlock(list(compress(block.run_nos, placed)), list(compress(block.rows, placed)))


def number_runs(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> Numbered:
    """The runs, each with a new run_no."""
    last_no = first_value(con, "SELECT coalesce(max(run_no), 0) FROM run")
    return list(enumerate(runs, start=last_no + 1))


def gather_sensors(runs: Numbered) -> Sensors:
    """The runs' records and further fields, ready to be inserted."""
    records = _blocks((number, run.parsed.records) for number, run in runs)
    return Sensors(runs, records, _blocks((number, run.prepared.field_rows) for number, run in runs))


def _blocks(numbered_rows: Iterable[tuple[int, Rows]]) -> list[RunBlock]:
    """The rows of runs, a few runs per block; runs without a row are left out."""
    filled = [(number, rows) for number, rows in numbered_rows if _size(rows)]
    groups = (filled[first : first + RUNS_PER_BLOCK] for first in range(0, len(filled), RUNS_PER_BLOCK))
    return [RunBlock([number for number, _ in runs], [rows for _, rows in runs]) for runs in groups]


def _size(rows: Rows) -> int:
    return next(iter(rows.values())).size


def _concatenated(parts: Sequence[Rows], names: Iterable[str]) -> dict[str, NDArray[Any]]:
    return {name: np.concatenate([rows[name] for rows in parts]) for name in names}


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
            insert_columns(con, "tracks.track", block.joined(("elapsed_s", *TRACK_COLUMNS)))


def _write_records(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    columns = tuple(name for name in RECORD_COLUMNS if name not in TRACK_COLUMNS)
    with transaction(con):
        for block in sensors.blocks:
            insert_columns(con, "records.record", block.joined(columns))
        for block in sensors.field_blocks:
            insert_columns(con, "records.record_field", block.joined(list(block.rows[0])))


def _cut_segments(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    if not sensors.blocks:
        return
    ends = [_end_of_run(number, run.parsed.records) for number, run in sensors.runs]
    pieces = RunBlock([number for number, _ in sensors.runs], [run.prepared.pieces for _, run in sensors.runs])
    tables = {
        "parsed_run": _run_ids(sensors.runs),
        "parsed_record": _concatenated(ends, ends[0]),
        "parsed_piece": pieces.joined(list(pieces.rows[0])),
        "segment_cell": _segment_cells(sensors.runs),
    }
    with registered(con, tables):
        con.execute("INSERT INTO segment BY NAME " + read_sql("queries", "cut_segments"))


def _run_ids(runs: Numbered) -> Rows:
    return {
        "run_no": np.array([number for number, _ in runs], dtype=np.int32),
        "run_id": np.array([run.parsed.run_id for _, run in runs], dtype=object),
    }


def _segment_cells(runs: Numbered) -> Rows:
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
