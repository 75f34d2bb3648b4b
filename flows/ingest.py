"""Imports the inbox as a Prefect flow: the nightly's first three stages, for an operator's own schedule or server.

`prefect.yaml` has its deployment. From Python, on this machine (Prefect reads its settings when it is imported):

    settings = load_settings(os.environ)
    with prefect_server(settings):
        from flows.ingest import ingest
        ingest(settings.home)

Runners use `cramplog ingest` or `cramplog nightly` instead. Annotations are not postponed here: a served flow is loaded in
a process of its own, without this module's names.
"""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from flows.tasks import all_successful, stage_in_task
from pipeline.actions.nightly.nightly import INTAKE, StageOutcome, night_lock, settings_for


@flow(name="cramplog-ingest", log_prints=True)
def ingest(home: Path | None = None, now: datetime | None = None) -> list[StageOutcome]:
    """Import run files, weather and answers from the inbox into the store in `home`. Writes no rows into `v_night`.

    Raises NightFailed at the end if a stage failed.
    """
    settings, moment = settings_for(home), now or datetime.now(UTC)
    with night_lock(settings):
        outcomes = [stage_in_task(settings, None, stage, moment) for stage in INTAKE]
    return all_successful(outcomes)
