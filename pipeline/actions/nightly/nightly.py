"""The nightly: a list of stages, each a plain function, run in order. With Prefect around them or without, the same list.

A stage that fails is recorded and the rest is done all the same: each rests on the store, not on the stage before.
How the nights went is `pipeline.actions.nightly.nights`'.
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
from pipeline.errors import CramplogError, TryAgain, system_error
from pipeline.files import write_lock
from pipeline.settings import Settings, load_settings
from pipeline.store.db.connection import open_store, transaction
from pipeline.store.db.migrate import naive_utc
from pipeline.store.health.nights import new_night_id, put_night_stage

log = logging.getLogger(__name__)
stage_log = logging.getLogger("cramplog.stages")  # a record a stage as it ends, for whoever watches

STAGES: Mapping[str, Callable[[Settings, datetime], str]] = {
    "inbox": take_runs,
    "weather": take_weather,
    "answers": take_answers,
    "fit": train_all,
    "reports": report_all,
    "publish": publish_snapshot,
}
INTAKE = ("inbox", "weather", "answers")  # the stages that bring something in
PATIENT_S = 600.0  # a nightly waits longer for a busy store than a person would


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How one stage went: done or failed, and what it did, in counts."""

    stage: str
    outcome: str
    detail: str
    seconds: float
    started_at: datetime


def settings_of(home: Path) -> Settings:
    """This environment's settings, for the store in `home`: flows are handed a path only."""
    return replace(load_settings(os.environ), home=home)


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
            lock.enter_context(write_lock(settings.home, 0.0))
        except TryAgain:
            log.warning("another night is at work here; this one waits for its end")
            lock.enter_context(write_lock(settings.home, PATIENT_S))
        yield


def begin_night(settings: Settings) -> str:
    """A fresh id for tonight's rows in v_night."""
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        return new_night_id(con)


def run_stage(settings: Settings, night_id: str, stage: str, now: datetime) -> StageOutcome:
    """Run one stage of a night and record how it went. Never raises for what a stage met."""
    told = _try(settings, stage, now)
    began, ended = naive_utc(told.started_at), naive_utc(told.started_at + timedelta(seconds=told.seconds))
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        put_night_stage(con, night_id, stage, began, ended, told.outcome, told.detail)
    return _said(told)


def run_alone(settings: Settings, stage: str, now: datetime) -> StageOutcome:
    """Run one stage outside of any night: the same, without a row in v_night."""
    return _said(_try(settings, stage, now))


def run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    """The whole nightly without Prefect. Raises TryAgain while another is at work, CannotStart without a store."""
    with one_night(settings):
        night_id = begin_night(settings)
        return [run_stage(settings, night_id, stage, now) for stage in STAGES]


def _try(settings: Settings, stage: str, now: datetime) -> StageOutcome:
    """How the stage went; our own bugs are logged whole."""
    started_at = datetime.now(UTC)
    try:
        outcome, detail = "done", STAGES[stage](settings, now)
    except Exception as error:  # a bug in one stage must not cost the others
        known = error if isinstance(error, CramplogError) else system_error(error)
        if known is None:
            log.exception("stage %s broke", stage)
        outcome, detail = "failed", _in_words(known) if known else f"a bug: {type(error).__name__}"
    return StageOutcome(stage, outcome, detail, (datetime.now(UTC) - started_at).total_seconds(), started_at)


def _in_words(error: CramplogError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message


def _said(told: StageOutcome) -> StageOutcome:
    stage_log.info("%s %s: %s", told.stage, told.outcome, told.detail, extra={"outcome": told})
    return told
