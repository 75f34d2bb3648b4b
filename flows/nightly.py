"""The nightly as a Prefect flow, one task per stage. `cramplog nightly --plain` runs the same stages without Prefect.

Nights by hand, served nights and an operator's deployments (`prefect.yaml`) all run this flow. Annotations are not
postponed here: a served flow is loaded in a process of its own, without this module's names.
"""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from flows.tasks import IN_TASKS, all_successful, publish_table, task_begin_night
from pipeline.actions.nightly.nightly import StageOutcome, night_lock, settings_for
from pipeline.actions.nightly.stage_lines import print_stages


@flow(name="cramplog-nightly", log_prints=True)
def nightly(home: Path | None = None, now: datetime | None = None, zone: str | None = None) -> list[StageOutcome]:
    """Inbox, weather, answers, fit, reports, publish, in that order, on the store in `home` (default: CRAMPLOG_HOME).

    With `zone`, prints the stages on stdout with the time of that zone. Raises NightFailed at the end if a stage failed.
    """
    settings, moment = settings_for(home), now or datetime.now(UTC)
    with print_stages(zone, moment), night_lock(settings):
        night_id = task_begin_night(settings)
        outcomes = [run(settings, night_id, stage, moment) for stage, run in IN_TASKS.items()]
        publish_table(outcomes)
    return all_successful(outcomes)
