"""`cramplog runner flags`: the warning signs: lists them, asks about them, ticks or clears them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.interview import ask_yes_no
from pipeline.cli.frame.output import instant, next_step, print_json
from pipeline.cli.frame.prompts import at_a_terminal
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.actions.tagging.flags import Flags


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--tick", multiple=True, metavar="KEY", help="Mark this sign as present; may be repeated.")
@click.option(
    "--clear",
    multiple=True,
    metavar="KEY|all",
    help="Clear a sign after a doctor has looked at it; may be repeated.",
)
@json_option
def runner_flags(name: str | None, tick: tuple[str, ...], clear: tuple[str, ...], as_json: bool) -> None:
    """Go through the warning signs that need a doctor. While one is ticked, the report gives no number, only what to do.

    On a terminal it asks about each; otherwise it lists them. Clear a sign after a doctor has looked at it.

    \b
    Examples:
      cramplog runner flags
      cramplog runner flags anna --tick dark_urine
      cramplog runner flags anna --clear all
    """
    from pipeline.actions.tagging.flags import list_flags, set_flags

    settings = current_settings()
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
    next_step("cramplog report" + ("; to undo this: cramplog undo" if state.change_no else ""))


def _interview(listed: Flags) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ask about each sign, grouped by what to do. Returns the keys to tick and the keys to clear."""
    click.echo("Is one of these true for you? Enter leaves an answer unchanged.", err=True)
    tick: list[str] = []
    clear: list[str] = []
    title = ""
    for flag in listed.flags:
        if flag.what_to_do != title:
            title = flag.what_to_do
            click.echo(f"\n{title}, if:", err=True)
        answer = ask_yes_no(flag.text, flag.ticked_at is not None)
        if answer is not None:
            (tick if answer else clear).append(flag.key)
    return tuple(tick), tuple(clear)


def _print_ticked(state: Flags) -> None:
    """Print the ticked signs, grouped by what to do."""
    if not state.ticked:
        click.echo("no warning sign is ticked")
        return
    title = ""
    for flag in state.ticked:
        if flag.what_to_do != title:
            title = flag.what_to_do
            click.echo(f"{title}:")
        click.echo(f"  {flag.text}")
    click.echo(f"{state.runner}'s report shows no number until this is cleared")


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
