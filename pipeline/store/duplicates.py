"""The same run twice: found by overlap in time and distance, both kept and linked, the richer one counted.

Called by the ingest action, inside its transaction. Answers and tags go with the run that counts.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipeline.store.rows import one_row, one_value
from pipeline.store.sql_files import read_sql


def link_duplicates(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> dict[str, str]:
    """Link each newly stored run that is the same as a counted one; returns {poorer run_id: counted run_id}."""
    linked: dict[str, str] = {}
    for run_id in run_ids:
        # A long recording may hold several shorter ones: until it has no twin left, or is one itself.
        while found := one_row(con, read_sql("queries", "find_twin"), {"run_id": run_id}):
            twin_id, twin_is_richer = found
            poorer, richer = (run_id, twin_id) if twin_is_richer else (twin_id, run_id)
            _hand_over(con, poorer, richer)
            linked[poorer] = richer
    return linked


def _hand_over(con: duckdb.DuckDBPyConnection, poorer: str, richer: str) -> None:
    con.execute(
        "UPDATE run SET duplicate_of = $richer WHERE run_id = $poorer OR duplicate_of = $poorer",
        {"richer": richer, "poorer": poorer},
    )
    con.execute(read_sql("queries", "hand_over_answer"), {"richer": richer, "poorer": poorer})
    tags = con.execute("SELECT cramp_id, onset_at FROM cramp WHERE run_id = ?", [poorer]).fetchall()
    for cramp_id, onset_at in tags:
        con.execute(
            "UPDATE cramp SET run_id = ?, onset_moving_s = ? WHERE cramp_id = ?",
            [richer, moving_at(con, richer, onset_at), cramp_id],
        )


def moving_at(con: duckdb.DuckDBPyConnection, run_id: str, instant: datetime | None) -> float | None:
    """Moving time of a run at an instant (UTC), seconds: that of the last record until then; None without an instant."""
    if instant is None:
        return None
    moving_s = one_value(
        con,
        "SELECT max(record.moving_s) FROM run JOIN records.record ON record.run_no = run.run_no "
        "WHERE run.run_id = $run_id AND run.start_at + to_microseconds((1e6 * record.elapsed_s)::BIGINT) <= $instant",
        {"run_id": run_id, "instant": instant},
    )
    return 0.0 if moving_s is None else float(moving_s)
