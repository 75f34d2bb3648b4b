"""Notes on what was left out of a weather file, in the table of the runs' parse notes. Called by the weather action.

`v_data_quality` counts both; a note without a run belongs to a weather file.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipeline.schema import ParseNote
from pipeline.store.db.rows import insert_rows, row_of


def put_weather_notes(con: duckdb.DuckDBPyConnection, sha256: str, notes: Iterable[ParseNote]) -> None:
    """Store the notes of one weather file, within the caller's transaction."""
    insert_rows(con, "parse_note", [{"file_sha256": sha256, "run_id": None, **row_of(note)} for note in notes])
