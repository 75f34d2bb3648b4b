"""More runs at once than are joined in one block: each keeps its own rows, in order; runs without a position have no track."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pipeline.schema import ParsedRun
from pipeline.store.db.connection import open_store
from pipeline.store.runs.rows import RUNS_PER_BLOCK
from tests.support.stores import START, even_run, make_store, put_runs

N_RUNS = 2 * RUNS_PER_BLOCK + 3
STORED = """
    SELECT run_id, list(record.elapsed_s ORDER BY record.elapsed_s), list(DISTINCT speed_ms), count(latitude)
    FROM records.record AS record
    JOIN run USING (run_no)
    LEFT JOIN tracks.track AS track ON track.run_no = record.run_no AND track.elapsed_s = record.elapsed_s
    GROUP BY run_id
"""


def a_run(number: int) -> ParsedRun:
    """No two are equally long or equally fast. A whole block is without a position, and one run in four of the others."""
    placed = number >= RUNS_PER_BLOCK and number % 4 > 0
    return even_run(
        minutes=10 + number,
        start_at=START + timedelta(days=number),
        speed_ms=2 + number / 64,
        position=(48.2, 16.4) if placed else None,
    )


def test_each_of_many_runs_keeps_its_rows(tmp_path: Path) -> None:
    runs = [a_run(number) for number in range(N_RUNS)]
    settings, (sam,) = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, sam, runs)
        stored = {run_id: rest for run_id, *rest in con.execute(STORED).fetchall()}
        tracks = con.execute("SELECT count(DISTINCT run_no) FROM tracks.track").fetchall()
    assert len(stored) == N_RUNS
    for number, run in enumerate(runs):
        at_s = [5.0 * k for k in range(12 * (10 + number) + 1)]
        assert stored[run.run_id] == [at_s, [2 + number / 64], 0 if run.indoor else len(at_s)]
    assert tracks == [(sum(not run.indoor for run in runs),)]
