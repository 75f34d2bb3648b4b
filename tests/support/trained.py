"""Small stores to train in: runners with a run every other day, all answered, some with a cramp."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.schema import ParsedRun
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from tests.support.stores import answer, cramp_at, even_run, make_store, put_runs

FIRST_DAY = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
MINUTES = (60, 50, 120, 45)


def run_no(n: int, runner_no: int = 0) -> ParsedRun:
    """The n-th run of a runner: each at an hour of their own, every fourth of two hours."""
    start = FIRST_DAY + timedelta(days=2 * n, hours=4 * runner_no)
    return even_run(MINUTES[n % 4], start, step_s=60.0, position=None)


def put_answered(settings: Settings, runner: Runner, runs: Sequence[ParsedRun], cramped: Sequence[int] = ()) -> None:
    """Store these runs and answer each: those at the places `cramped` with a cramp ten minutes before the end."""
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
        for n, run in enumerate(runs):
            if n in cramped:
                cramp_at(con, runner, run, run.moving_s - 600.0)
            else:
                answer(con, run)


def trained_store(
    home: Path, n_runs: int = 26, cramped: Sequence[Sequence[int]] = ((6, 14, 22),)
) -> tuple[Settings, list[Runner]]:
    """A store of as many runners as there are lists of cramped runs."""
    settings, runners = make_store(home, *("anna", "ben", "carla")[: len(cramped)])
    for k, (runner, theirs) in enumerate(zip(runners, cramped, strict=True)):
        put_answered(settings, runner, [run_no(n, k) for n in range(n_runs)], theirs)
    return settings, runners
