"""`cramplog runner private`: conditions, medication, injuries and blood values, stored apart and shown only by this verb.

They never enter the change log, the views, the snapshot or a log. The report learns only which kinds have an item.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.errors import WrongInput
from pipeline.settings import Settings
from pipeline.store.answers.private import NewItem, PrivateItem, add_item, items_of, remove_item
from pipeline.store.answers.runners import find_runner
from pipeline.store.db.connection import open_store

KINDS = ("condition", "medication", "injury", "blood")
BLOOD_NAMES = ("sodium", "potassium", "chloride", "magnesium", "calcium", "phosphorus")  # others are accepted
BLOOD_UNITS = ("mmol/l", "umol/l", "mg/dl", "g/l", "g/dl", "mg/l", "ug/l", "ng/ml", "u/l", "%")
LONGEST_TEXT = 500  # characters
_KIND_AND_NAME = re.compile(r"^\s*(?P<kind>\w+)\s*[:=]\s*(?P<name>.+?)\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Items:
    """A runner's private items, and the item just added, if any."""

    runner: str
    items: tuple[PrivateItem, ...]
    added: PrivateItem | None = None


def list_items(settings: Settings, runner_name: str | None) -> Items:
    """All private items of one runner. Raises NotFound for an unknown runner."""
    with open_store(settings, write=False, with_private=True) as con:
        runner = find_runner(con, runner_name)
        return Items(runner.name, tuple(items_of(con, runner.runner_id)))


def add_private(settings: Settings, runner_name: str | None, item: NewItem, now: datetime) -> Items:
    """Store one item. Raises WrongInput for an item that is not valid."""
    with open_store(settings, write=True, with_private=True) as con:
        runner = find_runner(con, runner_name)
        item_id = add_item(con, runner.runner_id, _checked(item, now.astimezone().date()), now)
        items = tuple(items_of(con, runner.runner_id))
    return Items(runner.name, items, next(item for item in items if item.item_id == item_id))


def remove_private(settings: Settings, runner_name: str | None, item_id: str) -> PrivateItem:
    """Delete one item for good; `undo` cannot bring it back. Raises NotFound for an unknown item."""
    with open_store(settings, write=True, with_private=True) as con:
        return remove_item(con, settings, find_runner(con, runner_name).runner_id, item_id.strip().lower())


def kind_and_name(text: str) -> tuple[str, str]:
    """'condition: diabetes' as its two parts. Raises WrongInput with the kinds."""
    found = _KIND_AND_NAME.match(text)
    kind = found["kind"].lower() if found else ""
    if found is None or kind not in KINDS:
        raise WrongInput(
            f"'{text}' does not begin with its kind",
            f'write KIND: NAME, such as "condition: diabetes"; KIND is one of: {", ".join(KINDS)}',
        )
    return kind, " ".join(found["name"].split())


def _checked(item: NewItem, today: date) -> NewItem:
    if max(len(item.name), len(item.note or "")) > LONGEST_TEXT:
        raise WrongInput("the name or the note is too long", f"each may have at most {LONGEST_TEXT} characters")
    if item.on_day is not None and item.on_day > today:
        raise WrongInput(
            f"the date {item.on_day} is in the future", "write the day it began or was measured, such as 2026-03-14"
        )
    return _checked_blood(item) if item.kind == "blood" else _without_value(item)


def _checked_blood(item: NewItem) -> NewItem:
    """The item with its unit in the stored spelling. A blood value needs a number, a unit and a date."""
    if item.value is None or item.unit is None or item.on_day is None:
        usual = ", ".join(BLOOD_NAMES)
        raise WrongInput(
            "a blood value needs --value, --unit and --on",
            f'such as --add "blood: sodium" --value 141 --unit mmol/l --on 2026-03-14; usual names: {usual}',
        )
    if not (math.isfinite(item.value) and item.value >= 0):
        raise WrongInput(f"the blood value {item.value:g} is not valid", "expected a number of 0 or more")
    unit = item.unit.strip().lower().replace("µ", "u")
    if unit not in BLOOD_UNITS:
        raise WrongInput(f"'{item.unit}' is not a unit for blood values", f"write one of: {', '.join(BLOOD_UNITS)}")
    return NewItem("blood", item.name.lower(), item.value, unit, item.on_day, item.note)


def _without_value(item: NewItem) -> NewItem:
    if item.value is not None or item.unit is not None:
        raise WrongInput(
            f"--value and --unit are only for blood values, not for a {item.kind}", "write other details with --note"
        )
    return item
