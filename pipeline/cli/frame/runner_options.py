"""The options that describe a runner, the same for `runner add` and `runner edit`; and KEY=VALUE pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.frame.verb import Decorated, current_settings

if TYPE_CHECKING:
    from pipeline.store.answers.runners import Runner

# option: (column in the store, metavar, help)
FIRST_OPTIONS = {
    "--home-tz": ("home_tz", "ZONE", "Home time zone, such as Europe/Vienna."),
    "--cramps-last-10": ("cramps_last_10_races", "N", "How many of the last 10 races had a cramp: 0, 1-2 or 3+."),
    "--usual-race": ("usual_race", "RACE", "What those races usually are: 5k, 10k, half, marathon or ultra."),
}
_MORE_OPTIONS = {
    "--birth-year": ("birth_year", "YEAR", "Year of birth."),
    "--sex": ("sex", "WORD", "female, male or other."),
    "--distance": ("distance_unit", "UNIT", "Unit of distances: km or miles."),
    "--temperature": ("temperature_unit", "UNIT", "Unit of temperatures: C or F."),
}


def first_options(verb: Decorated) -> Decorated:
    """Adds home time zone, cramps in the last ten races and usual race, which matter most in the first reports."""
    return _add_options(verb, FIRST_OPTIONS)


def runner_options(verb: Decorated) -> Decorated:
    """Adds all columns of a runner except the name, and the profile questions as `also_cramps` and `pairs`."""
    verb = click.option(
        "--set",
        "pairs",
        multiple=True,
        metavar="KEY=VALUE",
        help="Answer a profile question; may be repeated.",
    )(verb)
    verb = click.option(
        "--also-cramps", metavar="LIST", help="Cramps elsewhere: bike, stairs, swim, gym, night, rest; or none."
    )(verb)
    return _add_options(verb, {**FIRST_OPTIONS, **_MORE_OPTIONS})


def read_pairs(pairs: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE pairs by key; the last pair of a key counts. Raises click.UsageError for a pair without '='."""
    for pair in pairs:
        if "=" not in pair:
            raise click.UsageError(f"'{pair}' is not valid: expected KEY=VALUE, such as diet=vegetarian")
    return {key.strip(): value for key, _, value in (pair.partition("=") for pair in pairs)}


def read_profile(also_cramps: str | None, pairs: Sequence[str]) -> dict[str, str]:
    """The profile answers of `runner_options`, by key."""
    return ({} if also_cramps is None else {"also_cramps": also_cramps}) | read_pairs(pairs)


def _add_options(verb: Decorated, options: dict[str, tuple[str, str, str]]) -> Decorated:
    for name, (column, metavar, text) in reversed(options.items()):
        verb = click.option(name, column, metavar=metavar, help=text)(verb)
    return verb


def new_runner(name: str, answers: dict[str, str | None]) -> Runner:
    """A runner not yet in the store. Without a home time zone it is this computer's."""
    from pipeline.actions.runs.runner import read_year
    from pipeline.store.answers.runners import Runner

    columns: dict[str, Any] = {**answers, "home_tz": answers["home_tz"] or current_settings().home_tz}
    if columns.get("birth_year"):
        columns["birth_year"] = read_year(columns["birth_year"])
    return Runner(runner_id="", name=name, **columns)
