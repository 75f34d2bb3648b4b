"""`cramplog weather`: hours of weather in, from the service or from files, and what is still missing."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import Progress, instant, next_step, print_json
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now
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
    help="Take a weather file or a folder of them instead; may be given again.",
)  # fmt: skip
@click.option("--status", is_flag=True, help="Only say how many runs have their weather, and why others wait.")
@click.option("--missing", is_flag=True, help="Only list the runs outdoors without all of their weather.")
@json_option
def weather(paths: tuple[Path, ...], status: bool, missing: bool, as_json: bool) -> int:
    """Fetch the weather that runs lack, or take it from files.

    Only coordinates rounded to 0.1 degree, the height there and the days go to the service, which is free for
    non-commercial use. A run takes the hours of a place within 30 km; without any, heat stays unknown.

    \b
    Examples:
      cramplog weather
      cramplog weather --file vienna-2026.csv --file weather/
      cramplog weather --status
    """
    if bool(paths) + status + missing > 1:
        raise WrongInput("only one of --file, --status and --missing at a time", "cramplog weather --help")
    if paths:
        return _take_files(paths, as_json)
    if status or missing:
        from pipeline.cli.lines.weather_status import say_missing, say_status

        say_status(as_json) if status else say_missing(as_json)
        return 0
    return _fetch(as_json)


def _fetch(as_json: bool) -> int:
    from pipeline.actions.weather.fetch import fetch_weather
    from pipeline.actions.weather.status import weather_status

    settings, now = here(), utc_now()
    shown = _Fetched()
    fetched = fetch_weather(settings, now, shown)
    if shown.progress is not None:
        shown.progress.clear()
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
        asked = plural(fetched.requests, "request")
        whose = "its" if fetched.runs == 1 else "their"
        click.echo(f"{asked}, {plural(fetched.hours, 'hour')}: {plural(fetched.runs, 'run')} got {whose} weather")
    if fetched.pending:
        waiting = plural(fetched.pending, "run") + (" waits" if fetched.pending == 1 else " wait")
        click.echo(f"{waiting}: {fetched.waits}")
    elif fetched.stop:
        click.echo(f"what is provisional stays so for now: {fetched.waits}")
    elif not fetched.requests:
        click.echo("nothing to fetch: every run outdoors has its weather")
    next_step(_next(fetched))


def _next(fetched: WeatherFetched) -> str:
    if fetched.stop == "off":
        return "cramplog weather --file FILE"
    if fetched.stop in ("later", "silent"):
        return "cramplog weather, later; nothing is lost"
    return "cramplog weather --missing" if fetched.pending else "cramplog report"


class _Fetched:
    """Shows how far a fetch is, in runs."""

    progress: Progress | None = None

    def __call__(self, fetched: WeatherFetched) -> None:
        if self.progress is None:
            self.progress = Progress(fetched.runs + fetched.pending, "runs")
            self.progress.begin()
        self.progress.step(fetched.runs - self.progress.done)


def _take_files(paths: tuple[Path, ...], as_json: bool) -> int:
    from pipeline.actions.weather.import_files import import_weather

    outcomes = import_weather(here(), paths, utc_now())
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
    held = f": {plural(outcome.hours, 'hour')} of {plural(outcome.places, 'place')}" if outcome.hours else ""
    click.echo(f"{outcome.outcome:<10}  {outcome.path}{held}")
    for note in dict.fromkeys(outcome.notes):
        click.echo(f"{'':<10}    {note}")
