"""`cramplog nightly`: all stages, once or on a schedule, with or without Prefect. The only verb that imports `flows`."""

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


def _clock_time(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    at = KEYS["nightly_at"].read(text) if text is not None else None
    if text is not None and at is None:
        raise click.BadParameter(f"'{text}' is not {KEYS['nightly_at'].expected}")
    return at


@click.command(cls=Verb)
@click.option("--plain", is_flag=True, help="Run the same stages without Prefect; about 10 s faster.")
@click.option("--serve", is_flag=True, help="Keep running, and run a night every day, until Ctrl-C.")
@click.option(
    "--at",
    metavar="HH:MM",
    callback=_clock_time,
    help="With --serve: time of day (default: nightly_at).",
)
@click.option(
    "--status", is_flag=True, help="Show how the last nights went; exit code 1 if the last one failed or is missing."
)
@json_option
def nightly(plain: bool, serve: bool, at: str | None, status: bool, as_json: bool) -> int:
    """Import the inbox, fit, write the reports and publish. What fails is reported; everything else is still done.

    --serve runs a night every day, at --at or at the setting nightly_at, in the runners' home time zone.
    To use your own Prefect server, set PREFECT_API_URL or PREFECT_PROFILE; otherwise a private one is started.

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
        raise click.UsageError("--plain, --serve and --status cannot be combined: give one of them")
    if at and not serve:
        raise click.UsageError("--at needs --serve")
    if serve and as_json:
        raise click.UsageError("--serve and --json cannot be combined; for JSON use: cramplog nightly --status --json")


def _once(settings: Settings, now: datetime, plain: bool, as_json: bool) -> int:
    from pipeline.actions.nightly.stage_lines import show_stages

    with show_stages(print_progress if as_json else click.echo):
        outcomes = _run_plain(settings, now) if plain else _run_in_prefect(settings, now)
    failed = [outcome.stage for outcome in outcomes if outcome.failed]
    pages = _pages_of(settings)
    if as_json:
        stages = [asdict(outcome) | {"started_at": instant(outcome.started_at)} for outcome in outcomes]
        print_json("nightly", stages=stages, reports=[str(page) for page in pages])
        return FAILED if failed else 0
    for page in pages:
        click.echo(f"report  {page}")
    next_step(f"read the reason of {failed[0]} above, then run cramplog nightly again" if failed else _after(pages))
    return FAILED if failed else 0


def _run_plain(settings: Settings, now: datetime) -> list[StageOutcome]:
    from pipeline.actions.nightly.nightly import run_plain

    return run_plain(settings, now)


def _run_in_prefect(settings: Settings, now: datetime) -> list[StageOutcome]:
    from flows.server import prefect_server

    print_progress(f"{_server_message()} (--plain runs the night without it)")
    with prefect_server(settings):
        from flows.nightly import nightly as flow
        from flows.tasks import NightFailed

        try:
            outcomes: list[StageOutcome] = flow(settings.home, now)
        except NightFailed as failed:
            return failed.outcomes
        return outcomes


def _server_message() -> str:
    from flows.environment import operators_server, shown_address

    address = operators_server(os.environ)
    return f"Using the Prefect server at {shown_address(address)}" if address else "Starting Prefect's server"


def _serve(settings: Settings, at: str, now: datetime) -> int:
    from flows.server import prefect_server
    from pipeline.actions.nightly.nights import catching_up, next_night, serve_lock, zone_of_nights

    zone, zone_source = zone_of_nights(settings)
    late = catching_up(settings, now)
    print_progress(
        f"Nights begin at {at} in {zone} ({zone_source}); the next on {next_night(at, zone, now):%A %-d %B at %H:%M}"
    )
    print_progress(
        f"{late[0].upper()}{late[1:]}: one begins as soon as Prefect's server runs" if late else _server_message()
    )
    with serve_lock(settings), prefect_server(settings):
        from flows.serve import serve_nightly

        print_progress("Waiting for the next night; stop with Ctrl-C. How the nights went: cramplog nightly --status")
        serve_nightly(settings, at, zone, start_now=late is not None)
    return 0


def _status(settings: Settings, now: datetime, as_json: bool) -> int:
    from pipeline.actions.nightly.nights import last_nights, trouble, zone_of_nights

    nights = last_nights(settings, NIGHTS_SHOWN)
    problem = trouble(nights, now)
    if as_json:
        print_json("nightly_status", trouble=problem, nights=[_night_fields(night) for night in nights])
        return FAILED if problem else 0
    zone, _ = zone_of_nights(settings)
    if nights:
        table(("began", "night", ""), [_cells(night, zone) for night in nights])
        click.echo(f"times are in {zone}")
    if problem:
        click.echo(f"{problem[0].upper()}{problem[1:]}")
    next_step("cramplog nightly" if problem else "cramplog report")
    return FAILED if problem else 0


def _cells(night: Night, zone: str) -> tuple[str, str, str]:
    return f"{night.began_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}", night.outcome, night.summary


def _night_fields(night: Night) -> dict[str, object]:
    stages = [
        {"stage": row.stage, "outcome": row.outcome, "detail": row.detail, "started_at": instant(row.started_at)}
        for row in night.stages
    ]
    return {"began_at": instant(night.began_at), "outcome": night.outcome, "seconds": night.seconds, "stages": stages}


def _pages_of(settings: Settings) -> list[Path]:
    """The reports that exist, in the runners' order."""
    from pipeline.actions.report.make_report import report_path
    from pipeline.actions.runs.runner import list_runners

    pages = [report_path(settings, runner) for runner in list_runners(settings)]
    return [page for page in pages if page.exists()]


def _after(pages: list[Path]) -> str:
    return "open a report in a browser" if pages else "cramplog runner add NAME"
