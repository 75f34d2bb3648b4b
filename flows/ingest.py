"""The inbox into the store as a Prefect flow: the nightly's first three stages, for an operator's own schedule or server.

`prefect.yaml` has its deployment. From Python, on this machine (Prefect reads its settings when it is imported):

    settings = load_settings(os.environ)
    with prefect_server(settings):
        from flows.ingest import ingest
        ingest(settings.home)

Runners need none of this: `cramplog ingest`, `cramplog nightly`. Annotations are not postponed here: a served flow travels
to its own process without this module's names.
"""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from flows.tasks import alone_in_task
from pipeline.actions.nightly.nightly import INTAKE, StageOutcome, all_successful, one_night, settings_of


@flow(name="cramplog-ingest", log_prints=True)
def ingest(home: Path | None = None, now: datetime | None = None) -> list[StageOutcome]:
    """Run files, weather, answers: in that order, from the inbox into the store in `home`. No night of `v_night`.

    Raises NightFailed at the end if any stage failed.
    """
    settings, moment = settings_of(home), now or datetime.now(UTC)
    with one_night(settings):
        outcomes = [alone_in_task(settings, stage, moment) for stage in INTAKE]
    return all_successful(outcomes)
