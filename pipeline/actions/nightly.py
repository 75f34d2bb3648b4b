"""The nightly: a list of stages, each a plain function, run in order. With Prefect around them or without, the same list.

A stage that fails is recorded and the rest is done all the same: each rests on the store, not on the stage before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.actions.inbox import take_answers, take_runs, take_weather
from pipeline.actions.make_report import report_all
from pipeline.actions.publish import publish_snapshot
from pipeline.actions.train import train_all
from pipeline.errors import CramplogError
from pipeline.settings import Settings
from pipeline.store.connection import open_store, transaction
from pipeline.store.fits import new_night_id, put_night_stage

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
PATIENT_S = 600.0  # a nightly waits longer for a busy store than a person would


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How one stage went: done or failed, and what it did, in counts."""

    stage: str
    outcome: str
    detail: str
    seconds: float


def begin_night(settings: Settings) -> str:
    """A fresh id for tonight's rows in v_night."""
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        return new_night_id(con)


def run_stage(settings: Settings, night_id: str, stage: str, now: datetime) -> StageOutcome:
    """Run one stage and record how it went. Never raises for what a stage met; our own bugs are logged whole."""
    started_at = datetime.now(UTC)
    try:
        outcome, detail = "done", STAGES[stage](settings, now)
    except CramplogError as error:
        outcome, detail = "failed", f"{error.message}; {error.hint}" if error.hint else error.message
    except Exception as error:  # a bug in one stage must not cost the others
        log.exception("stage %s broke", stage)
        outcome, detail = "failed", f"a bug: {type(error).__name__}"
    ended_at = datetime.now(UTC)
    with open_store(settings, write=True, wait_s=PATIENT_S) as con, transaction(con):
        put_night_stage(
            con, night_id, stage, started_at.replace(tzinfo=None), ended_at.replace(tzinfo=None), outcome, detail
        )
    told = StageOutcome(stage, outcome, detail, (ended_at - started_at).total_seconds())
    stage_log.info("%s %s: %s", stage, outcome, detail, extra={"outcome": told})
    return told


def run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    """The whole nightly without Prefect."""
    night_id = begin_night(settings)
    return [run_stage(settings, night_id, stage, now) for stage in STAGES]
