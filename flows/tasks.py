"""The Prefect tasks: the stages of a night, and one report per runner. Called by the flows.

`pipeline.actions` does the work. The tasks add retries of temporary errors, time limits, a failed task per failure, and
artifacts. The operator's Prefect server may be another machine: the errors and logs of tasks hold counts and error codes,
never a path or the name of a file or runner.

Tasks run one after the other in the flow's main thread, because DuckDB has one writer. There Prefect's time limit is an
alarm, which waits until the store is closed (`pipeline.store.db.interrupt`).
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
    StageOutcome,
    begin_night,
    out_of_time,
    record_stage,
    run_stage,
)
from pipeline.actions.report.make_report import report_all, report_runner
from pipeline.errors import BUG, CramplogError, TryAgain, user_error
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner

RETRIES = 2
RETRY_DELAYS_S = [5.0, 30.0]  # a stage itself waits 30 s for a busy store; on a full disk all six stages are retried
STAGE_LIMIT_S = 6 * 3600.0  # an archive of many years, or many years of weather, on a slow computer
REPORT_LIMIT_S = 1800.0
NIGHT_ARTIFACT = "cramplog-nightly"


class StageFailed(Exception):
    """One stage failed, and its row is written. The message holds no path and no name."""

    def __init__(self, outcome: StageOutcome) -> None:
        super().__init__(f"{outcome.stage} failed: {outcome.anonymous_detail}")
        self.outcome = outcome
        self.temporary = outcome.temporary


class ReportFailed(Exception):
    """One runner's report failed. `error` says why, and is not in the message: it may hold the runner's name."""

    def __init__(self, runner_id: str, error: Exception) -> None:
        expected = user_error(error)
        super().__init__(f"the report of {runner_id} failed: {expected.code if expected else BUG}")
        self.error = error
        self.temporary = isinstance(expected, TryAgain)


class NightFailed(Exception):
    """All stages ran and some failed; `outcomes` has all of them. The message holds no path and no name."""

    def __init__(self, outcomes: Sequence[StageOutcome]) -> None:
        failed = [f"{outcome.stage} ({outcome.anonymous_detail})" for outcome in outcomes if outcome.failed]
        super().__init__(f"{len(failed)} of {len(outcomes)} stages failed: {', '.join(failed)}")
        self.outcomes = list(outcomes)


def all_successful(outcomes: Sequence[StageOutcome]) -> list[StageOutcome]:
    """Return the outcomes. Raises NightFailed if any stage failed."""
    if any(outcome.failed for outcome in outcomes):
        raise NightFailed(outcomes)
    return list(outcomes)


def is_temporary(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """True if Prefect should run the failed task again: the store was busy, or the disk full."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, TryAgain) or bool(getattr(error, "temporary", False))


# No cache: each stage looks into the store and finds what is already done.
_common: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "log_prints": True,
    "retries": RETRIES,
    "retry_delay_seconds": RETRY_DELAYS_S,
    "retry_condition_fn": is_temporary,
}

task_begin_night = task(name="begin", **_common)(begin_night)


@task(name="stage", task_run_name="{stage}", **_common)
def task_stage(
    settings: Settings, night_id: str | None, stage: str, now: datetime, stages: Mapping[str, Stage] = STAGES
) -> StageOutcome:
    """Run one stage and write its row, if it belongs to a night. Then the task fails if the stage did."""
    return _successful(run_stage(settings, night_id, stage, now, stages))


@task(name="summary", task_run_name="{outcome.stage}", cache_policy=NO_CACHE, log_prints=True)
def task_summary(outcome: StageOutcome) -> StageOutcome:
    """Show the outcome of a stage that ran as several tasks: fails if the stage did."""
    return _successful(outcome)


@task(name="report", task_run_name="report {runner.runner_id}", timeout_seconds=REPORT_LIMIT_S, **_common)
def task_report(settings: Settings, runner: Runner, now: datetime) -> bool:
    """Write one runner's report, and link to the folder that holds it: the file's name has the runner's name in it."""
    try:
        written = report_runner(settings, runner, now)
    except Exception as error:
        raise ReportFailed(runner.runner_id, error) from None
    create_link_artifact(
        key=f"report-{runner.runner_id}",
        link=settings.reports.as_uri(),
        link_text=f"the folder of the report of runner {runner.runner_id}",
        description=f"{'Written' if written else 'Unchanged'}. The runner's name: `cramplog runner list`",
    )
    return written


def stage_in_task(
    settings: Settings,
    night_id: str | None,
    stage: str,
    now: datetime,
    stages: Mapping[str, Stage] = STAGES,
    limit_s: float = STAGE_LIMIT_S,
) -> StageOutcome:
    """Run one stage as a task. Returns its outcome also when the task failed: the night continues."""
    try:
        return task_stage.with_options(timeout_seconds=limit_s)(settings, night_id, stage, now, stages)
    except StageFailed as failed:
        return failed.outcome
    except TimeoutError:
        return record_stage(settings, night_id, out_of_time(stage, limit_s))


def reports_in_tasks(settings: Settings, night_id: str, stage: str, now: datetime) -> StageOutcome:
    """Run the reports as one task per runner, so that one runner's failure is one failed task; then the stage's summary.

    Not tasks within a task: Prefect shows the tasks inside a failed one as rolled back, and time limits do not nest.
    """
    outcome = run_stage(settings, night_id, stage, now, {stage: partial(report_all, report=_report_in_task)})
    with suppress(StageFailed):
        task_summary(outcome)
    return outcome


IN_TASKS: Mapping[str, Callable[[Settings, str, str, datetime], StageOutcome]] = dict.fromkeys(
    STAGES, stage_in_task
) | {"reports": reports_in_tasks}


def publish_table(outcomes: Sequence[StageOutcome]) -> None:
    """Show the night's stages as a table in Prefect: outcome, seconds, and counts or the error's code."""
    rows = [
        {
            "stage": outcome.stage,
            "outcome": outcome.outcome,
            "seconds": round(outcome.seconds, 1),
            "what": outcome.anonymous_detail,
        }
        for outcome in outcomes
    ]
    create_table_artifact(table=rows, key=NIGHT_ARTIFACT, description="The stages of one night, in order")


def _report_in_task(settings: Settings, runner: Runner, now: datetime) -> bool:
    """Run `task_report`. Raises the report's own error, or CramplogError when the report took too long."""
    try:
        return task_report(settings, runner, now)
    except ReportFailed as failed:
        raise failed.error from None
    except TimeoutError:
        raise CramplogError(f"stopped at its limit of {REPORT_LIMIT_S:.0f} s") from None


def _successful(outcome: StageOutcome) -> StageOutcome:
    """Write the outcome into Prefect's log and return it. Raises StageFailed if the stage failed."""
    print(f"{outcome.stage} {outcome.outcome}: {outcome.anonymous_detail}")  # noqa: T201  Prefect logs what is printed
    if outcome.failed:
        raise StageFailed(outcome)
    return outcome
