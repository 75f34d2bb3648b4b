"""Questions on a terminal. Without a terminal nothing is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from pipeline.errors import WrongInput


def at_a_terminal() -> bool:
    """True if a person can be asked: stdin and stderr are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def make_sure(question: str, hint: str, yes: bool, as_json: bool) -> None:
    """Ask for confirmation, unless `yes`. Raises click.Abort after a no, and WrongInput with that hint without a terminal."""
    if yes:
        return
    if as_json or not at_a_terminal():
        raise WrongInput(f"this needs a confirmation: {question}", hint)
    click.confirm(question, abort=True, err=True)


def ask(question: str, check: Callable[[str], str | None], default: str | None = None) -> str | None:
    """What `check` makes of the answer; None for Enter without a default. Asks again after a WrongInput."""

    def value(text: str) -> str | None:
        try:
            return check(text) if text else None
        except WrongInput as error:
            raise click.UsageError(f"{error.message}; {error.hint}") from None

    answer: str | None = click.prompt(
        question, default=default or "", show_default=bool(default), value_proc=value, err=True
    )
    return answer
