"""Questions on a terminal that Enter skips; `?` explains why they are asked. Called by `ask`, `runner edit` and `flags`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from pipeline.errors import WrongInput


def ask_optional(text: str, choices: Sequence[str], why: str, check: Callable[[str], object], now: str = "") -> str:
    """The typed answer, empty for Enter; asks again until `check` raises no WrongInput. `now` is the present answer."""
    choices_text = f"  [{', '.join(choices)}]" if choices else ""
    now_text = f"  (now: {now})" if now else ""
    while True:
        answer: str = click.prompt(
            f"{text}{choices_text}{now_text}", default="", show_default=False, prompt_suffix=" ", err=True
        ).strip()
        if answer == "?":
            click.echo(f"  {why} Enter skips.", err=True)
            continue
        try:
            if answer:
                check(answer)
        except WrongInput as error:
            click.echo(f"  {error.message}; {error.hint}", err=True)
            continue
        return answer


def ask_yes_no(text: str, ticked: bool) -> bool | None:
    """True for yes, False for no, None for Enter, which changes nothing."""
    while True:
        now = "now: yes" if ticked else "now: no"
        answer: str = (
            click.prompt(f"{text}  [y/n]  ({now})", default="", show_default=False, prompt_suffix=" ", err=True)
            .strip()
            .lower()
        )
        if answer in ("", "y", "yes", "n", "no"):
            return None if not answer else answer[0] == "y"
        click.echo("  type y for yes or n for no; Enter changes nothing", err=True)
