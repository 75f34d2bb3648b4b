"""`cramplog tag`: stores cramps and answers of runs. Every answer comes from the runner; an unanswered run stays missing.

New runs are forecast before an answer is written: a prediction made after the answer is not a forecast.

`pipeline.actions.tagging.tag_file` imports a file of answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from pipeline.actions.risk.automatic_forecasts import forecast_new_runs
from pipeline.actions.tagging.moments import Moment, RunClock, place_moment
from pipeline.errors import WrongInput
from pipeline.settings import Settings
from pipeline.store.answers.cramps import NewCramp, add_cramp, answer_of, onsets_of, set_answer, unanswered_between
from pipeline.store.answers.runners import find_runner
from pipeline.store.db.changes import Change, change
from pipeline.store.db.connection import open_store
from pipeline.store.runs.find import RunRow, find_run
from pipeline.store.runs.runs import lap_ends_s, read_records
from pipeline.vocabulary import ANSWERS, EFFECTS, MUSCLES, RECURRED, RELIEFS, SEVERITIES, SIDES, choose, choose_or_none

DEFAULT_UNCERTAINTY_S = 60.0


@dataclass(frozen=True, slots=True)
class CrampText:
    """A cramp as a person writes it: the moment in any of the forms of `moments`, or `after` the run.

    effect, relief, recurred: what it did to the run, whether stretching helped, whether it came back; None if not given.
    """

    at: str
    muscle: str
    side: str
    severity: str
    uncertainty_s: float = DEFAULT_UNCERTAINTY_S
    note: str | None = None
    effect: str | None = None
    relief: str | None = None
    recurred: str | None = None
    recurred_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """The stored cramp, to be shown, and the run's answer now. `new` is False if the same tag existed already."""

    run: RunRow
    moment: Moment
    new: bool
    answer: str


def tag_cramp(settings: Settings, run_word: str, runner_name: str | None, cramp: CrampText, now: datetime) -> Tagged:
    """Store one cramp of one run, and answer that run with "cramp".

    Raises NotFound for the run, WrongInput for a word outside the lists or a moment outside the run.
    """
    forecast_new_runs(settings, now)
    with open_store(settings, write=True, with_records=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        detail = f"{cramp.muscle} {cramp.side}, {cramp.severity}, {run.day} at {cramp.at}"
        with change(con, "tag", detail, "single", now, run.runner_id) as step:
            return store_cramp(step, run, cramp)


def store_cramp(step: Change, run: RunRow, cramp: CrampText) -> Tagged:
    """Store one cramp of this run, within the caller's change."""
    after = is_after(cramp.at)
    moment = Moment(None, None, False) if after else place_moment(cramp.at, run_clock(step.con, run))
    new = NewCramp(
        run_id=run.run_id,
        runner_id=run.runner_id,
        phase="after" if after else "during",
        onset_at=moment.at,
        onset_moving_s=moment.moving_s,
        uncertainty_s=checked_uncertainty_s(cramp.uncertainty_s),
        muscle=choose(cramp.muscle, MUSCLES, "a muscle"),
        side=choose(cramp.side, SIDES, "a side"),
        severity=choose(cramp.severity, SEVERITIES, "a severity"),
        note=cramp.note,
        moved_out_of_pause=moment.in_pause,
        effect=choose_or_none(cramp.effect, EFFECTS, "an effect"),
        relief=choose_or_none(cramp.relief, RELIEFS, "a word for relief"),
        recurred=choose_or_none(cramp.recurred, RECURRED, "a word for coming back"),
        recurred_after_s=cramp.recurred_after_s,
    )
    is_new = add_cramp(step, new)
    return Tagged(run, moment, is_new, answer_of(step.con, run.run_id))


def check_moment(settings: Settings, run_word: str, runner_name: str | None, text: str) -> None:
    """Raises WrongInput for a text that is not a moment of that run, NotFound for the run. Changes nothing."""
    with open_store(settings, write=False, with_records=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        if not is_after(text):
            place_moment(text, run_clock(con, run))


def answer_run(settings: Settings, run_word: str, runner_name: str | None, answer: str, now: datetime) -> RunRow:
    """Answer one run with "no cramp" or "not sure". Raises WrongInput if cramps are tagged in it."""
    forecast_new_runs(settings, now)
    with open_store(settings, write=True) as con:
        run = find_run(con, find_runner(con, runner_name).runner_id, run_word)
        with change(con, "tag", f"{answer}, {run.day}", "single", now, run.runner_id) as step:
            store_answer(step, run, answer)
        return run


def store_answer(step: Change, run: RunRow, answer: str) -> None:
    """Answer this run, within the caller's change; the same answer again changes nothing."""
    if answer != "cramp" and onsets_of(step.con, run.run_id):
        raise WrongInput(
            f"the run of {run.day} has a tagged cramp, so its answer cannot be '{answer}'",
            f"find the tag with: cramplog tag list {run.day}; then remove it with: cramplog tag rm TAG",
        )
    if choose(answer, ANSWERS, "an answer") != answer_of(step.con, run.run_id):
        set_answer(step, run.run_id, answer)


def answer_none_between(
    settings: Settings, runner_name: str | None, first: date, last: date | None, now: datetime, dry_run: bool = False
) -> int:
    """Answer every unanswered run from `first` to `last` (local days) with "no cramp", in one transaction.

    Returns the number of runs. With `dry_run` nothing is written.
    """
    if not dry_run:
        forecast_new_runs(settings, now)
    with open_store(settings, write=not dry_run) as con:
        runner_id = find_runner(con, runner_name).runner_id
        run_ids = unanswered_between(con, runner_id, first, last)
        if not dry_run:
            detail = f"no cramp in {len(run_ids)} runs from {first}" + (f" to {last}" if last else " on")
            with change(con, "tag --none", detail, "bulk", now, runner_id) as step:
                for run_id in run_ids:
                    set_answer(step, run_id, "no cramp")
    return len(run_ids)


def checked_uncertainty_s(seconds: float) -> float:
    """The uncertainty, unchanged. Raises WrongInput outside 0 to 12 hours."""
    if not 0 <= seconds <= 43_200:
        raise WrongInput(
            f"the uncertainty must be between 0 and 43200 s (12 h), not {seconds:g} s",
            "if you do not know when the cramp came, write the moment as: somewhere",
        )
    return seconds


def is_after(text: str) -> bool:
    """True if the text means a moment after the run."""
    return text.strip().lower() == "after"


def run_clock(con: duckdb.DuckDBPyConnection, run: RunRow) -> RunClock:
    """What locates a moment in this run; `records` must be attached."""
    return RunClock(
        start_at=run.start_at,
        start_local=run.start_local,
        elapsed_s=run.elapsed_s,
        records=read_records(con, run.run_no),
        lap_end_s=lap_ends_s(con, run.run_id),
    )
