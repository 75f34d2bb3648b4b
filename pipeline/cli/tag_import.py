"""`cramplog tag import`: many answers from a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import next_step, print_json
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.units import plural

if TYPE_CHECKING:
    pass


FAILED = 1


@click.command(cls=Verb)
@click.argument("path", metavar="FILE.csv", type=click.Path(path_type=Path))
@runner_option
@json_option
def tag_import(path: Path, runner_name: str | None, as_json: bool) -> int:
    """Take many answers from a CSV file: good lines are taken, bad ones named by number.

    Columns by name: run (its start in UTC, or a date), at (a moment, none, somewhere or after), muscle, side,
    severity; if wanted runner, uncertainty_s, effect, relief, recurred, recurred_after (9m), note, race (yes/no),
    planned (h:mm).

    \b
    Examples:
      cramplog tag import cramps.csv
      cramplog tag import diary.csv --runner anna
      cramplog tag import cramps.csv --json
    """
    from pipeline.actions.tagging.tag_file import import_tags

    result = import_tags(here(), path, runner_name, utc_now())
    if as_json:
        bad = [{"line": line, "reason": reason} for line, reason in result.bad]
        print_json("tag_import", taken=result.imported, cramps=result.cramps, bad=bad)
        return FAILED if result.bad else 0
    click.echo(f"{plural(result.imported, 'line')} taken, {plural(result.cramps, 'new cramp')}")
    for line, reason in result.bad:
        click.echo(f"line {line} not taken: {reason}")
    next_step("correct these lines and import the file again" if result.bad else "cramplog report")
    return FAILED if result.bad else 0
