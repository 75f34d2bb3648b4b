"""Undoing changes of a run in its duplicates too. Called by undo.

A duplicate that became the counted run took over what the runner had entered for this run. Undoing a change restores those
values there as well, unless the runner has entered something else since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from pipeline.store.db.changes import columns_of, set_columns

# Groups of columns that belong together. The richer recording copies each group from the poorer one or has its own.
_COPIED = (
    ("answer", "answered_how", "answered_at"),
    ("sport", "sport_said"),
    ("indoor", "indoor_said"),
    ("race",),
    ("planned_s",),
    ("deleted_at",),
)


def restore_run(con: duckdb.DuckDBPyConnection, run_id: str, before: Mapping[str, object]) -> None:
    """Restore columns of a run, and those of its duplicates that have the same values because of this change."""
    now = columns_of(con, "run", run_id, ["*"])
    counted = now["duplicate_of"] or run_id
    rows = con.execute(
        "SELECT run_id FROM run WHERE coalesce(duplicate_of, run_id) = ? AND run_id <> ?", [counted, run_id]
    ).fetchall()
    for (duplicate_id,) in rows:
        duplicate = columns_of(con, "run", duplicate_id, ["*"])
        values = _clock(duplicate, now, before) | _entries(duplicate, now, before, richer=duplicate_id == counted)
        if values:
            set_columns(con, "run", duplicate_id, values)
    set_columns(con, "run", run_id, before)


def _entries(
    duplicate: Mapping[str, object], now: Mapping[str, object], before: Mapping[str, object], richer: bool
) -> dict[str, object]:
    """The columns to restore where the duplicate's values are the same. All are copied to the richer recording only,
    but a deletion applies to every recording of the run."""
    groups = _COPIED if richer else (("deleted_at",),)
    same = [group for group in groups if all(duplicate[name] == now[name] for name in group)]
    return {name: before[name] for group in same for name in group if name in before}


def _clock(
    duplicate: Mapping[str, object], now: Mapping[str, object], before: Mapping[str, object]
) -> dict[str, object]:
    """The duplicate's clock after its run's clock is restored; empty if the change did not correct the clock."""
    if "shift_s" not in before or duplicate["shift_s"] != now["shift_s"]:
        return {}
    start_at, start_local = duplicate["start_at"], before["start_local"]
    assert isinstance(start_at, datetime)
    restored_at = start_at + timedelta(seconds=float(str(before["shift_s"])) - float(str(now["shift_s"])))
    local = None
    if start_local is not None:
        ahead = datetime.fromisoformat(str(start_local)) - datetime.fromisoformat(str(before["start_at"]))
        local = restored_at + ahead
    unchanged = {name: before[name] for name in ("shift_s", "clock_wrong", "utc_offset_s")}
    return {**unchanged, "start_at": restored_at, "start_local": local}
