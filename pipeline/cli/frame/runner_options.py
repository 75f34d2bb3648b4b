"""The options that say something about a runner, the same for a new one and a corrected one; and KEY=VALUE pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.verb import Decorated, here

if TYPE_CHECKING:
    from pipeline.store.answers.runners import Runner

# option: (its name in the store, what stands for its value, help); those of a first report come first
FIRST_OPTIONS = {
    "--home-tz": ("home_tz", "ZONE", "Home time zone, such as Europe/Vienna."),
    "--cramps-last-10": ("cramps_last_10_races", "N", "Races with a cramp among the last 10: 0, 1-2 or 3+."),
    "--usual-race": ("usual_race", "RACE", "The kind of race meant: 5k, 10k, half, marathon or ultra."),
}
_MORE_OPTIONS = {
    "--birth-year": ("birth_year", "YEAR", "Year of birth."),
    "--sex": ("sex", "WORD", "female, male or other."),
    "--distance": ("distance_unit", "UNIT", "How distances are shown: km or miles."),
    "--temperature": ("temperature_unit", "UNIT", "How temperatures are shown: C or F."),
}


def first_options(verb: Decorated) -> Decorated:
    """Home zone, cramps in the last ten races, usual race: what weighs in the first reports."""
    return _with(verb, FIRST_OPTIONS)


def runner_options(verb: Decorated) -> Decorated:
    """All columns of a runner but the name, and the profile questions as `also_cramps` and `pairs`."""
    verb = click.option(
        "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Answer a profile question; may be repeated."
    )(verb)
    verb = click.option("--also-cramps", metavar="WORDS", help="bike, stairs, swim, gym, night, rest; or none.")(verb)
    return _with(verb, {**FIRST_OPTIONS, **_MORE_OPTIONS})


def read_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE pairs by key; the last one counts. A pair without '=' is a usage error."""
    for pair in pairs:
        if "=" not in pair:
            raise click.UsageError(f"'{pair}' is not KEY=VALUE, such as diet=vegetarian")
    return {key.strip(): value for key, _, value in (pair.partition("=") for pair in pairs)}


def read_profile(also_cramps: str | None, pairs: Sequence[str]) -> dict[str, str]:
    """The profile answers of `runner_options`, by key."""
    return ({} if also_cramps is None else {"also_cramps": also_cramps}) | read_pairs(pairs)


def _with(verb: Decorated, options: dict[str, tuple[str, str, str]]) -> Decorated:
    for name, (column, metavar, words) in reversed(options.items()):
        verb = click.option(name, column, metavar=metavar, help=words)(verb)
    return verb


def new_runner(name: str, answers: dict[str, str | None]) -> Runner:
    """A runner not yet in the store; the home zone is this computer's when not said."""
    from pipeline.actions.runs.runner import read_year
    from pipeline.store.answers.runners import Runner

    said: dict[str, Any] = {**answers, "home_tz": answers["home_tz"] or here().home_tz}
    if said.get("birth_year"):
        said["birth_year"] = read_year(said["birth_year"])
    return Runner(runner_id="", name=name, **said)
