"""Small real stores for tests: runs made of plain arrays, put in through the same functions as everybody's."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np

from pipeline.actions.reading.prepare import prepare
from pipeline.schema import RECORD_COLUMNS, ParsedRun
from pipeline.settings import Settings
from pipeline.store.answers.cramps import NewCramp, add_cramp, set_answer
from pipeline.store.answers.runners import Runner, add_runner
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store
from pipeline.store.runs.runs import FileRow, NewRun, store_runs

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAIVE_NOW = NOW.replace(tzinfo=None)
START = datetime(2026, 6, 14, 5, 30, tzinfo=UTC)


def make_store(home: Path, *names: str) -> tuple[Settings, list[Runner]]:
    """A new store with these runners."""
    made, runners = _made(names)
    return Settings(shutil.copytree(made, home, copy_function=shutil.copy)), list(runners)


@cache
def _made(names: tuple[str, ...]) -> tuple[Path, tuple[Runner, ...]]:
    """A store just made, to be copied: making one takes as long as most tests."""
    home = Path(tempfile.mkdtemp()) / "home"
    atexit.register(shutil.rmtree, home.parent)
    with open_store(Settings(home), write=True, create=True) as con, change(con, "init", "", "single", NOW) as step:
        return home, tuple(add_runner(step, Runner("", name)) for name in names)


def even_run(
    minutes: float = 60,
    start_at: datetime = START,
    speed_ms: float = 3.0,
    step_s: float = 5.0,
    pause: tuple[float, float] | None = None,
    altitude_m: float | None = 200.0,
    position: tuple[float, float] | None = (48.2, 16.4),
    sport: str = "running",
) -> ParsedRun:
    """A run at one speed; `pause` (elapsed from, to) stands still. `minutes` is elapsed time."""
    elapsed = np.arange(0, minutes * 60 + 1e-6, step_s)
    moving = elapsed.copy()
    if pause is not None:
        moving = elapsed - np.clip(elapsed - pause[0], 0, pause[1] - pause[0])
    records = {name: np.full(elapsed.size, np.nan) for name in RECORD_COLUMNS}
    records |= {"elapsed_s": elapsed, "timer_s": moving, "moving_s": moving, "distance_m": moving * speed_ms}
    records["speed_ms"] = np.full(elapsed.size, speed_ms)
    if altitude_m is not None:
        records["altitude_m"] = np.full(elapsed.size, altitude_m)
    if position is not None:
        records["latitude"] = np.full(elapsed.size, position[0])
        records["longitude"] = np.full(elapsed.size, position[1])
    known = f"{start_at.isoformat()} {minutes} {speed_ms} {step_s} {sport} {pause}"
    return ParsedRun(
        run_id=sha256(known.encode()).hexdigest(),
        session_no=1,
        sport=sport,
        sub_sport=None,
        indoor=position is None,
        start_at=start_at,
        elapsed_s=float(elapsed[-1]),
        timer_s=float(moving[-1]),
        moving_s=float(moving[-1]),
        distance_m=float(moving[-1] * speed_ms),
        utc_offset_s=None,
        clock_wrong=False,
        device=None,
        title=None,
        simulated=False,
        records=records,
    )


def with_records(run: ParsedRun, **columns: np.ndarray) -> ParsedRun:
    """The run with these columns in place of its own."""
    return replace(run, records={**run.records, **columns})


def put_runs(con: duckdb.DuckDBPyConnection, runner: Runner, runs: Sequence[ParsedRun]) -> dict[str, str]:
    """Store the runs, each as a file of its own; local time is UTC + 2 h. Returns the links between duplicates."""
    new = [new_run(run, runner) for run in runs]
    files = [FileRow(one.file_sha256, runner.runner_id, "x.fit", 1, "new", None, 1, 1) for one in new]
    return store_runs(con, new, files, NOW)


def answer(con: duckdb.DuckDBPyConnection, run: ParsedRun, word: str = "no cramp") -> None:
    """Answer a run's cramp question."""
    with change(con, "tag", word, "single", NOW) as step:
        set_answer(step, run.run_id, word)


def cramp_at(
    con: duckdb.DuckDBPyConnection,
    runner: Runner,
    run: ParsedRun,
    moving_s: float | None,
    uncertainty_s: float = 60.0,
    severity: str = "mild",
    phase: str = "during",
) -> None:
    """Tag a cramp at that moving time of a run without pauses; None for somewhere in the run."""
    onset_at = None if moving_s is None else (run.start_at + timedelta(seconds=moving_s)).replace(tzinfo=None)
    tag = NewCramp(
        run.run_id, runner.runner_id, phase, onset_at, moving_s, uncertainty_s, "calf", "left", severity, None, False
    )
    with change(con, "tag", "a cramp", "single", NOW) as step:
        add_cramp(step, tag)


def later(run: ParsedRun, **changes: object) -> ParsedRun:
    """A copy with other fields."""
    return replace(run, **changes)  # type: ignore[arg-type]


def new_run(run: ParsedRun, runner: Runner) -> NewRun:
    """The run as the store takes it, with local time, weather cells and a file of its own."""
    return NewRun(
        parsed=run,
        prepared=prepare(run),
        runner_id=runner.runner_id,
        file_sha256=sha256(f"file of {run.run_id}".encode()).hexdigest(),
        parser_version=1,
        part_of=None,
        start_local=run.start_at.replace(tzinfo=None) + timedelta(hours=2),
        tz="Europe/Vienna",
        tz_rule="place",
        utc_offset_s=7200,
    )
