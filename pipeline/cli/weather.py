"""`cramplog weather`: hours of weather in, from files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.say import count, next_step, print_json
from pipeline.cli.told_files import summary
from pipeline.cli.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.weather import WeatherOutcome

FAILED = 1


@click.command(cls=Verb)
@click.option(
    "--file", "paths", multiple=True, required=True, metavar="FILE", type=click.Path(path_type=Path),
    help="A weather file or a folder of them; may be given again.",
)  # fmt: skip
@json_option
def weather(paths: tuple[Path, ...], as_json: bool) -> int:
    """Take weather from files: the service's CSV or JSON replies, or a plain table of hours.

    Runs within 30 km of a file's place get its hours; without any, heat stays unknown in the report.

    \b
    Examples:
      cramplog weather --file vienna-2026.csv
      cramplog weather --file archive.json --file forecast.json
      cramplog weather --file weather/ --json
    """
    from pipeline.actions.weather import import_weather

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
    held = f": {count(outcome.hours, 'hour')} of {count(outcome.places, 'place')}" if outcome.hours else ""
    click.echo(f"{outcome.outcome:<10}  {outcome.path}{held}")
    for note in dict.fromkeys(outcome.notes):
        click.echo(f"{'':<10}    {note}")
