"""`cramplog runner edit`: corrects what is stored about a runner. Asks on a terminal only; Enter skips a question."""

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
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.runs.runner_edit import EditedRunner


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--name", "new_name", metavar="NEW", help="Rename the runner; inbox folder and report are renamed too.")
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
    """Correct what is stored about a runner. Only the options you give change something; --sex "" removes a value.

    Keys of --set: also_cramps, usual_shoes, drink_habit, diet, supplements, training_change, strength_per_week,
    stretching, family_cramps. Without options it asks these questions on a terminal, and otherwise shows what is stored.

    \b
    Examples:
      cramplog runner edit anna --birth-year 1984 --also-cramps night,bike
      cramplog runner edit --set training_change=more --set "usual_shoes=the blue ones"
      cramplog runner edit anna --name "Anna B."
    """
    from pipeline.actions.runs.runner_edit import edit_runner, show_runner

    options = {"name": new_name, **columns}
    values = {column: text for column, text in options.items() if text is not None}
    profile = read_profile(also_cramps, pairs)
    if not values and not profile:
        stored = show_runner(current_settings(), name)
        if as_json or not at_a_terminal():
            _print_stored(stored, as_json)
            return
        profile = _interview(stored)
    edited = edit_runner(current_settings(), name, values, profile, utc_now())
    if as_json:
        _print_stored(edited, as_json)
        return
    result = f"changed: {', '.join(edited.changed)}" if edited.change_no else "is unchanged"
    click.echo(f"{edited.runner.name} {result}")
    for path in edited.moved:
        click.echo(f"renamed too: {path}")
    for path in edited.not_moved:
        click.echo(f"not renamed, because the new name already exists: {path}; move its content yourself")
    next_step("cramplog report" + ("; to undo this: cramplog undo" if edited.change_no else ""))


def _interview(stored: EditedRunner) -> dict[str, str]:
    """Ask the profile questions one by one; Enter leaves an answer unchanged."""
    from pipeline.questions import PROFILE_QUESTIONS, QUESTION_REASONS, read_answer

    click.echo("Enter leaves an answer unchanged, ? shows why it is asked.", err=True)
    answers = {
        question.key: ask_optional(
            question.text,
            question.choices,
            QUESTION_REASONS["profile"],
            partial(read_answer, question),
            stored.given[question.key].answer.text if question.key in stored.given else "",
        )
        for question in PROFILE_QUESTIONS
    }
    return {key: text for key, text in answers.items() if text}


def _print_stored(stored: EditedRunner, as_json: bool) -> None:
    """Print the runner's columns and answers."""
    answers = {key: (given.answer.text, instant(given.answered_at)) for key, given in stored.given.items()}
    if as_json:
        profile = {key: {"said": text, "answered_at": at} for key, (text, at) in answers.items()}
        print_json("runner", runner=asdict(stored.runner), profile=profile, change=stored.change_no)
        return
    from pipeline.questions import PROFILE_QUESTIONS

    runner = asdict(stored.runner)
    hidden = ("runner_id", "red_flag")
    rows = [[column, "" if value is None else str(value)] for column, value in runner.items() if column not in hidden]
    keys = [question.key for question in PROFILE_QUESTIONS]
    rows += [[key, answers[key][0] if key in answers else ""] for key in keys]
    table(("what", "stored"), rows)
    next_step(f"cramplog runner edit {shlex.quote(stored.runner.name)} --set KEY=VALUE")
