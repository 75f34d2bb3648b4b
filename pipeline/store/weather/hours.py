"""Weather hours in the ledger, and which weather cells serve a run's cell. Called by the weather and ingest actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipeline.store.db.rows import insert_rows, registered
from pipeline.store.db.sql_files import read_sql


def put_hours(
    con: duckdb.DuckDBPyConnection,
    cell: str,
    hour_at: NDArray[np.datetime64],
    columns: Mapping[str, NDArray[np.float64]],
    facts: Mapping[str, Any],
) -> None:
    """Store the hours of one weather cell. An hour is replaced as a row, and only by one with at least as many values.

    Arrays have the shape (n_hours,). `columns` holds schema.WEATHER_COLUMNS. `facts` holds provider, model, elevation_m,
    fetched_at (UTC, no zone) and provisional (one bool, or one per hour). A provisional hour never replaces a final one.
    """
    provisional = np.array(np.broadcast_to(facts["provisional"], hour_at.shape), dtype=bool)
    hours: dict[str, NDArray[Any]] = {
        "hour_at": hour_at.astype("datetime64[us]"),
        "provisional": provisional,
        **columns,
    }
    source = {name: value for name, value in facts.items() if name != "provisional"}
    with registered(con, {"hours": hours}):
        con.execute(read_sql("queries", "put_hours"), {"cell": cell, **source})


def weather_places(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The cells that have weather hours."""
    return [row[0] for row in con.execute("SELECT DISTINCT cell FROM weather_hour ORDER BY cell").fetchall()]


def run_cells(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The cells in which runs took place."""
    found = con.execute("SELECT DISTINCT cell FROM segment WHERE cell IS NOT NULL ORDER BY cell").fetchall()
    return [row[0] for row in found]


def put_cell_map(con: duckdb.DuckDBPyConnection, near: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """Store which weather cells can serve each run cell, with their distances in km."""
    rows = [(cell, weather_cell, km) for cell, places in near.items() for weather_cell, km in places]
    if rows:
        cells, weather_cells, distances_km = zip(*rows, strict=True)
        pairs = {"cell": list(cells), "weather_cell": list(weather_cells), "distance_km": list(distances_km)}
        con.execute(
            "INSERT OR IGNORE INTO weather_cell BY NAME SELECT unnest($cell) AS cell,"
            " unnest($weather_cell) AS weather_cell, unnest($distance_km) AS distance_km",
            pairs,
        )


def weather_files_seen(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The outcome of every weather file read so far, by SHA-256."""
    return dict(con.execute("SELECT file_sha256, outcome FROM weather_file").fetchall())


def put_weather_file(
    con: duckdb.DuckDBPyConnection, sha256: str, name: str, outcome: str, reason: str | None, hours: int, now: datetime
) -> None:
    """Store the outcome of a weather file, so that it need not be read again."""
    con.execute("DELETE FROM weather_file WHERE file_sha256 = ?", [sha256])
    row = {
        "file_sha256": sha256,
        "name": name,
        "outcome": outcome,
        "reason": reason,
        "hours": hours,
        "first_seen_at": now,
    }
    insert_rows(con, "weather_file", [row])
