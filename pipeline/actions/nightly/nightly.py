"""The nightly: a list of stages, each a plain function, run in order. The list is the same with and without Prefect.

Stages depend on the store only, not on the stage before. A failed stage is recorded and all others still run: without
tonight's fit, the reports use the last good one. A stage finds what it left undone and does it the next night. How the
nights went: `pipeline.actions.nightly.nights`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.actions.admin.publish import publish_snapshot
from pipeline.actions.ingest.inbox import take_answers, take_runs, take_weather
from pipeline.actions.report.make_report import report_all
from pipeline.actions.training.train import train_all
from pipeline.errors import BUG, SomeFailed, TryAgain, user_error
from pipeline.files import write_lock
from pipeline.instants import naive_utc
from pipeline.settings import Settings, load_settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.health.nights import new_night_id, put_night_stage

log = logging.getLogger(__name__)
stage_log = logging.getLogger("cramplog.stages")  # one log record per stage as it ends; `stage_lines` prints them

Stage = Callable[[Settings, datetime], str]
STAGES: Mapping[str, Stage] = {
    "inbox": take_runs,
    "weather": take_weather,
    "answers": take_answers,
    "fit": train_all,
    "reports": report_all,
    "publish": publish_snapshot,
}
INTAKE = ("inbox", "weather", "answers")  # the stages that import something
PATIENT_S = 600.0  # a nightly waits longer for a busy store than a person would
OUT_OF_TIME = "out_of_time"


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How one stage went: `outcome` is done or failed, `detail` says what it did, in counts, or why it failed.

    `code` is the error's (`pipeline.errors`), "" when done. `failed_items` are the files or runners that failed.
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
        """True if the stage failed, as a whole or for some of its items."""
        return self.outcome == "failed"

    @property
    def temporary(self) -> bool:
        """True if a retry may help: the store was busy, or the disk full."""
        return self.code == TryAgain.code

    @property
    def anonymous_detail(self) -> str:
        """The detail if it holds counts only; otherwise the error's code, because messages may hold paths and names."""
        return self.detail if self.code in ("", SomeFailed.code) else self.code


def settings_for(home: Path | None) -> Settings:
    """The settings of this environment, for the store in `home` if given: a flow gets only a path."""
    settings = load_settings(os.environ)
    return replace(settings, home=home) if home else settings


@contextmanager
def night_lock(settings: Settings) -> Iterator[None]:
    """Inside, no other night works on this home. The lock is released however the process ends.

    A second night waits for the first, up to 10 minutes: two at once would import the same files. Raises TryAgain after
    that, CannotStart without a store.
    """
    with open_store(settings, write=False, wait_s=PATIENT_S):
        pass  # raises if there is no store
    with ExitStack() as lock:
        try:
            lock.enter_context(write_lock(settings.home, 0.0))
        except TryAgain:
            log.warning("another night is running here; this one waits until it ends")
            lock.enter_context(write_lock(settings.home, PATIENT_S))
        yield


def begin_night(settings: Settings) -> str:
    """Return a new id for tonight's rows in v_night."""
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        return new_night_id(con)


def run_stage(
    settings: Settings, night_id: str | None, stage: str, now: datetime, stages: Mapping[str, Stage] = STAGES
) -> StageOutcome:
    """Run one stage, write its row and report its outcome. Never raises for an error of the stage.

    A second attempt replaces the row of the first. With `night_id` None no row is written.
    """
    started_at = datetime.now(UTC)
    try:
        outcome = _outcome(stage, started_at, "done", stages[stage](settings, now))
    except Exception as error:  # a bug in one stage must not stop the others
        outcome = _failure(stage, started_at, error)
    return record_stage(settings, night_id, outcome)


def record_stage(settings: Settings, night_id: str | None, outcome: StageOutcome) -> StageOutcome:
    """Write the stage's row of that night, in place of an earlier attempt's; then report the outcome and return it."""
    if night_id is not None:
        began, ended = naive_utc(outcome.started_at), naive_utc(outcome.started_at + timedelta(seconds=outcome.seconds))
        with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
            put_night_stage(con, night_id, outcome.stage, began, ended, outcome.outcome, outcome.detail)
    stage_log.info("%s %s: %s", outcome.stage, outcome.outcome, outcome.detail, extra={"outcome": outcome})
    return outcome


def out_of_time(stage: str, limit_s: float) -> StageOutcome:
    """The outcome of a stage that has just been stopped at its time limit."""
    started_at = datetime.now(UTC) - timedelta(seconds=limit_s)
    return _outcome(stage, started_at, "failed", f"stopped at its limit of {limit_s:.0f} s", OUT_OF_TIME)


def run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    """Run all stages without Prefect. Raises TryAgain while another night is running, CannotStart without a store."""
    with night_lock(settings):
        night_id = begin_night(settings)
        return [run_stage(settings, night_id, stage, now) for stage in STAGES]


def _failure(stage: str, started_at: datetime, error: Exception) -> StageOutcome:
    expected = user_error(error)
    if expected is None:  # a bug: its traceback goes into the log
        log.error("stage %s failed", stage, exc_info=error)
        return _outcome(stage, started_at, "failed", f"a bug: {type(error).__name__}", BUG)
    detail = f"{expected.message}; {expected.hint}" if expected.hint else expected.message
    items = expected.items if isinstance(expected, SomeFailed) else ()
    return _outcome(stage, started_at, "failed", detail, expected.code, items)


def _outcome(
    stage: str, started_at: datetime, outcome: str, detail: str, code: str = "", items: tuple[str, ...] = ()
) -> StageOutcome:
    seconds = (datetime.now(UTC) - started_at).total_seconds()
    return StageOutcome(stage, outcome, detail, seconds, started_at, code, items)
