"""`cramplog init` and `cramplog runner add`: the store and who runs. Asks only on a terminal; Enter skips."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.questions import ask, at_a_terminal
from pipeline.cli.runner_options import first_options, read_profile, runner_options
from pipeline.cli.say import count, next_step
from pipeline.cli.verb import Verb, here, utc_now

if TYPE_CHECKING:
    from pipeline.store.answers.runners import Runner

# Said once, before the first run: only this ever leaves the computer.
WEATHER_WORDS = """Weather comes from Open-Meteo, free for non-commercial use. Only days, heights
and coordinates rounded to 0.1 degree go there. CRAMPLOG_WEATHER_URL=off stops
it; cramplog weather --file FILE takes files."""


@click.command(cls=Verb)
@click.option("--runner", "name", metavar="NAME", help="Your name, as your reports shall call you.")
@first_options
@click.option("--demo", is_flag=True, help="Twelve simulated runners instead, marked as such everywhere.")
def init(name: str | None, demo: bool, **answers: str | None) -> None:
    """Make the store, and add its first runner.

    On a terminal it asks what was not given as an option; Enter skips a question.
    A store that is there already is left as it is.

    \b
    Examples:
      cramplog init
      cramplog init --runner anna --home-tz Europe/Vienna --cramps-last-10 3+ --usual-race marathon
      cramplog init --demo
    """
    from pipeline.actions.runs.init import start, start_demo
    from pipeline.actions.runs.runs import waiting_in_inbox

    settings, now = here(), utc_now()
    if demo:
        started = start_demo(settings, now)
    else:
        if at_a_terminal() and not settings.has_store:
            name, answers = _interview(name, answers)
        started = start(settings, _runner(name, answers) if name else None, now)
    begun = "The store is ready in" if started.changed else "Nothing changed: there is a store in"
    click.echo(f"{begun} {settings.home}")
    for runner in started.runners:
        click.echo(f"  {runner}")
    if started.changed and not demo:
        click.echo(WEATHER_WORDS)
    if started.files:
        click.echo(f"{count(started.files, 'file')} of simulated runs lie in {settings.inbox}")
    if waiting_in_inbox(settings):
        next_step("cramplog nightly")
    else:
        next_step("cramplog ingest FOLDER" if started.runners else "cramplog runner add NAME")


@click.command(cls=Verb)
@click.argument("name")
@runner_options
def runner_add(name: str, also_cramps: str | None, pairs: tuple[str, ...], **answers: str | None) -> None:
    """Add a runner; all but the name may stay unsaid.

    The keys of --set are those of cramplog runner edit.

    \b
    Examples:
      cramplog runner add ben
      cramplog runner add anna --cramps-last-10 3+ --usual-race marathon --also-cramps night,bike
      cramplog runner add "Eva K." --birth-year 1984 --sex female --home-tz Europe/Berlin --distance miles
    """
    from pipeline.actions.runs.runner import add_runner

    added = add_runner(here(), _runner(name, answers), utc_now(), read_profile(also_cramps, pairs))
    click.echo(f"{added.name} is in the store; home time zone {added.home_tz or 'not known'}")
    next_step(f"cramplog ingest FOLDER --runner {shlex.quote(added.name)}")


def _interview(name: str | None, answers: dict[str, str | None]) -> tuple[str | None, dict[str, str | None]]:
    """Name and answers, asking for what no option gave; Enter skips one, and without a name all."""
    from pipeline.actions.runs.runner import checked_first_answer, checked_name, checked_race, checked_zone

    name = name or ask("Your name", checked_name)
    if name is None:
        return None, answers
    questions = {
        "home_tz": ("Home time zone", checked_zone, here().home_tz),
        "cramps_last_10_races": (
            "Races with a cramp among your last 10 (0, 1-2, 3+)",
            checked_first_answer,
            None,
        ),
        "usual_race": ("Your usual race (5k, 10k, half, marathon, ultra)", checked_race, None),
    }
    return name, {key: answers[key] or ask(*question) for key, question in questions.items()}


def _runner(name: str, answers: dict[str, str | None]) -> Runner:
    """A runner not yet in the store; the home zone is this computer's when not said."""
    from pipeline.actions.runs.runner import read_year
    from pipeline.store.answers.runners import Runner

    said: dict[str, Any] = {**answers, "home_tz": answers["home_tz"] or here().home_tz}
    if said.get("birth_year"):
        said["birth_year"] = read_year(said["birth_year"])
    return Runner(runner_id="", name=name, **said)
