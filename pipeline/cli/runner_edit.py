"""`cramplog runner edit`: corrects what is stored about a runner. Asks only on a terminal; Enter skips a question."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.interview import ask_optional
from pipeline.cli.frame.output import instant, next_step, print_json, table
from pipeline.cli.frame.prompts import at_a_terminal
from pipeline.cli.frame.runner_options import read_profile, runner_options
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.runs.runner_edit import EditedRunner


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--name", "new_name", metavar="NEW", help="Another name; inbox folder and report go along.")
@runner_options
@json_option
def runner_edit(
    name: str | None,
    new_name: str | None,
    also_cramps: str | None,
    pairs: tuple[str, ...],
    as_json: bool,
    **columns: str | None,
) -> None:
    """Correct what is known of a runner; what is not named stays, an empty word takes it away: --sex "".

    Keys of --set: also_cramps, usual_shoes, drink_habit, diet, supplements, training_change, strength_per_week,
    stretching, family_cramps. Without an option it asks these on a terminal, and elsewhere shows what is known.

    \b
    Examples:
      cramplog runner edit anna --birth-year 1984 --also-cramps night,bike
      cramplog runner edit --set training_change=more --set "usual_shoes=the blue ones"
      cramplog runner edit anna --name "Anna B."
    """
    from pipeline.actions.runs.runner_edit import edit_runner, show_runner

    named = {"name": new_name, **columns}
    values = {column: words for column, words in named.items() if words is not None}
    profile = read_profile(also_cramps, pairs)
    if not values and not profile:
        known = show_runner(here(), name)
        if as_json or not at_a_terminal():
            _print_known(known, as_json)
            return
        profile = _interview(known)
    edited = edit_runner(here(), name, values, profile, utc_now())
    if as_json:
        _print_known(edited, as_json)
        return
    done = f"changed: {', '.join(edited.changed)}" if edited.change_no else "as it was; nothing changed"
    click.echo(f"{edited.runner.name} {done}")
    for path in edited.moved:
        click.echo(f"moved along: {path}")
    for path in edited.not_moved:
        click.echo(f"left where it is, because there is one of the new name: {path}; move what is in it yourself")
    next_step("cramplog report" + ("; cramplog undo takes this back" if edited.change_no else ""))


def _interview(known: EditedRunner) -> dict[str, str]:
    """The profile questions one by one; Enter leaves an answer as it is."""
    from pipeline.questions import PROFILE_QUESTIONS, QUESTION_REASONS, read_answer

    click.echo("Enter leaves an answer as it is, ? says why it is asked.", err=True)
    said = {
        question.key: ask_optional(
            question.text,
            question.choices,
            QUESTION_REASONS["profile"],
            partial(read_answer, question),
            known.given[question.key].answer.text if question.key in known.given else "",
        )
        for question in PROFILE_QUESTIONS
    }
    return {key: words for key, words in said.items() if words}


def _print_known(known: EditedRunner, as_json: bool) -> None:
    """The runner's columns and answers."""
    answers = {key: (given.answer.text, instant(given.answered_at)) for key, given in known.given.items()}
    if as_json:
        told = {key: {"said": said, "answered_at": at} for key, (said, at) in answers.items()}
        print_json("runner", runner=asdict(known.runner), profile=told, change=known.change_no)
        return
    from pipeline.questions import PROFILE_QUESTIONS

    runner = asdict(known.runner)
    hidden = ("runner_id", "red_flag")
    rows = [[column, "" if value is None else str(value)] for column, value in runner.items() if column not in hidden]
    rows += [[one.key, answers[one.key][0] if one.key in answers else ""] for one in PROFILE_QUESTIONS]
    table(("what", "known"), rows)
    next_step(f"cramplog runner edit {shlex.quote(known.runner.name)} --set KEY=VALUE")
