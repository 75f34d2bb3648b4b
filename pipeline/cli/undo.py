"""`cramplog undo`: lists the last changes, and undoes one of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import instant, next_step, print_json, table
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.store.answers.undo import MadeChange

_LISTED = 20


@click.command(cls=Verb)
@click.argument("change", metavar="[CHANGE]", type=int, required=False)
@click.option("--list", "listed", is_flag=True, help="List the last changes, newest first; undo nothing.")
@json_option
def undo(change: int | None, listed: bool, as_json: bool) -> None:
    """Undo the last change, or the one with that number. A tag, an answer, a correction or an import is one change.

    Run it again to undo the previous change. If a later change wrote the same thing, undo that one first.

    \b
    Examples:
      cramplog undo --list
      cramplog undo
      cramplog undo 3
    """
    if listed and change is not None:
        raise click.UsageError("--list and a number cannot be used together")
    from pipeline.actions.runs.undo import list_changes
    from pipeline.actions.runs.undo import undo as undo_change

    if listed:
        _print_changes(list_changes(current_settings(), _LISTED), as_json)
        return
    made = undo_change(current_settings(), change, utc_now())
    if as_json:
        print_json("undo", undone=_change_fields(made))
        return
    click.echo(f"undone: {made.change_no} {made.what}: {made.detail}")
    next_step("cramplog undo --list")


def _print_changes(changes: list[MadeChange], as_json: bool) -> None:
    if as_json:
        print_json("undo", changes=[_change_fields(made) for made in changes])
        return
    if not changes:
        click.echo("there is no change yet")
        return
    rows = [
        [
            str(made.change_no),
            f"{made.made_at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}",
            made.what,
            made.how,
            made.detail,
            "undone" if made.undone_at else "",
        ]
        for made in changes
    ]
    table(("change", "made", "what", "how", "detail", ""), rows, right=("change",))
    next_step("cramplog undo undoes the last change, cramplog undo CHANGE the one with that number")


def _change_fields(made: MadeChange) -> dict[str, object]:
    return {**asdict(made), "made_at": instant(made.made_at), "undone_at": instant(made.undone_at)}
