"""The nightly as a Prefect flow: the list of stages, one task each. `cramplog nightly --plain` runs the same list without it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import flow

from flows.tasks import task_begin_night, task_stage
from pipeline.actions.nightly import STAGES, StageOutcome
from pipeline.settings import Settings


@flow(name="cramplog-nightly")
def nightly(home: Path, now: datetime) -> list[StageOutcome]:
    """Inbox, weather, answers, fit, reports, publish: in that order, on the store in `home`."""
    settings = Settings(home)
    night_id = task_begin_night(settings)
    return [task_stage(settings, night_id, stage, now) for stage in STAGES]
