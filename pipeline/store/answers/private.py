"""Conditions, medication, injuries and blood values, in the separate file `private`, which is attached only where needed.

They are in no change log and no view. Deleting an item rewrites the file without it, so that its bytes are gone too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

import duckdb

from pipeline.errors import NotFound
from pipeline.files import PRIVATE_FILE
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.db.rows import first_value, insert_rows
from pipeline.store.db.swap import new_file
from pipeline.store.db.transaction import transaction

_COLUMNS = "item_id, kind, name, value, unit, on_day, note, said_at"


@dataclass(frozen=True, slots=True)
class NewItem:
    """A private item to be stored; `on_day` is when it began or was measured, `value` a blood value in `unit`."""

    kind: str
    name: str
    value: float | None = None
    unit: str | None = None
    on_day: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PrivateItem:
    """A stored private item; `said_at`, when it was entered, is UTC without a zone."""

    item_id: str
    kind: str
    name: str
    value: float | None
    unit: str | None
    on_day: date | None
    note: str | None
    said_at: datetime


def items_of(con: duckdb.DuckDBPyConnection, runner_id: str) -> list[PrivateItem]:
    """A runner's items, by kind and date."""
    rows = con.execute(
        f"SELECT {_COLUMNS} FROM private.private_item WHERE runner_id = ?"  # noqa: S608  columns of ours
        " ORDER BY kind, on_day NULLS LAST, length(item_id), item_id",
        [runner_id],
    ).fetchall()
    return [PrivateItem(*row) for row in rows]


def recorded_kinds(con: duckdb.DuckDBPyConnection, runner_id: str) -> frozenset[str]:
    """The kinds that have an item: a report may mention only this."""
    rows = con.execute("SELECT DISTINCT kind FROM private.private_item WHERE runner_id = ?", [runner_id]).fetchall()
    return frozenset(kind for (kind,) in rows)


def add_item(con: duckdb.DuckDBPyConnection, runner_id: str, item: NewItem, now: datetime) -> str:
    """Store an item and return its id. `now` is aware."""
    with transaction(con):
        item_id = str(first_value(con, "SELECT 'i' || nextval('private.item_no')"))
        row = {**asdict(item), "item_id": item_id, "runner_id": runner_id, "said_at": naive_utc(now)}
        insert_rows(con, "private.private_item", [row])
    return item_id


def remove_item(con: duckdb.DuckDBPyConnection, settings: Settings, runner_id: str, item_id: str) -> PrivateItem:
    """Delete an item permanently: the file is rewritten without it. `private` is detached afterwards.

    Raises NotFound for an id the runner does not have. The ledger, attached for writing, locks out other processes.
    """
    found = {item.item_id: item for item in items_of(con, runner_id)}
    if item_id not in found:
        hint = f"recorded items: {', '.join(found)}" if found else "no private item is recorded"
        raise NotFound(f"there is no private item '{item_id}'", hint)
    with new_file(con, settings.private, mode=PRIVATE_FILE):
        con.execute("COPY FROM DATABASE private TO snapshot (SCHEMA)")
        con.execute("INSERT INTO snapshot.migration FROM private.migration")
        con.execute("INSERT INTO snapshot.private_item FROM private.private_item WHERE item_id <> ?", [item_id])
        con.execute("DETACH private")
    return found[item_id]
