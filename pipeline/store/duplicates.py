"""The same run twice: found by overlap in time, both kept and linked, the richer one counted.

Called within the transaction of whoever stores or corrects runs. Answers and tags go with the run that counts. The runner's
own word on two recordings (`run_pair`) is stronger than their times.
"""

from __future__ import annotations

from datetime import datetime

import duckdb
import numpy as np

from pipeline.store.rows import one_row
from pipeline.store.sql_files import read_sql


def link_duplicates(con: duckdb.DuckDBPyConnection, run_ids: list[str]) -> dict[str, str]:
    """Link each newly stored run that is the same as a counted one; returns {poorer run_id: counted run_id}."""
    linked: dict[str, str] = {}
    for run_id in run_ids:
        # A long recording may hold several shorter ones: until it has no twin left, or is one itself.
        while found := twin_of(con, run_id):
            poorer, richer = found
            hand_over(con, poorer, richer)
            linked[poorer] = richer
    return linked


def twin_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[str, str] | None:
    """(poorer, richer) of this run and a counted one that is the same run; None when it stands alone."""
    found = one_row(con, read_sql("queries", "find_twin"), {"run_id": run_id})
    if found is None:
        return None
    twin_id, twin_is_richer = found
    return (run_id, twin_id) if twin_is_richer else (twin_id, run_id)


def hand_over(con: duckdb.DuckDBPyConnection, poorer: str, richer: str) -> None:
    """Link two recordings of one run and give the richer one what the runner said of the poorer."""
    both = {"richer": richer, "poorer": poorer}
    con.execute("UPDATE run SET duplicate_of = $richer WHERE run_id = $poorer OR duplicate_of = $poorer", both)
    con.execute(read_sql("queries", "hand_over_answer"), both)
    con.execute(read_sql("queries", "hand_over_questions"), both)
    tags = con.execute("SELECT cramp_id FROM cramp WHERE run_id = ?", [poorer]).fetchall()
    for (cramp_id,) in tags:
        settle_tag(con, cramp_id)


def settle_tag(con: duckdb.DuckDBPyConnection, cramp_id: str) -> None:
    """Put a tag onto the run that counts, at its instant there."""
    con.execute(
        "UPDATE cramp SET run_id = run.duplicate_of FROM run"
        " WHERE cramp.cramp_id = ? AND run.run_id = cramp.run_id AND run.duplicate_of IS NOT NULL",
        [cramp_id],
    )
    tag = one_row(con, "SELECT run_id, onset_at, onset_moving_s FROM cramp WHERE cramp_id = ?", [cramp_id])
    if tag is None:
        return
    run_id, onset_at, known_s = tag
    moving_s = moving_at(con, run_id, onset_at)
    # A word is never moved by the rounding of its instant.
    if moving_s is None or known_s is None or abs(moving_s - known_s) > 1:
        con.execute("UPDATE cramp SET onset_moving_s = ? WHERE cramp_id = ?", [moving_s, cramp_id])


def moving_at(con: duckdb.DuckDBPyConnection, run_id: str, instant: datetime | None) -> float | None:
    """Moving time of a run at an instant (UTC), seconds, between records linear; None without an instant."""
    if instant is None:
        return None
    found = con.execute(
        "SELECT record.elapsed_s, record.moving_s, epoch_us($instant::TIMESTAMP - run.start_at) / 1e6 AS at_s"
        " FROM run JOIN records.record ON record.run_no = run.run_no"
        " WHERE run.run_id = $run_id AND record.moving_s IS NOT NULL ORDER BY record.elapsed_s",
        {"run_id": run_id, "instant": instant},
    ).fetchnumpy()
    if not found["elapsed_s"].size:
        return 0.0
    return float(np.interp(found["at_s"][0], found["elapsed_s"], found["moving_s"]))
