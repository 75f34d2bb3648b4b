"""Which weather place answers for which cell that a run was in. Called by ingest, the weather's actions and the inbox."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipeline.store.weather.hours import put_cell_map, run_cells, weather_places
from pipeline.weather.cells import places_near


def serve_cells(con: duckdb.DuckDBPyConnection) -> None:
    """For each cell a run was in, the weather places within 30 km, as things stand now."""
    put_cell_map(con, near_cells(con, run_cells(con)))


def serve_places(con: duckdb.DuckDBPyConnection, places: Iterable[str]) -> None:
    """The same for a few places that have just come: of thousands of cells, not all have to look at all."""
    put_cell_map(con, {cell: places_near(cell, sorted(places)) for cell in run_cells(con)})


def near_cells(con: duckdb.DuckDBPyConnection, cells: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
    """For each of these cells the weather places within 30 km, nearest first, with their way in km."""
    places = weather_places(con)
    return {cell: places_near(cell, places) for cell in cells}
