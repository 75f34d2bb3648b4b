"""The nightly as a Prefect flow: the list of stages, one task each. `cramplog nightly --plain` runs the same list without it.

Nights by hand, served nights and an operator's deployments (`prefect.yaml`) all run this one flow. Annotations are not
postponed here: a served flow travels to its own process without this module's names.
"""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from flows.shown import shown_on_clock
from flows.tasks import IN_TASKS, put_table, task_begin_night
from pipeline.actions.nightly.nightly import StageOutcome, all_successful, one_night, settings_of


@flow(name="cramplog-nightly", log_prints=True)
def nightly(home: Path | None = None, now: datetime | None = None, zone: str | None = None) -> list[StageOutcome]:
    """Inbox, weather, answers, fit, reports, publish: in that order, on the store in `home` (else of the environment).

    `zone` shows the stages on stdout, on that zone's clock. Raises NightFailed at the end if any stage failed.
    """
    settings, moment = settings_of(home), now or datetime.now(UTC)
    with shown_on_clock(zone, moment), one_night(settings):
        night_id = task_begin_night(settings)
        outcomes = [run(settings, night_id, stage, moment) for stage, run in IN_TASKS.items()]
        put_table(outcomes)
    return all_successful(outcomes)
