"""What an export says of a run that another file brought first: words and weather, beside what is known. Called by `runs`."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipeline.schema import ExportDetails, RecordedWeather
from pipeline.store.db.rows import insert_rows, row_of

_TELL = """
UPDATE run SET
    title = coalesce($title, title),
    description = coalesce($description, description),
    gear = coalesce($gear, gear)
WHERE run_id = $run_id
"""


def tell_runs(con: duckdb.DuckDBPyConnection, words: Mapping[str, ExportDetails]) -> None:
    """Give these runs (by run_id) their words and weather, within the caller's transaction."""
    for run_id, said in words.items():
        told = {"title": said.title, "description": said.description, "gear": said.gear}
        con.execute(_TELL, {"run_id": run_id, **told})
        if said.weather is not None:
            _put_weather(con, run_id, said.weather)


def _put_weather(con: duckdb.DuckDBPyConnection, run_id: str, weather: RecordedWeather) -> None:
    con.execute("DELETE FROM carried_weather WHERE run_id = ? AND provider = ?", [run_id, weather.provider])
    insert_rows(con, "carried_weather", [{"run_id": run_id, **row_of(weather)}])
