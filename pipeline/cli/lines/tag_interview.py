"""Missing details of a tag: asked for on a terminal, otherwise reported. Called by `tag`.

Laps closed by hand are offered as the moment of the cramp.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.prompts import ask, at_a_terminal
from pipeline.cli.frame.verb import current_settings
from pipeline.cli.lines.run_facts import MANY_PRESSES, press_text

if TYPE_CHECKING:
    from pipeline.actions.runs.runs import ShownRun

NEEDED = ("at", "muscle", "side", "severity")
_WHEN = "When did it begin (2:21:10 on the watch, km25.1, 14:32, lap7, somewhere, after)"


def complete(run: str, runner_name: str | None, cramp: dict[str, str | None], as_json: bool) -> dict[str, str | None]:
    """The cramp with all required details. Raises click.UsageError with what is missing, also after a skipped question."""
    missing = [name for name in NEEDED if not cramp[name]]
    if not missing:
        return cramp
    presses = _presses(run, runner_name) if "at" in missing else ""
    if at_a_terminal() and not as_json:
        if presses:
            click.echo(presses, err=True)
        cramp = _ask_missing(run, runner_name, cramp)
        missing = [name for name in NEEDED if not cramp[name]]
    if missing:
        message = f"a cramp also needs {', '.join(f'--{name}' for name in missing)}; without a cramp give --none"
        raise click.UsageError(f"{message}. {presses}" if presses else message)
    return cramp


def _ask_missing(run: str, runner_name: str | None, cramp: dict[str, str | None]) -> dict[str, str | None]:
    """The cramp with the answers to the questions, which end at the first one that is skipped."""
    from pipeline.vocabulary import MUSCLES, SEVERITIES, SIDES, choose

    lists = {"muscle": MUSCLES, "side": SIDES, "severity": SEVERITIES}
    answers = dict(cramp)
    for name in NEEDED:
        if answers[name]:
            continue
        if name == "at":
            answers[name] = ask(_WHEN, partial(_check_moment, run, runner_name))
        else:
            answers[name] = ask(
                f"{name.capitalize()} ({', '.join(lists[name])})",
                partial(choose, allowed=lists[name], what=f"a {name}"),
            )
        if answers[name] is None:
            break
    return answers


def _check_moment(run: str, runner_name: str | None, text: str) -> str:
    """The text of a moment, unchanged. Raises WrongInput unless it is a moment of that run."""
    from pipeline.actions.tagging.tag import check_moment

    check_moment(current_settings(), run, runner_name, text)
    return text


def _presses(run: str, runner_name: str | None) -> str:
    """'Laps closed by hand: lap7 at 2:21:10 (09:51).'; empty without any, or with as many as in an interval session."""
    from pipeline.actions.runs.runs import show_run

    shown: ShownRun = show_run(current_settings(), run, runner_name)
    if not 0 < len(shown.presses) <= MANY_PRESSES:
        return ""
    laps = ", ".join(press_text(shown.details.run, press) for press in shown.presses)
    return f"Laps closed by hand: {laps}."
