"""Taking words back from the other recordings of a run, which had them from it. Called by undo.

A recording that took over while the words held has them as its own: taken back, they go there too, but only where nothing
else was said since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import duckdb

from pipeline.store.db.changes import columns_of, set_columns

# Columns that are one word together; the richer recording has each of them from the poorer, or said of itself.
_TAKEN_OVER = (
    ("answer", "answered_how", "answered_at"),
    ("sport", "sport_said"),
    ("indoor", "indoor_said"),
    ("race",),
    ("planned_s",),
    ("deleted_at",),
)


def put_back_run(con: duckdb.DuckDBPyConnection, run_id: str, before: Mapping[str, object]) -> None:
    """Set columns of a run back, and those of its other recordings that are the same by this word."""
    now = columns_of(con, "run", run_id, ["*"])
    counted = now["duplicate_of"] or run_id
    rows = con.execute(
        "SELECT run_id FROM run WHERE coalesce(duplicate_of, run_id) = ? AND run_id <> ?", [counted, run_id]
    ).fetchall()
    for (copy_id,) in rows:
        copy = columns_of(con, "run", copy_id, ["*"])
        values = _same_clock(copy, now, before) | _same_words(copy, now, before, richer=copy_id == counted)
        if values:
            set_columns(con, "run", copy_id, values)
    set_columns(con, "run", run_id, before)


def _same_words(
    copy: Mapping[str, object], now: Mapping[str, object], before: Mapping[str, object], richer: bool
) -> dict[str, object]:
    """Words go from the poorer to the richer; that a run is deleted holds for all its recordings."""
    words = _TAKEN_OVER if richer else (("deleted_at",),)
    same = [word for word in words if all(copy[name] == now[name] for name in word)]
    return {name: before[name] for word in same for name in word if name in before}


def _same_clock(
    copy: Mapping[str, object], now: Mapping[str, object], before: Mapping[str, object]
) -> dict[str, object]:
    """The start of a copy when its run's clock is set back; nothing when the clock was no part of the change."""
    if "shift_s" not in before or copy["shift_s"] != now["shift_s"]:
        return {}
    start_at, start_local = copy["start_at"], before["start_local"]
    assert isinstance(start_at, datetime)
    set_back_at = start_at + timedelta(seconds=float(str(before["shift_s"])) - float(str(now["shift_s"])))
    local = None
    if start_local is not None:
        ahead = datetime.fromisoformat(str(start_local)) - datetime.fromisoformat(str(before["start_at"]))
        local = set_back_at + ahead
    told = {name: before[name] for name in ("shift_s", "clock_wrong", "utc_offset_s")}
    return {**told, "start_at": set_back_at, "start_local": local}
