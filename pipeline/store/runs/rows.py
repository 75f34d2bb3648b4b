"""The rows a parsed run becomes: records and tracks, its line in the ledger, segments, laps, pauses and notes.

Called by `runs` for new runs and by `redo` for runs that are read again; neither writes them otherwise.
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

from pipeline.rules import SEGMENT_S
from pipeline.schema import RECORD_COLUMNS, TRACK_COLUMNS, ParsedRun, Prepared
from pipeline.store.db.connection import transaction
from pipeline.store.db.migrate import naive_utc
from pipeline.store.db.rows import insert_columns, insert_lists, insert_rows, one_value
from pipeline.store.db.sql_files import read_sql

PARTS = ("lap", "pause", "run_field", "device", "carried_weather")  # tables of the ledger, keyed by run_id
RUNS_PER_BLOCK = 25  # joined at once; a whole batch would need as much memory again
LONGEST_HALF_S = 0.75 * SEGMENT_S  # half of the longest segment: up to half of one joins the last


@dataclass(frozen=True, slots=True)
class NewRun:
    """A parsed run, prepared for the store, with what only the action knows: whose it is, the local clock."""

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
class Block:
    """Rows of a few runs: `rows[i]` are those of the run numbered `run_nos[i]`, all with the same columns."""

    run_nos: Sequence[int]
    rows: Sequence[Rows]

    def joined(self, names: Sequence[str]) -> Rows:
        """run_no and these columns of all runs, run after run: shape (n_rows,)."""
        sizes = [_size(rows) for rows in self.rows]
        run_no = np.repeat(np.array(self.run_nos, dtype=np.int32), sizes)
        return {"run_no": run_no, **{name: np.concatenate([rows[name] for rows in self.rows]) for name in names}}


@dataclass(frozen=True, slots=True)
class Sensors:
    """What the sensors of several runs wrote, in blocks of runs that have a row.

    `blocks` hold RECORD_COLUMNS, one row per record, `field_blocks` the values of further fields (store.field_rows).
    """

    runs: Numbered
    blocks: Sequence[Block]
    field_blocks: Sequence[Block]

    @property
    def placed(self) -> Iterator[Block]:
        """The rows of the runs that have a position."""
        for block in self.blocks:
            placed = [np.isfinite(rows["latitude"]).any() for rows in block.rows]
            if any(placed):
                yield Block(list(compress(block.run_nos, placed)), list(compress(block.rows, placed)))


def numbered(con: duckdb.DuckDBPyConnection, runs: Sequence[NewRun]) -> Numbered:
    """The runs, each with a run_no that no run has yet."""
    last_no = one_value(con, "SELECT coalesce(max(run_no), 0) FROM run")
    return list(enumerate(runs, start=last_no + 1))


def gathered(runs: Numbered) -> Sensors:
    """The runs' records and further fields, ready for every table they go into."""
    records = _blocks((number, run.parsed.records) for number, run in runs)
    return Sensors(runs, records, _blocks((number, run.prepared.field_rows) for number, run in runs))


def _blocks(numbered_rows: Iterable[tuple[int, Rows]]) -> list[Block]:
    """The rows of runs, a few runs per block; runs without a row are left out."""
    filled = [(number, rows) for number, rows in numbered_rows if _size(rows)]
    some = (filled[first : first + RUNS_PER_BLOCK] for first in range(0, len(filled), RUNS_PER_BLOCK))
    return [Block([number for number, _ in runs], [rows for _, rows in runs]) for runs in some]


def _size(rows: Rows) -> int:
    return next(iter(rows.values())).size


def write_sensors(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    """Write tracks and records, a transaction each. Without a run in the ledger the next opening clears them."""
    # The two tables lie in files of their own; within one file DuckDB writes with one thread (`connection`).
    with ThreadPoolExecutor(1) as beside:
        tracks = beside.submit(_write_tracks, con.cursor(), sensors)
        _write_records(con, sensors)
        tracks.result()


def write_parts(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    """Write segments, laps, pauses, notes and what else the files carry, within the caller's transaction."""
    _cut_segments(con, sensors)
    _insert_parts(con, sensors.runs)


def file_facts(number: int, run: NewRun) -> dict[str, object]:
    """The columns of `run` that rest on the file."""
    parsed = run.parsed
    same = (
        "session_no", "sport", "sub_sport", "indoor", "clock_wrong", "elapsed_s", "timer_s", "moving_s", "distance_m",
        "device", "title", "description", "gear", "simulated",
    )  # fmt: skip
    known = ("part_of", "start_local", "tz", "tz_rule", "utc_offset_s")
    return {
        **{name: getattr(parsed, name) for name in same},
        **{name: getattr(run, name) for name in known},
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
    kept = tuple(name for name in RECORD_COLUMNS if name not in TRACK_COLUMNS)
    with transaction(con):
        for block in sensors.blocks:
            insert_columns(con, "records.record", block.joined(kept))
        for block in sensors.field_blocks:
            insert_columns(con, "records.record_field", block.joined(list(block.rows[0])))


def _cut_segments(con: duckdb.DuckDBPyConnection, sensors: Sensors) -> None:
    if not sensors.blocks:
        return
    ends = [_end_of_run(number, run.parsed.records) for number, run in sensors.runs]
    parsed_record = {name: np.concatenate([end[name] for end in ends]) for name in ends[0]}
    pieces = Block([number for number, _ in sensors.runs], [run.prepared.pieces for _, run in sensors.runs])
    parsed_piece = pieces.joined(list(pieces.rows[0]))
    parsed_run = {
        "run_no": np.array([number for number, _ in sensors.runs], dtype=np.int32),
        "run_id": np.array([run.parsed.run_id for _, run in sensors.runs], dtype=object),
    }
    cells = [
        (number, n, cell) for number, run in sensors.runs for n, cell in enumerate(run.prepared.segment_cells, start=1)
    ]
    segment_cell = {
        "run_no": np.array([cell[0] for cell in cells], dtype=np.int32),
        "segment_no": np.array([cell[1] for cell in cells], dtype=np.int32),
        "cell": np.array([cell[2] for cell in cells], dtype=object),
    }
    con.execute("INSERT INTO segment BY NAME " + read_sql("queries", "cut_segments"))
    del parsed_record, parsed_piece, parsed_run, segment_cell  # found by name in cut_segments.sql


def _end_of_run(number: int, records: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[Any]]:
    """run_no, elapsed_s and moving_s of the last records: those that can be the middle of the last segment."""
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
            told = {name: [value for _, part in parts for value in part[name]] for name in names}
            insert_lists(con, table, {"run_id": run_ids, **told})
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
