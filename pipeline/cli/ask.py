"""`cramplog ask`: the optional questions about a run, on a terminal one by one; elsewhere what is due, or answers by --set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.interview import ask_optional
from pipeline.cli.frame.output import instant, next_step, print_json, table
from pipeline.cli.frame.prompts import at_a_terminal
from pipeline.cli.frame.runner_options import read_pairs
from pipeline.cli.frame.verb import Verb, here, json_option, runner_option, utc_now
from pipeline.units import plural, short_id

if TYPE_CHECKING:
    from pipeline.actions.tagging.ask import Answered, Due, RunAnswers

_AT_ONCE = 3  # runs asked about in one sitting
_BECAUSE = {"cramp": "had a cramp", "control": "picked by chance", "own": "not due"}


@click.command(cls=Verb)
@click.argument("run", required=False)
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Answer without a terminal; may be repeated.")
@runner_option
@json_option
def ask(run: str | None, pairs: tuple[str, ...], runner_name: str | None, as_json: bool) -> None:
    """Ask what else there is to know about RUN, or about the runs that are due: those with a cramp, and a tenth of the rest.

    On a terminal Enter skips a question and ? says why it is asked. Elsewhere it lists what is due, or takes --set:
    clothing, shoes_new, shoes, drink, electrolytes, electrolytes_what, food_before, food_during, sleep_h, soreness, felt;
    about a cramp effect, relief, recurred, recurred_after (of several: c7.relief). An empty value takes an answer away.

    \b
    Examples:
      cramplog ask
      cramplog ask 2026-06-14
      cramplog ask last --set clothing=long --set sleep_h=6.5 --set relief=partly
    """
    from pipeline.actions.tagging.ask import answer_questions, list_due, look_at_answers

    if pairs and not run:
        raise click.UsageError("say which run the answers are about: cramplog ask RUN --set KEY=VALUE")
    if run and pairs:
        _print_answered(answer_questions(here(), run, runner_name, read_pairs(pairs), utc_now()), as_json)
    elif as_json or not at_a_terminal():
        if run:
            _print_run(look_at_answers(here(), run, runner_name), as_json)
        else:
            _print_due(list_due(here(), runner_name), runner_name, as_json)
    else:
        runs = [(run, runner_name)] if run else [(one.run.run_id, one.runner) for one in list_due(here(), runner_name)]
        for word, name in runs[:_AT_ONCE]:
            _interview(word, name)
        left = len(runs) - _AT_ONCE
        if not runs:
            click.echo("no run is due")
        after = _unanswered(runner_name) or "cramplog report"
        next_step(f"cramplog ask, for {plural(left, 'more run')}" if left > 0 else after)


def _interview(run: str, runner_name: str | None) -> None:
    """Ask the open questions of one run; what was said is kept, also when it ends early."""
    from pipeline.actions.tagging.ask import answer_questions, look_at_answers

    found = look_at_answers(here(), run, runner_name)
    said: dict[str, str] = {}
    click.echo(f"\nThe run of {found.run.day} ({_BECAUSE[found.because]}). Enter skips, ? says why.", err=True)
    try:
        _ask_about_cramps(found, said)
        _ask_about_run(found, said)
    finally:
        kept = {key: words for key, words in said.items() if words}
        if kept:
            _print_answered(answer_questions(here(), run, runner_name, kept, utc_now()), False)


def _ask_about_run(found: RunAnswers, said: dict[str, str]) -> None:
    from pipeline.questions import QUESTION_REASONS, read_answer

    for question in found.open:
        checked = partial(read_answer, question)
        said[question.key] = ask_optional(question.text, question.choices, QUESTION_REASONS[found.because], checked)


def _ask_about_cramps(found: RunAnswers, said: dict[str, str]) -> None:
    """What each cramp did, whether stretching helped, whether it came back: only what is not known."""
    from pipeline.actions.tagging.ask import CRAMP_QUESTIONS, cramp_values
    from pipeline.questions import QUESTION_REASONS

    for tag in found.tags:
        click.echo(f"{tag.muscle} {tag.side}, {tag.severity}:", err=True)
        for name, (text, words) in CRAMP_QUESTIONS.items():
            if name == "recurred_after":
                came_back = (said.get(f"{tag.cramp_id}.recurred") or tag.recurred) == "yes"
                asked = came_back and tag.recurred_after_s is None
            else:
                asked = getattr(tag, name) is None
            if asked:
                key = f"{tag.cramp_id}.{name}"
                said[key] = ask_optional(text, words, QUESTION_REASONS["cramp"], partial(cramp_values, name))


def _print_answered(done: Answered, as_json: bool) -> None:
    if as_json:
        fields = {"run_id": done.run.run_id, "asked_because": done.because, "changed": done.keys}
        print_json("ask", **fields, change=done.change_no)
        return
    what = f"kept: {', '.join(done.keys)}" if done.change_no else "as it was; nothing changed"
    click.echo(f"run of {done.run.day}, {_BECAUSE[done.because]}; {what}")
    next_step("cramplog ask" + ("; cramplog undo takes this back" if done.change_no else ""))


def _unanswered(runner_name: str | None) -> str:
    """How to answer first for a run whose words speak of a cramp; empty when none waits."""
    from pipeline.actions.runs.runs import runs_mentioning_cramp

    speak = runs_mentioning_cramp(here(), runner_name)
    return f"cramplog runs {short_id(speak[0].run.run_id)} (unanswered; its words speak of a cramp)" if speak else ""


def _print_due(due: list[Due], runner_name: str | None, as_json: bool) -> None:
    if as_json:
        runs = [
            {"runner": one.runner, "run_id": one.run.run_id, "day": str(one.run.day), "because": one.run.because}
            for one in due
        ]
        print_json("ask", due=runs)
        return
    if not due:
        click.echo("no run is due")
        next_step(_unanswered(runner_name) or "cramplog ask RUN, about any run")
        return
    rows = [[short_id(one.run.run_id), str(one.run.day), one.runner, _BECAUSE[one.run.because]] for one in due]
    table(("run", "date", "runner", "why"), rows)
    next_step(f"cramplog ask {short_id(due[0].run.run_id)} --set clothing=long, or cramplog ask on a terminal")


def _print_run(found: RunAnswers, as_json: bool) -> None:
    if as_json:
        given = [
            {"key": one.question, "said": one.answer.text, "because": one.asked_because, "at": instant(one.answered_at)}
            for one in found.given.values()
        ]
        keys = [question.key for question in found.open]
        print_json("ask", run_id=found.run.run_id, asked_because=found.because, answers=given, open=keys)
        return
    click.echo(f"run of {found.run.day}, {_BECAUSE[found.because]}")
    rows = [[key, given.answer.text, ""] for key, given in found.given.items()]
    rows += [[question.key, "", f"{question.text} {', '.join(question.choices)}".strip()] for question in found.open]
    table(("question", "answer", "asks"), rows)
    next_step(f"cramplog ask {short_id(found.run.run_id)} --set KEY=VALUE")
