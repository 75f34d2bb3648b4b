"""Measures how long it takes to read a chart, and all segments, in a store of 5,000 one-hour runs.

By hand: python -m benchmarks.chart_read [--runs N]     makes its files and its store in a temporary folder
The chart: `read_records` of runs spread over the store, on an open connection. The segments: as training and report read them,
as stored by ingest; and, for comparison, cut again from the records of every run by sql/queries/cut_segments.sql.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb
import numpy as np

from benchmarks.bulk import ingested, new_home
from benchmarks.run_files import write_archive
from pipeline.formats.cleaning.segments import sum_in_bins
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.rows import registered
from pipeline.store.db.sql_files import read_sql
from pipeline.store.runs.runs import read_records

CHART_LIMIT_MS, SEGMENTS_LIMIT_S = 15.0, 3.0
CHARTS = 40
TOGETHER = 200  # runs cut at once: 6 million values in memory


def main() -> int:
    """Prints both times; returns 1 if one is too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5000, help="runs in the store (5000)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = new_home(Path(folder) / "home")
        write_archive(Path(folder) / "files", 0, runs)
        ingested(home, Path(folder) / "files")
        with open_store(Settings(home), write=False, with_records=True) as con:
            chart_ms, read_s, (segments, cut_s) = charts_ms(con), read_all_s(con), cut_anew(con)
    print(f"the chart of one run among {runs:,}: {chart_ms:.1f} ms (at most {CHART_LIMIT_MS:.0f})")
    print(
        f"{segments:,} segments of all of them, as the report reads them: {read_s:.2f} CPU s (at most {SEGMENTS_LIMIT_S:.0f})"
    )
    print(f"  cut anew from the records: {cut_s:.2f} CPU s (goal {SEGMENTS_LIMIT_S:.0f})")
    return 0 if chart_ms <= CHART_LIMIT_MS and read_s <= SEGMENTS_LIMIT_S else 1


def charts_ms(con: duckdb.DuckDBPyConnection) -> float:
    """Returns the median CPU time (ms) of reading the records of one run."""
    numbers = [number for (number,) in con.execute("SELECT run_no FROM run ORDER BY run_no").fetchall()]
    times = []
    for number in numbers[:: max(1, len(numbers) // CHARTS)]:
        begun_s = time.process_time()
        read_records(con, number)
        times.append(time.process_time() - begun_s)
    return 1000 * median(times)


def read_all_s(con: duckdb.DuckDBPyConnection) -> float:
    """Returns the CPU seconds of reading every segment with its covariates, as training does."""
    begun_s = time.process_time()
    con.execute("FROM v_hazard_row").fetchnumpy()
    con.execute("FROM v_segment").fetchnumpy()
    return time.process_time() - begun_s


def cut_anew(con: duckdb.DuckDBPyConnection) -> tuple[int, float]:
    """Returns the number of segments of all runs, and the CPU seconds of cutting them."""
    begun_s, segments = time.process_time(), 0
    last_no = con.execute("SELECT max(run_no) FROM run").fetchall()[0][0]
    for first in range(1, last_no + 1, TOGETHER):
        segments += _cut(con, first, first + TOGETHER - 1)
    return segments, time.process_time() - begun_s


def _cut(con: duckdb.DuckDBPyConnection, first: int, last: int) -> int:
    parsed_record = con.execute(
        "SELECT run_no, elapsed_s, moving_s, distance_m, altitude_m, heart_rate_bpm, cadence_spm, device_temp_c"
        " FROM records.record WHERE run_no BETWEEN ? AND ?",
        [first, last],
    ).fetchnumpy()
    parsed_record = {name: np.ma.filled(column, np.nan) for name, column in parsed_record.items()}
    numbers, begun = np.unique(parsed_record["run_no"], return_index=True)
    ends = [*begun[1:], parsed_record["run_no"].size]
    per_run = [
        sum_in_bins({name: column[i:j] for name, column in parsed_record.items()})
        for i, j in zip(begun, ends, strict=True)
    ]
    parsed_piece = {name: np.concatenate([part[name] for part in per_run]) for name in per_run[0]}
    parsed_piece["run_no"] = np.repeat(numbers, [part["piece_no"].size for part in per_run])
    tables = {
        "parsed_record": parsed_record,
        "parsed_piece": parsed_piece,
        "parsed_run": {"run_no": numbers, "run_id": numbers},
        "segment_cell": {"run_no": numbers, "segment_no": numbers, "cell": numbers},
    }
    with registered(con, tables):
        cut = con.execute(f"SELECT count(moving_s) FROM ({read_sql('queries', 'cut_segments')})").fetchall()
    return int(cut[0][0])


if __name__ == "__main__":
    sys.exit(main())
