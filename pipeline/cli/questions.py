"""Questions on a terminal, and what this computer knows. Without a terminal nothing is ever asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from pipeline.errors import WrongInput

_NOT_A_HOME = (
    "UTC",
    "UCT",
    "GMT",
    "Universal",
    "Zulu",
)  # what servers are set to says nothing of where people live


def at_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


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


def zone_of_this_computer(localtime: Path = Path("/etc/localtime")) -> str | None:
    """The IANA zone this computer is set to; None when it does not say, or says UTC as servers do."""
    named = os.environ.get("TZ", "").lstrip(":")
    if not named and localtime.is_symlink():
        named = str(localtime.resolve()).partition("zoneinfo/")[2]
    known = bool(named) and "/" in named and named.rsplit("/", 1)[-1] not in _NOT_A_HOME
    return named if known and not named.startswith(("/", "Etc/")) else None
