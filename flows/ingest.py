"""The inbox into the store as a Prefect flow: the nightly's first three stages, for an operator's own schedule or server.

From Python, on this machine (`Settings` and `prepare_prefect` first: Prefect reads its settings when it is imported):

    settings = load_settings(os.environ)
    prepare_prefect(settings)
    from flows.ingest import ingest
    ingest(settings.home, datetime.now(UTC))

Served, for an installation that runs a Prefect server: `ingest.serve(parameters={"home": ...}, cron="*/15 * * * *")`;
without `now` it takes the moment at which it starts. Runners need none of this: `cramplog ingest`, `cramplog nightly`.
Annotations are not postponed here: a served flow travels to its own process without this module's names.
"""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow

from flows.tasks import task_alone
from pipeline.actions.nightly.nightly import INTAKE, StageOutcome, one_night, settings_of


@flow(name="cramplog-ingest")
def ingest(home: Path, now: datetime | None = None) -> list[StageOutcome]:
    """Run files, weather, answers: in that order, from the inbox into the store in `home`. No night of `v_night`."""
    settings, moment = settings_of(home), now or datetime.now(UTC)
    with one_night(settings):
        return [task_alone(settings, stage, moment) for stage in INTAKE]
