"""`cramplog undo`: the last changes, and any one of them taken back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import instant, next_step, print_json, table
from pipeline.cli.frame.verb import Verb, here, json_option, utc_now

if TYPE_CHECKING:
    from pipeline.store.answers.undo import MadeChange

_MOST = 20


@click.command(cls=Verb)
@click.argument("change", metavar="[CHANGE]", type=int, required=False)
@click.option("--list", "listed", is_flag=True, help="The last changes, newest first; nothing is taken back.")
@json_option
def undo(change: int | None, listed: bool, as_json: bool) -> None:
    """Take back the last change, or the one of that number: a tag, an answer, a correction, an import, each one step.

    Said once more, it takes back the change before. A change is refused while a later one wrote the same.

    \b
    Examples:
      cramplog undo --list
      cramplog undo
      cramplog undo 3
    """
    if listed and change is not None:
        raise click.UsageError("--list and a number do not go together")
    from pipeline.actions.runs.undo import list_changes
    from pipeline.actions.runs.undo import undo as take_back

    if listed:
        _print_changes(list_changes(here(), _MOST), as_json)
        return
    made = take_back(here(), change, utc_now())
    if as_json:
        print_json("undo", undone=_change_fields(made))
        return
    click.echo(f"taken back: {made.change_no} {made.what}: {made.detail}")
    next_step("cramplog undo --list")


def _print_changes(changes: list[MadeChange], as_json: bool) -> None:
    if as_json:
        print_json("undo", changes=[_change_fields(one) for one in changes])
        return
    if not changes:
        click.echo("nothing was changed yet")
        return
    rows = [
        [
            str(one.change_no),
            f"{one.made_at.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}",
            one.what,
            one.how,
            one.detail,
            "taken back" if one.undone_at else "",
        ]
        for one in changes
    ]
    table(("change", "made", "what", "how", "detail", ""), rows, right=("change",))
    next_step("cramplog undo takes back the last, cramplog undo CHANGE that one")


def _change_fields(made: MadeChange) -> dict[str, object]:
    return {**asdict(made), "made_at": instant(made.made_at), "undone_at": instant(made.undone_at)}
