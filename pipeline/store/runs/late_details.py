"""Adds an export's details to a run that another file brought earlier: title, description, gear, weather. Called by `runs`."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipeline.schema import ExportDetails, RecordedWeather
from pipeline.store.db.rows import insert_rows, row_of

_UPDATE_TEXTS = """
UPDATE run SET
    title = coalesce($title, title),
    description = coalesce($description, description),
    gear = coalesce($gear, gear)
WHERE run_id = $run_id
"""


def add_details(con: duckdb.DuckDBPyConnection, details: Mapping[str, ExportDetails]) -> None:
    """Write the details of these runs (by run_id), within the caller's transaction. An empty one replaces nothing."""
    for run_id, added in details.items():
        texts = {"title": added.title, "description": added.description, "gear": added.gear}
        con.execute(_UPDATE_TEXTS, {"run_id": run_id, **texts})
        if added.weather is not None:
            _put_weather(con, run_id, added.weather)


def _put_weather(con: duckdb.DuckDBPyConnection, run_id: str, weather: RecordedWeather) -> None:
    con.execute("DELETE FROM carried_weather WHERE run_id = ? AND provider = ?", [run_id, weather.provider])
    insert_rows(con, "carried_weather", [{"run_id": run_id, **row_of(weather)}])
