"""The nightly as a Prefect flow: the list of stages, one task each. `cramplog nightly --plain` runs the same list without it.

Annotations are not postponed here: a served flow travels to its own process without this module's names.
"""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect import flow

from flows.tasks import task_begin_night, task_stage
from pipeline.actions.nightly.nightly import STAGES, StageOutcome, one_night, settings_of
from pipeline.actions.nightly.stage_lines import stages_shown


@flow(name="cramplog-nightly")
def nightly(home: Path, now: datetime) -> list[StageOutcome]:
    """Inbox, weather, answers, fit, reports, publish: in that order, on the store in `home`."""
    settings = settings_of(home)
    with one_night(settings):
        night_id = task_begin_night(settings)
        return [task_stage(settings, night_id, stage, now) for stage in STAGES]


@flow(name="cramplog-scheduled-night")
def scheduled_night(home: Path, zone: str) -> list[StageOutcome]:
    """The nightly of this moment, shown on stdout as it goes: what `flows.serve` starts."""
    now = datetime.now(UTC)
    print(f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}  the night begins", flush=True)  # noqa: T201
    with stages_shown(lambda line: print(line, flush=True)):  # noqa: T201
        return nightly.fn(home, now)
