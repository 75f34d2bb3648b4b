"""`cramplog ask`: the optional questions about a run, on a terminal one by one; otherwise a list, or answers by --set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.interview import ask_optional
from pipeline.cli.frame.output import instant, next_step, print_json, table
from pipeline.cli.frame.prompts import at_a_terminal
from pipeline.cli.frame.runner_options import read_pairs
from pipeline.cli.frame.verb import Verb, current_settings, json_option, runner_option, utc_now
from pipeline.units import plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.tagging.ask import Answered, Due, RunAnswers

_RUNS_PER_CALL = 3  # runs asked about in one interview
REASONS = {"cramp": "had a cramp", "control": "picked at random", "own": "not due"}


@click.command(cls=Verb)
@click.argument("run", required=False)
@click.option(
    "--set",
    "pairs",
    multiple=True,
    metavar="KEY=VALUE",
    help="Answer without a terminal; may be repeated.",
)
@runner_option
@json_option
def ask(run: str | None, pairs: tuple[str, ...], runner_name: str | None, as_json: bool) -> None:
    """Ask about clothing, drink, sleep and the like.

    Without RUN it asks about the runs that are due: those with a cramp and a tenth of the others. On a terminal, Enter
    skips a question and ? shows why it is asked. Otherwise the verb lists what is due, or stores the answers of --set.

    Keys of --set: clothing, shoes_new, shoes, drink, electrolytes, electrolytes_what, food_before, food_during, sleep_h,
    soreness, felt; about a cramp: effect, relief, recurred, recurred_after (if there are several cramps: c7.relief). An
    empty value removes an answer.

    \b
    Examples:
      cramplog ask
      cramplog ask 2026-06-14
      cramplog ask last --set clothing=long --set sleep_h=6.5 --set relief=partly
    """
    from pipeline.actions.tagging.ask import answer_questions, list_due, look_at_answers

    if pairs and not run:
        raise click.UsageError("which run are the answers about? cramplog ask RUN --set KEY=VALUE")
    if run and pairs:
        _print_answered(answer_questions(current_settings(), run, runner_name, read_pairs(pairs), utc_now()), as_json)
    elif as_json or not at_a_terminal():
        if run:
            _print_run(look_at_answers(current_settings(), run, runner_name), as_json)
        else:
            _print_due(list_due(current_settings(), runner_name), runner_name, as_json)
    else:
        runs = (
            [(run, runner_name)]
            if run
            else [(due.run.run_id, due.runner) for due in list_due(current_settings(), runner_name)]
        )
        for run_name, name in runs[:_RUNS_PER_CALL]:
            _interview(run_name, name)
        left = len(runs) - _RUNS_PER_CALL
        if not runs:
            click.echo("no run is due")
        otherwise = _next_unanswered(runner_name) or "cramplog report"
        next_step(f"cramplog ask, about {plural(left, 'more run')}" if left > 0 else otherwise)


def _interview(run: str, runner_name: str | None) -> None:
    """Ask the open questions about a run. Answers are stored also when the interview is interrupted."""
    from pipeline.actions.tagging.ask import answer_questions, look_at_answers

    found = look_at_answers(current_settings(), run, runner_name)
    answers: dict[str, str] = {}
    reason = REASONS[found.because]
    click.echo(f"\nRun of {found.run.day} ({reason}). Enter skips a question, ? shows why it is asked.", err=True)
    try:
        _ask_about_cramps(found, answers)
        _ask_about_run(found, answers)
    finally:
        given = {key: text for key, text in answers.items() if text}
        if given:
            _print_answered(answer_questions(current_settings(), run, runner_name, given, utc_now()), False)


def _ask_about_run(found: RunAnswers, answers: dict[str, str]) -> None:
    """Ask the open questions about the run; fills `answers`."""
    from pipeline.questions import QUESTION_REASONS, read_answer

    for question in found.open:
        check = partial(read_answer, question)
        answers[question.key] = ask_optional(question.text, question.choices, QUESTION_REASONS[found.because], check)


def _ask_about_cramps(found: RunAnswers, answers: dict[str, str]) -> None:
    """Ask for the effect of each cramp, its relief and whether it came back, where not yet known; fills `answers`."""
    from pipeline.actions.tagging.ask import CRAMP_QUESTIONS, cramp_values
    from pipeline.questions import QUESTION_REASONS

    for tag in found.tags:
        click.echo(f"{tag.muscle} {tag.side}, {tag.severity}:", err=True)
        for name, (text, choices) in CRAMP_QUESTIONS.items():
            if name == "recurred_after":
                recurred = answers.get(f"{tag.cramp_id}.recurred") or tag.recurred
                is_open = recurred == "yes" and tag.recurred_after_s is None
            else:
                is_open = getattr(tag, name) is None
            if is_open:
                key = f"{tag.cramp_id}.{name}"
                answers[key] = ask_optional(text, choices, QUESTION_REASONS["cramp"], partial(cramp_values, name))


def _print_answered(done: Answered, as_json: bool) -> None:
    if as_json:
        fields = {"run_id": done.run.run_id, "asked_because": done.because, "changed": done.keys}
        print_json("ask", **fields, change=done.change_no)
        return
    what = f"stored: {', '.join(done.keys)}" if done.change_no else "nothing changed"
    click.echo(f"run of {done.run.day}, {REASONS[done.because]}; {what}")
    next_step("cramplog ask" + ("; to undo this: cramplog undo" if done.change_no else ""))


def _next_unanswered(runner_name: str | None) -> str:
    """The next step for an unanswered run with a title or notes that mention a cramp; empty without such a run."""
    from pipeline.actions.runs.runs import runs_mentioning_cramp

    mentions = runs_mentioning_cramp(current_settings(), runner_name)
    if not mentions:
        return ""
    return f"cramplog runs {short_id(mentions[0].run.run_id)} (unanswered; its title or notes mention a cramp)"


def _print_due(due: list[Due], runner_name: str | None, as_json: bool) -> None:
    if as_json:
        runs = [
            {"runner": item.runner, "run_id": item.run.run_id, "day": str(item.run.day), "because": item.run.because}
            for item in due
        ]
        print_json("ask", due=runs)
        return
    if not due:
        click.echo("no run is due")
        next_step(_next_unanswered(runner_name) or "cramplog ask RUN, about any run")
        return
    rows = [[short_id(item.run.run_id), str(item.run.day), item.runner, REASONS[item.run.because]] for item in due]
    table(("run", "date", "runner", "why"), rows)
    next_step(f"cramplog ask {short_id(due[0].run.run_id)} --set clothing=long, or cramplog ask on a terminal")


def _print_run(found: RunAnswers, as_json: bool) -> None:
    if as_json:
        given = [
            {"key": row.question, "said": row.answer.text, "because": row.asked_because, "at": instant(row.answered_at)}
            for row in found.given.values()
        ]
        keys = [question.key for question in found.open]
        print_json("ask", run_id=found.run.run_id, asked_because=found.because, answers=given, open=keys)
        return
    click.echo(f"run of {found.run.day}, {REASONS[found.because]}")
    rows = [[key, given.answer.text, ""] for key, given in found.given.items()]
    rows += [[question.key, "", f"{question.text} {', '.join(question.choices)}".strip()] for question in found.open]
    table(("question", "answer", "text"), rows)
    next_step(f"cramplog ask {short_id(found.run.run_id)} --set KEY=VALUE")
