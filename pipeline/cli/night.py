"""`cramplog nightly`: the whole way, with Prefect around it or without. The only verb that imports flows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.say import next_step, print_json, tell
from pipeline.cli.verb import Verb, here, json_option, utc_now
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.actions.nightly import StageOutcome

FAILED = 1


@click.command(cls=Verb)
@click.option("--plain", is_flag=True, help="Without Prefect: the same stages, some 20 s sooner.")
@json_option
def nightly(plain: bool, as_json: bool) -> int:
    """Take what lies in the inbox, fit, write the reports, publish. What fails is named; the rest is done.

    \b
    Examples:
      cramplog nightly
      cramplog nightly --plain
      cramplog nightly --plain --json
    """
    settings, now = here(), utc_now()
    with _stages_shown(tell if as_json else click.echo):
        outcomes = _run_plain(settings, now) if plain else _run_in_prefect(settings, now)
    failed = [outcome.stage for outcome in outcomes if outcome.outcome == "failed"]
    pages = _pages_of(settings)
    if as_json:
        print_json("nightly", stages=[asdict(outcome) for outcome in outcomes], reports=[str(page) for page in pages])
        return FAILED if failed else 0
    for page in pages:
        click.echo(f"report  {page}")
    next_step(f"see what {failed[0]} says above, then cramplog nightly again" if failed else _after(pages))
    return FAILED if failed else 0


class _Shown(logging.Handler):
    """Shows each stage as it ends, with Prefect around it or without."""

    def __init__(self, show: Callable[[str], None]) -> None:
        super().__init__(logging.INFO)
        self.show = show

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):  # a closed terminal must not stop the night
            self.show(_line(record.outcome))  # type: ignore[attr-defined]  # run_stage gives it as extra


@contextmanager
def _stages_shown(show: Callable[[str], None]) -> Iterator[None]:
    stages, shown = logging.getLogger("cramplog.stages"), _Shown(show)
    stages.setLevel(logging.INFO)
    stages.propagate = False
    stages.addHandler(shown)
    try:
        yield
    finally:
        stages.removeHandler(shown)


def _run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    from pipeline.actions.nightly import run_plain

    return run_plain(settings, now)


def _run_in_prefect(settings: Settings, now: datetime) -> list[StageOutcome]:
    from flows.environment import prepare_prefect

    prepare_prefect(settings)
    tell("Prefect's temporary server is starting, which takes about 20 s (--plain does without)")
    from flows.nightly import nightly as flow

    outcomes: list[StageOutcome] = flow(settings.home, now)
    return outcomes


def _line(outcome: StageOutcome) -> str:
    return f"{outcome.stage:<8}  {outcome.outcome:<6}  {outcome.seconds:6.1f} s  {outcome.detail}"


def _pages_of(settings: Settings) -> list[Path]:
    """The reports that lie there, in the runners' order."""
    from pipeline.actions.make_report import report_path
    from pipeline.actions.runner import list_runners

    pages = [report_path(settings, runner) for runner in list_runners(settings)]
    return [page for page in pages if page.exists()]


def _after(pages: list[Path]) -> str:
    return "open a report in a browser" if pages else "cramplog runner add NAME"
