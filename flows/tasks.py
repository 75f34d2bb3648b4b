"""Every Prefect task there is: the nightly's stages, and one report per runner. Called by the flows.

What they do is `pipeline.actions`'. Here is what Prefect adds: retries of temporary errors, time limits, one red task per
failure, artifacts. A task's error and log hold counts and error codes, never a path or a name of a file or runner: the
operator's Prefect server may stand elsewhere.

Tasks run in the flow's main thread, one after the other: DuckDB has one writer. There Prefect's time limit is an alarm,
which waits for the end of a visit to the store (`pipeline.store.db.interrupt`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from prefect import Task, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from pipeline.actions.nightly.nightly import (
    STAGES,
    Stage,
    StageFailed,
    StageOutcome,
    begin_night,
    out_of_time,
    record,
    report_stage,
    run_and_record,
    run_stage,
    successful,
)
from pipeline.actions.report.make_report import report_all, report_runner
from pipeline.errors import BUG, CramplogError, TryAgain, user_error
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner

RETRIES = 2
RETRY_DELAYS_S = [5.0, 30.0]  # a stage itself waits 30 s for a busy store, and on a full disk all six are tried again
STAGE_LIMIT_S = 6 * 3600.0  # an archive of many years, or many years of weather, on a slow computer
REPORT_LIMIT_S = 1800.0
NIGHT_ARTIFACT = "cramplog-nightly"


class ReportFailed(Exception):
    """One runner's report failed with `error`, which stays out of the message: it may hold the runner's name."""

    def __init__(self, runner_id: str, error: Exception) -> None:
        known = user_error(error)
        super().__init__(f"the report of {runner_id} failed: {known.code if known else BUG}")
        self.error = error
        self.temporary = isinstance(known, TryAgain)


def is_temporary(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether Prefect is to run a failed task again: the store was busy, or the disk full."""
    error = state.result(raise_on_failure=False)
    if isinstance(error, StageFailed):
        return error.outcome.temporary
    return isinstance(error, TryAgain) or (isinstance(error, ReportFailed) and error.temporary)


# No cache: a stage looks at the store each time, and finds there what is done already.
_common: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "log_prints": True,
    "retries": RETRIES,
    "retry_delay_seconds": RETRY_DELAYS_S,
    "retry_condition_fn": is_temporary,
}

task_begin_night = task(name="begin", **_common)(begin_night)


@task(name="report", task_run_name="report {runner.runner_id}", timeout_seconds=REPORT_LIMIT_S, **_common)
def task_report(settings: Settings, runner: Runner, now: datetime) -> bool:
    """One runner's report, and a link to the folder where it lies: the file's name would tell the runner's."""
    try:
        written = report_runner(settings, runner, now)
    except Exception as error:
        raise ReportFailed(runner.runner_id, error) from None
    create_link_artifact(
        key=f"report-{runner.runner_id}",
        link=settings.reports.as_uri(),
        link_text=f"the folder of the report of runner {runner.runner_id}",
        description=f"{'Written' if written else 'Unchanged'}. Who it is: `cramplog runner list`",
    )
    return written


def report_in_task(settings: Settings, runner: Runner, now: datetime) -> bool:
    """One runner's report as a task of its own; raises what the report raised, or that it took too long."""
    try:
        return task_report(settings, runner, now)
    except ReportFailed as failed:
        raise failed.error from None
    except TimeoutError:
        raise CramplogError(f"stopped at its limit of {REPORT_LIMIT_S:.0f} s") from None


@task(name="stage", task_run_name="{stage}", **_common)
def task_stage(
    settings: Settings, night_id: str, stage: str, now: datetime, stages: Mapping[str, Stage] = STAGES
) -> StageOutcome:
    """One stage of a night. After its row is written, the task fails if the stage did."""
    return successful(_logged(run_and_record(settings, night_id, stage, now, stages)))


@task(name="summary", task_run_name="{outcome.stage}", cache_policy=NO_CACHE, log_prints=True)
def task_summary(outcome: StageOutcome) -> StageOutcome:
    """A stage that ran as tasks of its own, and its row is written: fails if any of them did."""
    return successful(_logged(outcome))


def stage_in_task(
    settings: Settings,
    night_id: str,
    stage: str,
    now: datetime,
    stages: Mapping[str, Stage] = STAGES,
    limit_s: float = STAGE_LIMIT_S,
) -> StageOutcome:
    """One stage as a task; its outcome also when the task failed, after which the night goes on."""
    try:
        return task_stage.with_options(timeout_seconds=limit_s)(settings, night_id, stage, now, stages)
    except StageFailed as failed:
        return failed.outcome
    except TimeoutError:
        return record(settings, night_id, out_of_time(stage, limit_s))


def reports_in_tasks(settings: Settings, night_id: str, stage: str, now: datetime) -> StageOutcome:
    """The reports with one task per runner, so that one runner's failure is one red task, then the stage's summary.

    Not tasks within a task: Prefect shows those of a failed one as rolled back, and time limits do not nest.
    """
    stages = {stage: partial(report_all, report=report_in_task)}
    outcome = run_and_record(settings, night_id, stage, now, stages)
    with suppress(StageFailed):
        task_summary(outcome)
    return outcome


IN_TASKS: Mapping[str, Callable[[Settings, str, str, datetime], StageOutcome]] = dict.fromkeys(
    STAGES, stage_in_task
) | {"reports": reports_in_tasks}


@task(name="intake", task_run_name="{stage}", timeout_seconds=STAGE_LIMIT_S, **_common)
def task_alone(settings: Settings, stage: str, now: datetime) -> StageOutcome:
    """One stage outside of any night. The task fails if the stage did."""
    return successful(_logged(run_stage(settings, stage, now)))


def alone_in_task(settings: Settings, stage: str, now: datetime) -> StageOutcome:
    """One stage outside of any night as a task; its outcome also when the task failed."""
    try:
        return task_alone(settings, stage, now)
    except StageFailed as failed:
        return failed.outcome
    except TimeoutError:
        return report_stage(out_of_time(stage, STAGE_LIMIT_S))


def put_table(outcomes: Sequence[StageOutcome]) -> None:
    """The night's stages as a table in Prefect: outcome, seconds and counts, or the error's code."""
    rows = [
        {"stage": one.stage, "outcome": one.outcome, "seconds": round(one.seconds, 1), "what": one.anonymous_detail}
        for one in outcomes
    ]
    create_table_artifact(table=rows, key=NIGHT_ARTIFACT, description="The stages of one night, in order")


def _logged(outcome: StageOutcome) -> StageOutcome:
    print(f"{outcome.stage} {outcome.outcome}: {outcome.anonymous_detail}")  # noqa: T201  goes into Prefect's log
    return outcome
