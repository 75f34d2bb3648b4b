"""`cramplog weather`: fetches weather from the service or imports it from files, and shows what is missing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import Progress, instant, next_step, print_json
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now
from pipeline.cli.lines.file_lines import summary
from pipeline.errors import WrongInput
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.weather.fetch import WeatherFetched
    from pipeline.actions.weather.import_files import WeatherOutcome

FAILED, TRY_AGAIN = 1, 5
_CODES = {None: 0, "off": 0, "refused": FAILED, "later": TRY_AGAIN, "silent": TRY_AGAIN}


@click.command(cls=Verb)
@click.option(
    "--file", "paths", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
    help="Import a weather file, or a folder of them, instead; may be repeated.",
)  # fmt: skip
@click.option("--status", is_flag=True, help="Only show how many runs have weather, and why others do not.")
@click.option("--missing", is_flag=True, help="Only list the outdoor runs without complete weather.")
@json_option
def weather(paths: tuple[Path, ...], status: bool, missing: bool, as_json: bool) -> int:
    """Fetch the missing weather, or import it from files.

    The service gets only coordinates rounded to 0.1 degree, the height there and the days. It is free for non-commercial
    use. A run uses the weather of a place within 30 km; without one its heat stays unknown.

    \b
    Examples:
      cramplog weather
      cramplog weather --file vienna-2026.csv --file weather/
      cramplog weather --status
    """
    if bool(paths) + status + missing > 1:
        raise WrongInput("--file, --status and --missing cannot be used together", "give only one of them")
    if paths:
        return _import_files(paths, as_json)
    if status or missing:
        from pipeline.cli.lines.weather_status import print_missing, print_status

        print_status(as_json) if status else print_missing(as_json)
        return 0
    return _fetch(as_json)


def _fetch(as_json: bool) -> int:
    from pipeline.actions.weather.fetch import fetch_weather
    from pipeline.actions.weather.status import weather_status

    settings, now = current_settings(), utc_now()
    display = _FetchProgress()
    fetched = fetch_weather(settings, now, display)
    if display.progress is not None:
        display.progress.clear()
    if as_json:
        print_json("weather", files=[], fetched={**asdict(fetched), "until": instant(fetched.until)})
    else:
        _print_fetched(fetched, bool(weather_status(settings, now).states))
    return _CODES[fetched.stop]


def _print_fetched(fetched: WeatherFetched, any_run: bool) -> None:
    if not any_run:
        click.echo("no run yet")
        next_step("cramplog ingest FOLDER")
        return
    if fetched.requests:
        requests = plural(fetched.requests, "request")
        click.echo(f"{requests}, {plural(fetched.hours, 'hour')}: weather added to {plural(fetched.runs, 'run')}")
    if fetched.pending:
        click.echo(f"{plural(fetched.pending, 'run')} still without weather: {fetched.waits}")
    elif fetched.stop:
        click.echo(f"provisional weather stays for now: {fetched.waits}")
    elif not fetched.requests:
        click.echo("nothing to fetch: all outdoor runs have their weather")
    next_step(_next(fetched))


def _next(fetched: WeatherFetched) -> str:
    if fetched.stop == "off":
        return "cramplog weather --file FILE"
    if fetched.stop in ("later", "silent"):
        return "cramplog weather, again later; nothing is lost"
    return "cramplog weather --missing" if fetched.pending else "cramplog report"


class _FetchProgress:
    """Shows the progress of a fetch, in runs."""

    progress: Progress | None = None

    def __call__(self, fetched: WeatherFetched) -> None:
        if self.progress is None:
            self.progress = Progress(fetched.runs + fetched.pending, "runs")
            self.progress.begin()
        self.progress.step(fetched.runs - self.progress.done)


def _import_files(paths: tuple[Path, ...], as_json: bool) -> int:
    from pipeline.actions.weather.import_files import import_weather

    outcomes = import_weather(current_settings(), paths, utc_now())
    failed = sum(outcome.outcome == "failed" for outcome in outcomes)
    if as_json:
        print_json("weather", files=[asdict(outcome) for outcome in outcomes])
        return FAILED if failed else 0
    for outcome in outcomes:
        _print_weather(outcome)
    click.echo(summary(outcomes))
    if len(outcomes) > failed:
        next_step("cramplog report")
    return FAILED if failed else 0


def _print_weather(outcome: WeatherOutcome) -> None:
    if outcome.outcome == "failed":
        click.echo(f"{outcome.outcome:<10}  {outcome.path}: {outcome.reason}")
        return
    content = f": {plural(outcome.hours, 'hour')} of {plural(outcome.places, 'place')}" if outcome.hours else ""
    click.echo(f"{outcome.outcome:<10}  {outcome.path}{content}")
    for note in dict.fromkeys(outcome.notes):
        click.echo(f"{'':<10}    {note}")
