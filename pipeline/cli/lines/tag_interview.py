"""What a tag still lacks: asked on a terminal, named elsewhere. Called by `tag`.

Laps closed by hand are offered as the moment of the cramp.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.prompts import ask, at_a_terminal
from pipeline.cli.frame.verb import here
from pipeline.cli.lines.run_facts import MANY_PRESSES, press_words

if TYPE_CHECKING:
    from pipeline.actions.runs.runs import ShownRun

NEEDED = ("at", "muscle", "side", "severity")
_WHEN = "When did it begin (2:21:10 on the watch, km25.1, 14:32, lap7, somewhere, after)"


def complete(run: str, runner_name: str | None, cramp: dict[str, str | None], as_json: bool) -> dict[str, str | None]:
    """The cramp with all that it needs. Raises click.UsageError with what is missing; Enter alone leaves a thing out."""
    missing = [name for name in NEEDED if not cramp[name]]
    if not missing:
        return cramp
    presses = _presses(run, runner_name) if "at" in missing else ""
    if at_a_terminal() and not as_json:
        if presses:
            click.echo(presses, err=True)
        cramp = _asked(run, runner_name, cramp)
        missing = [name for name in NEEDED if not cramp[name]]
    if missing:
        needs = f"a cramp needs {', '.join(f'--{name}' for name in missing)} too; or say --none"
        raise click.UsageError(f"{needs}. {presses}" if presses else needs)
    return cramp


def _asked(run: str, runner_name: str | None, cramp: dict[str, str | None]) -> dict[str, str | None]:
    """The same, asked one by one until something is left out."""
    from pipeline.vocabulary import MUSCLES, SEVERITIES, SIDES, choose

    lists = {"muscle": MUSCLES, "side": SIDES, "severity": SEVERITIES}
    said = dict(cramp)
    for name in NEEDED:
        if said[name]:
            continue
        if name == "at":
            said[name] = ask(_WHEN, partial(_within, run, runner_name))
        else:
            said[name] = ask(
                f"{name.capitalize()} ({', '.join(lists[name])})",
                partial(choose, allowed=lists[name], what=f"a {name}"),
            )
        if said[name] is None:
            break
    return said


def _within(run: str, runner_name: str | None, words: str) -> str:
    """A moment of that run as it was written. Raises WrongInput for any other."""
    from pipeline.actions.tagging.tag import check_moment

    check_moment(here(), run, runner_name, words)
    return words


def _presses(run: str, runner_name: str | None) -> str:
    """'Closed by hand in that run: lap7 at 2:21:10 (09:51).', empty when none was, or as many as in intervals."""
    from pipeline.actions.runs.runs import show_run

    shown: ShownRun = show_run(here(), run, runner_name)
    if not 0 < len(shown.presses) <= MANY_PRESSES:
        return ""
    return f"Closed by hand: {', '.join(press_words(shown.details.run, one) for one in shown.presses)}."
