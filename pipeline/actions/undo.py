"""`cramplog undo`: the last changes as a list, and any one of them taken back. Every word of the runner is such a change."""

from __future__ import annotations

from datetime import datetime

from pipeline.settings import Settings
from pipeline.store.connection import open_store
from pipeline.store.undo import MadeChange, last_changes, undo_change


def list_changes(settings: Settings, most: int) -> list[MadeChange]:
    """The newest changes, newest first; those taken back are among them."""
    with open_store(settings, write=False) as con:
        return last_changes(con, most)


def undo(settings: Settings, change_no: int | None, now: datetime) -> MadeChange:
    """Take back one change, the last one when none is named.

    Raises NotFound when there is none, WrongInput when it is taken back already or a later one wrote the same.
    """
    with open_store(settings, write=True, with_records=True) as con:
        return undo_change(con, change_no, now)
