"""`cramplog init`: makes the store and its first runner. Asks on a terminal only; Enter skips a question."""

from __future__ import annotations

import click

from pipeline.cli.frame.output import next_step
from pipeline.cli.frame.prompts import ask, at_a_terminal
from pipeline.cli.frame.runner_options import first_options, new_runner
from pipeline.cli.frame.verb import Verb, current_settings, utc_now
from pipeline.units import plural

# Printed once, before the first run: nothing else leaves the computer.
WEATHER_NOTICE = """Weather comes from Open-Meteo, free for non-commercial use. Only days, heights
and coordinates rounded to 0.1 degree are sent there. CRAMPLOG_WEATHER_URL=off
stops this; cramplog weather --file FILE imports files instead."""


@click.command(cls=Verb)
@click.option("--runner", "name", metavar="NAME", help="Your name, as it should appear in your report.")
@first_options
@click.option("--demo", is_flag=True, help="Add twelve simulated runners instead, marked as simulated everywhere.")
def init(name: str | None, demo: bool, **answers: str | None) -> None:
    """Make the store, and add its first runner.

    On a terminal it asks for everything that no option gives; Enter skips a question. An existing store is not changed.

    \b
    Examples:
      cramplog init
      cramplog init --runner anna --home-tz Europe/Vienna --cramps-last-10 3+ --usual-race marathon
      cramplog init --demo
    """
    from pipeline.actions.runs.init import start, start_demo
    from pipeline.actions.runs.runs import waiting_in_inbox

    settings, now = current_settings(), utc_now()
    if demo:
        started = start_demo(settings, now)
    else:
        if at_a_terminal() and not settings.has_store:
            name, answers = _interview(name, answers)
        started = start(settings, new_runner(name, answers) if name else None, now)
    result = "The store is ready in" if started.changed else "Nothing changed: there is already a store in"
    click.echo(f"{result} {settings.home}")
    for runner in started.runners:
        click.echo(f"  {runner}")
    if started.changed and not demo:
        click.echo(WEATHER_NOTICE)
    if started.files:
        click.echo(f"{plural(started.files, 'file')} of simulated runs are in {settings.inbox}")
    if waiting_in_inbox(settings):
        next_step("cramplog nightly")
    else:
        next_step("cramplog ingest FOLDER" if started.runners else "cramplog runner add NAME")


def _interview(name: str | None, answers: dict[str, str | None]) -> tuple[str | None, dict[str, str | None]]:
    """Name and answers; asks for those that no option gave. Without a name, no further question is asked."""
    from pipeline.actions.runs.runner import checked_first_answer, checked_name, checked_race, checked_zone

    name = name or ask("Your name", checked_name)
    if name is None:
        return None, answers
    questions = {
        "home_tz": ("Home time zone", checked_zone, current_settings().home_tz),
        "cramps_last_10_races": (
            "Races with a cramp among your last 10 (0, 1-2, 3+)",
            checked_first_answer,
            None,
        ),
        "usual_race": ("Your usual race (5k, 10k, half, marathon, ultra)", checked_race, None),
    }
    return name, {key: answers[key] or ask(*question) for key, question in questions.items()}
