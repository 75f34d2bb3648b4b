"""`cramplog runner private`: conditions, medication, injuries and blood values, shown and changed only here."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.frame.output import instant, next_step, print_json, table
from pipeline.cli.frame.prompts import at_a_terminal
from pipeline.cli.frame.verb import Verb, current_settings, json_option, utc_now
from pipeline.units import plural

if TYPE_CHECKING:
    from pipeline.actions.tagging.private import Items
    from pipeline.store.answers.private import PrivateItem

_HEAD = ("id", "kind", "name", "value", "since or on", "note")
_PRIVACY_NOTE = (
    "It is stored in a separate file on this computer (private.duckdb); no snapshot holds it and no report shows it."
)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(cls=Verb)
@click.argument("name", required=False)
@click.option("--add", metavar="KIND: NAME", help="Add an item; KIND is condition, medication, injury or blood.")
@click.option("--since", "--on", "on_day", type=_DAY, metavar="DATE", help="When it began, or when it was measured.")
@click.option("--value", type=float, metavar="N", help="The blood value; needs --unit.")
@click.option("--unit", metavar="UNIT", help="Its unit, such as mmol/l or mg/dl.")
@click.option("--note", metavar="TEXT", help="A note in your own words.")
@click.option("--list", "listed", is_flag=True, help="Show the items; the same as giving no option.")
@click.option("--rm", metavar="ID", help="Delete an item for good; undo cannot restore it.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation before deleting.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all items as CSV.")
@json_option
def runner_private(
    name: str | None,
    add: str | None,
    on_day: datetime | None,
    value: float | None,
    unit: str | None,
    note: str | None,
    listed: bool,
    rm: str | None,
    yes: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Record details of your health; all of them are optional.

    Conditions, medication, injuries and blood values are stored in a separate file, and never copied into the snapshot,
    a log or a report.

    \b
    Examples:
      cramplog runner private --add "condition: diabetes" --since 2019-01-01
      cramplog runner private anna --add "blood: sodium" --value 141 --unit mmol/l --on 2026-03-14
      cramplog runner private anna --rm i3
    """
    if sum((add is not None, rm is not None, listed)) > 1:
        raise click.UsageError("give only one of --add, --rm and --list")
    if add is None and any(option is not None for option in (on_day, value, unit, note)):
        raise click.UsageError('these options describe a new item: give --add "KIND: NAME" too')
    if rm is not None:
        _remove(name, rm, yes, as_json)
    elif add is not None:
        _add(name, add, on_day.date() if on_day else None, value, unit, note, as_json)
    else:
        _show(name, as_json, as_csv)


def _add(
    name: str | None,
    kind_name: str,
    on_day: date | None,
    value: float | None,
    unit: str | None,
    note: str | None,
    as_json: bool,
) -> None:
    from pipeline.actions.tagging.private import add_private, kind_and_name
    from pipeline.store.answers.private import NewItem

    kind, what = kind_and_name(kind_name)
    items = add_private(current_settings(), name, NewItem(kind, what, value, unit, on_day, note or None), utc_now())
    assert items.added is not None
    if as_json:
        print_json("runner_private", runner=items.runner, items=[_fields(items.added)])
        return
    click.echo(f"{items.added.item_id} recorded for {items.runner}: {kind}: {what}")
    if len(items.items) == 1:
        click.echo(_PRIVACY_NOTE)
    next_step(f"cramplog runner private --list; to delete it: cramplog runner private --rm {items.added.item_id}")


def _remove(name: str | None, item_id: str, yes: bool, as_json: bool) -> None:
    from pipeline.actions.tagging.private import remove_private

    if not yes and not at_a_terminal():
        raise click.UsageError("deleting cannot be undone; add --yes to delete it")
    if not yes and not click.confirm(f"Delete {item_id} for good? undo cannot restore it", err=True):
        click.echo("nothing changed")
        return
    removed = remove_private(current_settings(), name, item_id)
    if as_json:
        print_json("runner_private", removed=removed.item_id)
        return
    click.echo(f"{removed.item_id} is deleted for good, also from the bytes of the file; undo cannot restore it")
    next_step("cramplog runner private --list")


def _show(name: str | None, as_json: bool, as_csv: bool) -> None:
    from pipeline.actions.tagging.private import list_items
    from pipeline.store.answers.private import PrivateItem

    found = list_items(current_settings(), name)
    if as_json:
        print_json("runner_private", runner=found.runner, items=[_fields(item) for item in found.items])
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, [field.name for field in fields(PrivateItem)])
        writer.writeheader()
        writer.writerows(_fields(item) for item in found.items)
    else:
        _print_items(found)


def _print_items(found: Items) -> None:
    if not found.items:
        click.echo(f"no private item is recorded for {found.runner}")
        next_step('cramplog runner private --add "condition: NAME"')
        return
    table(_HEAD, [_cells(item) for item in found.items])
    click.echo(f"{plural(len(found.items), 'item')}, in private.duckdb only")
    next_step("to delete one for good: cramplog runner private --rm ID")


def _cells(item: PrivateItem) -> list[str]:
    value = "" if item.value is None else f"{item.value:g} {item.unit}"
    return [item.item_id, item.kind, item.name, value, f"{item.on_day or ''}", item.note or ""]


def _fields(item: PrivateItem) -> dict[str, object]:
    return {**asdict(item), "said_at": instant(item.said_at)}
