"""Questions on a terminal. Without a terminal nothing is ever asked."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from pipeline.errors import WrongInput


def at_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def make_sure(question: str, otherwise: str, yes: bool, as_json: bool) -> None:
    """Go on after a yes. Raises WrongInput, with what to do otherwise, where nobody can be asked; click.Abort after a no."""
    if yes:
        return
    if as_json or not at_a_terminal():
        raise WrongInput(f"not asked: {question}", otherwise)
    click.confirm(question, abort=True, err=True)


def ask(question: str, checked: Callable[[str], str | None], default: str | None = None) -> str | None:
    """The checked answer, None for Enter alone (without a default). Asks again when it cannot be meant."""

    def value(text: str) -> str | None:
        try:
            return checked(text) if text else None
        except WrongInput as error:
            raise click.UsageError(f"{error.message}; {error.hint}") from None

    answer: str | None = click.prompt(
        question, default=default or "", show_default=bool(default), value_proc=value, err=True
    )
    return answer
