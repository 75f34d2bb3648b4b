"""`cramplog tag`: cramps and answers onto runs. Every answer is the runner's word; unanswered stays missing.

A file of answers is taken by `pipeline.actions.tag_file`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipeline.actions.moments import Moment, RunClock, place_moment
from pipeline.errors import WrongInput
from pipeline.schema import ANSWERS, MUSCLES, SEVERITIES, SIDES
from pipeline.settings import Settings
from pipeline.store.connection import open_store, transaction
from pipeline.store.cramps import NewCramp, add_cramp, answer_of, onsets_of, set_answer, unanswered_between
from pipeline.store.find import RunRow, find_run
from pipeline.store.runners import find_runner
from pipeline.store.runs import lap_ends_s, read_records

DEFAULT_UNCERTAINTY_S = 60.0


@dataclass(frozen=True, slots=True)
class CrampWords:
    """A cramp as a person gives it: the moment in any of the forms of `moments`, or `after` the run."""

    at: str
    muscle: str
    side: str
    severity: str
    uncertainty_s: float = DEFAULT_UNCERTAINTY_S
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """What was kept, to be said back, and the run's answer now. `new` is False when the very same tag was there already."""

    run: RunRow
    moment: Moment
    new: bool
    answer: str


def tag_cramp(settings: Settings, run_word: str, runner_name: str | None, cramp: CrampWords, now: datetime) -> Tagged:
    """Keep one cramp of one run, and answer that run with "cramp".

    Raises NotFound for the run, WrongInput for words outside the lists or a moment outside the run.
    """
    with open_store(settings, write=True, with_records=True) as con, transaction(con):
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        return keep_cramp(con, run, cramp, "single", now)


def keep_cramp(con: duckdb.DuckDBPyConnection, run: RunRow, cramp: CrampWords, how: str, now: datetime) -> Tagged:
    """Keep one cramp of a run that is at hand, within the caller's transaction."""
    after = cramp.at.strip().lower() == "after"
    moment = Moment(None, None, False) if after else place_moment(cramp.at, _clock_of(con, run))
    new = NewCramp(
        run_id=run.run_id,
        runner_id=run.runner_id,
        phase="after" if after else "during",
        onset_at=moment.at,
        onset_moving_s=moment.moving_s,
        uncertainty_s=cramp.uncertainty_s,
        muscle=one_of(cramp.muscle, MUSCLES, "muscle"),
        side=one_of(cramp.side, SIDES, "side"),
        severity=one_of(cramp.severity, SEVERITIES, "severity"),
        note=cramp.note,
        moved_out_of_pause=moment.in_pause,
    )
    kept = add_cramp(con, new, how, now)
    return Tagged(run, moment, kept, answer_of(con, run.run_id))


def answer_run(settings: Settings, run_word: str, runner_name: str | None, answer: str, now: datetime) -> RunRow:
    """Answer one run with "no cramp" or "not sure". Raises WrongInput when cramps are tagged in it."""
    with open_store(settings, write=True) as con, transaction(con):
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        keep_answer(con, run, answer, "single", now)
        return run


def keep_answer(con: duckdb.DuckDBPyConnection, run: RunRow, answer: str, how: str, now: datetime) -> None:
    """Answer a run that is at hand, within the caller's transaction."""
    if answer != "cramp" and onsets_of(con, run.run_id):
        raise WrongInput(
            f"the run of {run.day} has a tagged cramp, so it cannot be answered with '{answer}'",
            "leave it as it is; taking a tag back comes with a later version",
        )
    set_answer(con, run.run_id, one_of(answer, ANSWERS, "answer"), how, now)


def answer_none_between(
    settings: Settings, runner_name: str | None, first: date, last: date | None, now: datetime, dry_run: bool = False
) -> int:
    """Answer every unanswered run of the window (local days) with "no cramp"; returns how many. One transaction."""
    with open_store(settings, write=not dry_run) as con:
        run_ids = unanswered_between(con, find_runner(con, runner_name).runner_id, first, last)
        if not dry_run:
            with transaction(con):
                for run_id in run_ids:
                    set_answer(con, run_id, "no cramp", "bulk", now)
    return len(run_ids)


def one_of(word: str, words: tuple[str, ...], what: str) -> str:
    """The word itself when it is one of the list; raises WrongInput with the list otherwise."""
    if word not in words:
        raise WrongInput(f"'{word}' is not a {what}", f"one of: {', '.join(words)}")
    return word


def _clock_of(con: duckdb.DuckDBPyConnection, run: RunRow) -> RunClock:
    return RunClock(
        start_at=run.start_at,
        start_local=run.start_local,
        elapsed_s=run.elapsed_s,
        records=read_records(con, run.run_no),
        lap_end_s=lap_ends_s(con, run.run_id),
    )
