"""Warning signs that a runner ticked, and when each was cleared. Called by the flags action, within a change.

While a sign is ticked and not cleared, `Runner.red_flag` is true and reports give no number.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipeline.store.db.changes import Change
from pipeline.store.db.rows import first_value


def ticked_flags(con: duckdb.DuckDBPyConnection, runner_id: str) -> dict[str, datetime]:
    """The signs that are ticked now, each with the instant since when (UTC, no zone)."""
    rows = con.execute(
        "SELECT flag, min(ticked_at) FROM runner_flag WHERE runner_id = ? AND cleared_at IS NULL GROUP BY flag ORDER BY flag",
        [runner_id],
    ).fetchall()
    return dict(rows)


def cleared_flags(con: duckdb.DuckDBPyConnection, runner_id: str) -> dict[str, datetime]:
    """The signs that were ticked earlier and are cleared now, each with the instant it was cleared last."""
    rows = con.execute(
        "SELECT flag, max(cleared_at) FROM runner_flag WHERE runner_id = ?"
        " GROUP BY flag HAVING count(*) = count(cleared_at) ORDER BY flag",
        [runner_id],
    ).fetchall()
    return dict(rows)


def tick_flag(change: Change, runner_id: str, flag: str) -> bool:
    """Tick a sign; False if it is ticked already."""
    if flag in ticked_flags(change.con, runner_id):
        return False
    flag_id = str(first_value(change.con, "SELECT 'w' || nextval('flag_no')"))
    row = {"flag_id": flag_id, "runner_id": runner_id, "flag": flag, "ticked_at": change.at, "cleared_at": None}
    change.insert("runner_flag", row)
    return True


def clear_flag(change: Change, runner_id: str, flag: str) -> bool:
    """Clear a ticked sign; False if it was not ticked."""
    rows = change.con.execute(
        "SELECT flag_id FROM runner_flag WHERE runner_id = ? AND flag = ? AND cleared_at IS NULL", [runner_id, flag]
    ).fetchall()
    for (flag_id,) in rows:
        change.update("runner_flag", flag_id, {"cleared_at": change.at})
    return bool(rows)
