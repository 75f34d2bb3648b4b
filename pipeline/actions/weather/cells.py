"""Maps the cells of runs to the weather places near them. Called by ingest, the weather actions and the inbox."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipeline.store.weather.hours import put_cell_map, run_cells, weather_places
from pipeline.weather.cells import places_near


def map_all_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Store, for each cell of a run, the weather places within 30 km."""
    put_cell_map(con, near_cells(con, run_cells(con)))


def map_new_places(con: duckdb.DuckDBPyConnection, places: Iterable[str]) -> None:
    """The same for a few new places only: thousands of cells need not be compared with all places."""
    put_cell_map(con, {cell: places_near(cell, sorted(places)) for cell in run_cells(con)})


def near_cells(con: duckdb.DuckDBPyConnection, cells: Iterable[str]) -> dict[str, list[tuple[str, float]]]:
    """Return, for each of these cells, the weather places within 30 km, nearest first, with the distance in km."""
    places = weather_places(con)
    return {cell: places_near(cell, places) for cell in cells}
