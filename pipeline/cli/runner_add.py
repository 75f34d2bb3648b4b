"""`cramplog runner add`: adds a runner."""

from __future__ import annotations

import shlex

import click

from pipeline.cli.frame.output import next_step
from pipeline.cli.frame.runner_options import new_runner, read_profile, runner_options
from pipeline.cli.frame.verb import Verb, current_settings, utc_now


@click.command(cls=Verb)
@click.argument("name")
@runner_options
def runner_add(name: str, also_cramps: str | None, pairs: tuple[str, ...], **answers: str | None) -> None:
    """Add a runner; only the name is required.

    --set takes the same keys as cramplog runner edit.

    \b
    Examples:
      cramplog runner add ben
      cramplog runner add anna --cramps-last-10 3+ --usual-race marathon --also-cramps night,bike
      cramplog runner add "Eva K." --birth-year 1984 --sex female --home-tz Europe/Berlin --distance miles
    """
    from pipeline.actions.runs.runner import add_runner

    added = add_runner(current_settings(), new_runner(name, answers), utc_now(), read_profile(also_cramps, pairs))
    click.echo(f"{added.name} was added; home time zone: {added.home_tz or 'not known'}")
    next_step(f"cramplog ingest FOLDER --runner {shlex.quote(added.name)}")
