"""Asking one optional question on a terminal: Enter skips, `?` says why it is asked. Called by `ask` and `runner edit`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from pipeline.errors import WrongInput


def ask_optional(text: str, choices: Sequence[str], why: str, checked: Callable[[str], object], now: str = "") -> str:
    """What was typed once it can be meant, empty for Enter. `now` is the answer so far; Enter leaves it."""
    offered = f"  [{', '.join(choices)}]" if choices else ""
    known = f"  (now: {now})" if now else ""
    while True:
        said: str = click.prompt(
            f"{text}{offered}{known}", default="", show_default=False, prompt_suffix=" ", err=True
        ).strip()
        if said == "?":
            click.echo(f"  {why} Enter skips.", err=True)
            continue
        try:
            if said:
                checked(said)
        except WrongInput as error:
            click.echo(f"  {error.message}; {error.hint}", err=True)
            continue
        return said


def ask_yes_no(text: str, ticked: bool) -> bool | None:
    """Yes or no; None for Enter, which leaves things as they are."""
    while True:
        now = "now: yes" if ticked else "now: no"
        said: str = (
            click.prompt(f"{text}  [y/n]  ({now})", default="", show_default=False, prompt_suffix=" ", err=True)
            .strip()
            .lower()
        )
        if said in ("", "y", "yes", "n", "no"):
            return None if not said else said[0] == "y"
        click.echo("  y or n; Enter leaves it as it is", err=True)
