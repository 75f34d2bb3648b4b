"""`cramplog nightly`: the whole way, once or on a schedule, with Prefect or without. The only verb that imports flows."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from pipeline.cli.frame.output import instant, next_step, print_json, print_progress, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now
from pipeline.config import KEYS
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.actions.nightly.nightly import StageOutcome
    from pipeline.actions.nightly.nights import Night

FAILED = 1
NIGHTS_SHOWN = 7


def _clock(_ctx: click.Context, _param: click.Parameter, word: str | None) -> str | None:
    at = KEYS["nightly_at"].read(word) if word is not None else None
    if word is not None and at is None:
        raise click.BadParameter(f"'{word}' is not {KEYS['nightly_at'].expected}")
    return at


@click.command(cls=Verb)
@click.option("--plain", is_flag=True, help="Without Prefect: the same stages, some 10 s sooner.")
@click.option("--serve", is_flag=True, help="Stay, and run every night on the runners' clock, until Ctrl-C.")
@click.option("--at", metavar="HH:MM", callback=_clock, help="With --serve: when; nightly_at of the settings else.")
@click.option("--status", is_flag=True, help="How the last nights went; exit 1 when the last one did not go well.")
@json_option
def nightly(plain: bool, serve: bool, at: str | None, status: bool, as_json: bool) -> int:
    """Take what lies in the inbox, fit, write the reports, publish. What fails is named; the rest is done.

    --serve runs every night at the hour of the settings, on the clock of the runners' home zone.
    PREFECT_API_URL or PREFECT_PROFILE names a Prefect server of yours to run on; else the night brings its own.

    \b
    Examples:
      cramplog nightly
      cramplog nightly --plain --json
      cramplog nightly --status
    """
    _check(plain, serve, at, status, as_json)
    settings, now = current_settings(), utc_now()
    if status:
        return _status(settings, now, as_json)
    if serve:
        return _serve(settings, at or settings.nightly_at, now)
    return _once(settings, now, plain, as_json)


def _check(plain: bool, serve: bool, at: str | None, status: bool, as_json: bool) -> None:
    if plain + serve + status > 1:
        raise click.UsageError("--plain, --serve and --status are three different things: give one")
    if at and not serve:
        raise click.UsageError("--at goes with --serve")
    if serve and as_json:
        raise click.UsageError("--serve has no end to put into one document; cramplog nightly --status --json has")


def _once(settings: Settings, now: datetime, plain: bool, as_json: bool) -> int:
    from pipeline.actions.nightly.stage_lines import stages_shown

    with stages_shown(print_progress if as_json else click.echo):
        outcomes = _run_plain(settings, now) if plain else _run_in_prefect(settings, now)
    failed = [outcome.stage for outcome in outcomes if outcome.outcome == "failed"]
    pages = _pages_of(settings)
    if as_json:
        stages = [asdict(outcome) | {"started_at": instant(outcome.started_at)} for outcome in outcomes]
        print_json("nightly", stages=stages, reports=[str(page) for page in pages])
        return FAILED if failed else 0
    for page in pages:
        click.echo(f"report  {page}")
    next_step(f"see what {failed[0]} says above, then cramplog nightly again" if failed else _after(pages))
    return FAILED if failed else 0


def _run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    from pipeline.actions.nightly.nightly import run_plain

    return run_plain(settings, now)


def _run_in_prefect(settings: Settings, now: datetime) -> list[StageOutcome]:
    from flows.server import prefect_server
    from pipeline.actions.nightly.nightly import NightFailed

    print_progress(f"{_server_words()} (--plain runs the night without)")
    with prefect_server(settings):
        from flows.nightly import nightly as flow

        try:
            outcomes: list[StageOutcome] = flow(settings.home, now)
        except NightFailed as failed:
            return failed.outcomes
        return outcomes


def _server_words() -> str:
    from flows.environment import operators_server, shown_address

    address = operators_server(os.environ)
    return f"Asking the Prefect server at {shown_address(address)}" if address else "Prefect's server is starting"


def _serve(settings: Settings, at: str, now: datetime) -> int:
    from flows.server import prefect_server
    from pipeline.actions.nightly.nights import catching_up, next_night, only_one_serves, zone_of_nights

    zone, whose = zone_of_nights(settings)
    late = catching_up(settings, now)
    print_progress(
        f"Nights begin at {at} in {zone} ({whose}); the next on {next_night(at, zone, now):%A %-d %B at %H:%M}"
    )
    print_progress(
        f"{late[0].upper()}{late[1:]}: one begins as soon as Prefect's server is up" if late else _server_words()
    )
    with only_one_serves(settings), prefect_server(settings):
        from flows.serve import serve_nightly

        print_progress("Serving; Ctrl-C ends it. What the nights did: cramplog nightly --status")
        serve_nightly(settings, at, zone, one_at_once=late is not None)
    return 0


def _status(settings: Settings, now: datetime, as_json: bool) -> int:
    from pipeline.actions.nightly.nights import last_nights, trouble, zone_of_nights

    nights = last_nights(settings, NIGHTS_SHOWN)
    wrong = trouble(nights, now)
    if as_json:
        print_json("nightly_status", trouble=wrong, nights=[_night_fields(night) for night in nights])
        return FAILED if wrong else 0
    zone, _ = zone_of_nights(settings)
    if nights:
        table(("began", "night", ""), [_cells(night, zone) for night in nights])
        click.echo(f"on the clock of {zone}")
    if wrong:
        click.echo(f"{wrong[0].upper()}{wrong[1:]}")
    next_step("cramplog nightly" if wrong else "cramplog report")
    return FAILED if wrong else 0


def _cells(night: Night, zone: str) -> tuple[str, str, str]:
    return f"{night.began_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}", night.outcome, night.said


def _night_fields(night: Night) -> dict[str, object]:
    stages = [
        {"stage": row.stage, "outcome": row.outcome, "detail": row.detail, "started_at": instant(row.started_at)}
        for row in night.stages
    ]
    return {"began_at": instant(night.began_at), "outcome": night.outcome, "seconds": night.seconds, "stages": stages}


def _pages_of(settings: Settings) -> list[Path]:
    """The reports that lie there, in the runners' order."""
    from pipeline.actions.report.make_report import report_path
    from pipeline.actions.runs.runner import list_runners

    pages = [report_path(settings, runner) for runner in list_runners(settings)]
    return [page for page in pages if page.exists()]


def _after(pages: list[Path]) -> str:
    return "open a report in a browser" if pages else "cramplog runner add NAME"
