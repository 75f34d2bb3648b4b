"""Weather hours in the ledger, and which weather place answers for a run's cell. Called by the weather and ingest actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipeline.store.rows import insert_rows


def put_hours(
    con: duckdb.DuckDBPyConnection,
    cell: str,
    hour_at: NDArray[np.datetime64],
    columns: Mapping[str, NDArray[np.float64]],
    facts: Mapping[str, Any],
) -> None:
    """Keep the hours of one weather place, newer ones over older ones.

    Arrays of shape (n_hours,); `columns` holds schema.WEATHER_COLUMNS; `facts` provider, model, elevation_m,
    fetched_at (UTC, no zone) and provisional.
    """
    # Found by name in the statement.
    hours: dict[str, NDArray[Any]] = {
        "hour_at": hour_at.astype("datetime64[us]"),
        **columns,
    }
    con.execute(
        "INSERT OR REPLACE INTO weather_hour BY NAME SELECT *, $cell AS cell, $provider AS provider, $model AS model, "
        "$elevation_m::DOUBLE AS elevation_m, $fetched_at::TIMESTAMP AS fetched_at, $provisional AS provisional FROM hours",
        {"cell": cell, **facts},
    )
    del hours


def weather_places(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Cells that hold weather hours."""
    return [row[0] for row in con.execute("SELECT DISTINCT cell FROM weather_hour ORDER BY cell").fetchall()]


def run_cells(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Cells that runs were in."""
    found = con.execute("SELECT DISTINCT cell FROM segment WHERE cell IS NOT NULL ORDER BY cell").fetchall()
    return [row[0] for row in found]


def put_cell_map(con: duckdb.DuckDBPyConnection, served: Mapping[str, tuple[str, float]]) -> None:
    """Say which weather cell answers for which run cell, and from how many km away; replaces what was said before."""
    for cell, (weather_cell, distance_km) in served.items():
        con.execute("INSERT OR REPLACE INTO weather_cell VALUES (?, ?, ?)", [cell, weather_cell, distance_km])


def weather_files_seen(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Outcome of every weather file ever offered, by SHA-256."""
    return dict(con.execute("SELECT file_sha256, outcome FROM weather_file").fetchall())


def put_weather_file(
    con: duckdb.DuckDBPyConnection, sha256: str, name: str, outcome: str, reason: str | None, hours: int, now: datetime
) -> None:
    """Remember a weather file, so that the next time is quick."""
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
