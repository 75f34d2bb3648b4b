"""The nightly: a list of stages, each a plain function, run in order. With Prefect around them or without, the same list.

No stage needs another one: each rests on the store, not on what the stage before did, so a stage that fails is recorded and
all others still run. Without tonight's fit the reports rest on the last good one; what a stage leaves undone it finds and
does the next night. How the nights went is `pipeline.actions.nightly.nights`'.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.actions.admin.publish import publish_snapshot
from pipeline.actions.ingest.inbox import take_answers, take_runs, take_weather
from pipeline.actions.report.make_report import report_all
from pipeline.actions.training.train import train_all
from pipeline.errors import BUG, SomeFailed, TryAgain, user_error
from pipeline.files import one_writer
from pipeline.instants import naive_utc
from pipeline.settings import Settings, load_settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.health.nights import new_night_id, put_night_stage

log = logging.getLogger(__name__)
stage_log = logging.getLogger("cramplog.stages")  # one log record per stage as it ends, for whoever watches

Stage = Callable[[Settings, datetime], str]
STAGES: Mapping[str, Stage] = {
    "inbox": take_runs,
    "weather": take_weather,
    "answers": take_answers,
    "fit": train_all,
    "reports": report_all,
    "publish": publish_snapshot,
}
INTAKE = ("inbox", "weather", "answers")  # the stages that bring something in
PATIENT_S = 600.0  # a nightly waits longer for a busy store than a person would
OUT_OF_TIME = "out_of_time"


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How one stage went: done or failed, and what it did, in counts, or why it failed.

    `code` is the error's (`pipeline.errors`), "" when done. `failed_items` names the files or runners that failed.
    """

    stage: str
    outcome: str
    detail: str
    seconds: float
    started_at: datetime
    code: str = ""
    failed_items: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the stage failed, as a whole or for some of its items."""
        return self.outcome == "failed"

    @property
    def temporary(self) -> bool:
        """Whether trying again may help: the store was busy, or the disk full."""
        return self.code == TryAgain.code

    @property
    def anonymous_detail(self) -> str:
        """The detail where it is counts; else only the error's code, since messages may hold paths and names."""
        return self.detail if self.code in ("", SomeFailed.code) else self.code


class StageFailed(Exception):
    """One stage failed, and its row is written; `outcome` says how. The message holds no path and no name."""

    def __init__(self, outcome: StageOutcome) -> None:
        super().__init__(f"{outcome.stage} failed: {outcome.anonymous_detail}")
        self.outcome = outcome


class NightFailed(Exception):
    """All stages ran and some failed; `outcomes` has all of them. The message holds no path and no name."""

    def __init__(self, outcomes: Sequence[StageOutcome]) -> None:
        failed = [f"{one.stage} ({one.anonymous_detail})" for one in outcomes if one.failed]
        super().__init__(f"{len(failed)} of {len(outcomes)} stages failed: {', '.join(failed)}")
        self.outcomes = list(outcomes)


def settings_of(home: Path | None) -> Settings:
    """This environment's settings, for the store in `home` if given: flows are handed a path only."""
    settings = load_settings(os.environ)
    return replace(settings, home=home) if home else settings


@contextmanager
def one_night(settings: Settings) -> Iterator[None]:
    """Inside, no other night works on this home; the lock is freed however the process ends.

    A second waits for the first, up to 10 minutes: two at once would take the same files from under each other.
    Raises TryAgain after that, CannotStart without a store.
    """
    with open_store(settings, write=False, wait_s=PATIENT_S):
        pass  # a store is there
    with ExitStack() as lock:
        try:
            lock.enter_context(one_writer(settings.home, 0.0))
        except TryAgain:
            log.warning("another night is at work here; this one waits for its end")
            lock.enter_context(one_writer(settings.home, PATIENT_S))
        yield


def begin_night(settings: Settings) -> str:
    """A fresh id for tonight's rows in v_night."""
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        return new_night_id(con)


def run_stage(settings: Settings, stage: str, now: datetime) -> StageOutcome:
    """Run one stage outside of any night and report it. Never raises for what the stage met."""
    return report_stage(_attempt(settings, stage, now, STAGES))


def run_and_record(
    settings: Settings, night_id: str, stage: str, now: datetime, stages: Mapping[str, Stage] = STAGES
) -> StageOutcome:
    """Run one stage of a night, write its row and report it. Never raises for what the stage met.

    Run again, the row is replaced: it says how the last attempt went.
    """
    return record(settings, night_id, _attempt(settings, stage, now, stages))


def record(settings: Settings, night_id: str, outcome: StageOutcome) -> StageOutcome:
    """Write the stage's row of that night, in place of the one of an attempt before, and then report the stage."""
    began, ended = naive_utc(outcome.started_at), naive_utc(outcome.started_at + timedelta(seconds=outcome.seconds))
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        put_night_stage(con, night_id, outcome.stage, began, ended, outcome.outcome, outcome.detail)
    return report_stage(outcome)


def report_stage(outcome: StageOutcome) -> StageOutcome:
    """Tell whoever watches that the stage has ended: `pipeline.actions.nightly.stage_lines` shows it."""
    stage_log.info("%s %s: %s", outcome.stage, outcome.outcome, outcome.detail, extra={"outcome": outcome})
    return outcome


def out_of_time(stage: str, limit_s: float) -> StageOutcome:
    """The outcome of a stage that its time limit has just ended."""
    started_at = datetime.now(UTC) - timedelta(seconds=limit_s)
    return _outcome(stage, started_at, "failed", f"stopped at its limit of {limit_s:.0f} s", OUT_OF_TIME)


def successful(outcome: StageOutcome) -> StageOutcome:
    """The outcome itself. Raises StageFailed if the stage failed."""
    if outcome.failed:
        raise StageFailed(outcome)
    return outcome


def all_successful(outcomes: Sequence[StageOutcome]) -> list[StageOutcome]:
    """The outcomes themselves. Raises NightFailed if any stage failed."""
    if any(one.failed for one in outcomes):
        raise NightFailed(outcomes)
    return list(outcomes)


def run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    """The whole nightly without Prefect. Raises TryAgain while another is at work, CannotStart without a store."""
    with one_night(settings):
        night_id = begin_night(settings)
        return [run_and_record(settings, night_id, stage, now) for stage in STAGES]


def _attempt(settings: Settings, stage: str, now: datetime, stages: Mapping[str, Stage]) -> StageOutcome:
    """How the stage went; our own bugs are logged whole."""
    started_at = datetime.now(UTC)
    try:
        return _outcome(stage, started_at, "done", stages[stage](settings, now))
    except Exception as error:  # a bug in one stage must not cost the others
        return _failure(stage, started_at, error)


def _failure(stage: str, started_at: datetime, error: Exception) -> StageOutcome:
    known = user_error(error)
    if known is None:
        log.error("stage %s broke", stage, exc_info=error)
        return _outcome(stage, started_at, "failed", f"a bug: {type(error).__name__}", BUG)
    detail = f"{known.message}; {known.hint}" if known.hint else known.message
    items = known.items if isinstance(known, SomeFailed) else ()
    return _outcome(stage, started_at, "failed", detail, known.code, items)


def _outcome(
    stage: str, started_at: datetime, outcome: str, detail: str, code: str = "", items: tuple[str, ...] = ()
) -> StageOutcome:
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    return StageOutcome(stage, outcome, detail, seconds, started_at, code, items)
