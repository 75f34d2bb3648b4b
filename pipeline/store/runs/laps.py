"""Laps of a run in the ledger. Called by the actions that resolve moments."""

from __future__ import annotations

import duckdb


def closed_by_hand(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[int, ...]:
    """The numbers of the laps that the runner closed by pressing the button, from 1, as in the moment `lap7`."""
    rows = con.execute(
        "SELECT number FROM (SELECT trigger, row_number() OVER (ORDER BY lap_no) AS number FROM lap WHERE run_id = ?)"
        " WHERE trigger = 'manual' ORDER BY number",
        [run_id],
    ).fetchall()
    return tuple(number for (number,) in rows)
