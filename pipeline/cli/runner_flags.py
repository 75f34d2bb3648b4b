"""`cramplog runner flags`: the warning signs, asked one by one, ticked or cleared."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.interview import ask_yes_no
from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.frame.prompts import at_a_terminal
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.tagging.flags import Flags


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--tick", multiple=True, metavar="KEY", help="This sign is there; may be repeated.")
@click.option("--clear", multiple=True, metavar="KEY|all", help="Somebody has looked at it; may be repeated.")
@json_option
def runner_flags(name: str | None, tick: tuple[str, ...], clear: tuple[str, ...], as_json: bool) -> None:
    """Warning signs that need a doctor, not a number. While one is ticked, the report says only what to do.

    On a terminal it asks each; elsewhere it lists them. Clear one when somebody who knows has looked at it.

    \b
    Examples:
      cramplog runner flags
      cramplog runner flags anna --tick dark_urine
      cramplog runner flags anna --clear all
    """
    from pipeline.actions.tagging.flags import list_flags, set_flags

    settings = here()
    if not tick and not clear:
        listed = list_flags(settings, name)
        if as_json or not at_a_terminal():
            _print_list(listed, as_json)
            return
        tick, clear = _interview(listed)
    state = set_flags(settings, name, tick, clear, utc_now())
    if as_json:
        _print_list(state, as_json)
        return
    _print_ticked(state)
    if not state.change_no:
        click.echo("nothing changed")
    next_step("cramplog report" + ("; cramplog undo takes this back" if state.change_no else ""))


def _interview(listed: Flags) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys to tick and keys to clear, asked under what to do about them."""
    click.echo("Is one of these true for you? Enter leaves it as it is.", err=True)
    tick: list[str] = []
    clear: list[str] = []
    title = ""
    for flag in listed.flags:
        if flag.what_to_do != title:
            title = flag.what_to_do
            click.echo(f"\n{title}, if:", err=True)
        said = ask_yes_no(flag.text, flag.ticked_at is not None)
        if said is not None:
            (tick if said else clear).append(flag.key)
    return tuple(tick), tuple(clear)


def _print_ticked(state: Flags) -> None:
    """What is ticked, under what to do about it; no number."""
    if not state.ticked:
        click.echo("no warning sign is ticked")
        return
    title = ""
    for flag in state.ticked:
        if flag.what_to_do != title:
            title = flag.what_to_do
            click.echo(f"{title}:")
        click.echo(f"  {flag.text}")
    click.echo(f"{state.runner}'s report holds back every number until this is cleared")


def _print_list(state: Flags, as_json: bool) -> None:
    if as_json:
        flags = [
            {**asdict(flag), "ticked_at": instant(flag.ticked_at), "cleared_at": instant(flag.cleared_at)}
            for flag in state.flags
        ]
        print_json("runner_flags", runner=state.runner, flags=flags, change=state.change_no)
        return
    title = ""
    for flag in state.flags:
        if flag.what_to_do != title:
            title = flag.what_to_do
            click.echo(f"{title}, if:")
        ticked = f"  TICKED on {flag.ticked_at:%Y-%m-%d}" if flag.ticked_at else ""
        cleared = f"  cleared on {flag.cleared_at:%Y-%m-%d}" if flag.cleared_at else ""
        click.echo(f"  {flag.key}{ticked}{cleared}")
        click.echo(f"    {flag.text}")
    next_step("cramplog runner flags --tick KEY" + (" or --clear KEY" if state.ticked else ""))
