"""What was left out of a weather file, kept beside what was repaired in runs' files. Called by the weather action.

`v_data_quality` counts both: a note without a run is a weather file's.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipeline.schema import ParseNote
from pipeline.store.db.rows import insert_rows, row_of


def put_weather_notes(con: duckdb.DuckDBPyConnection, sha256: str, notes: Iterable[ParseNote]) -> None:
    """Keep the notes of one weather file, within the caller's transaction."""
    insert_rows(con, "parse_note", [{"file_sha256": sha256, "run_id": None, **row_of(note)} for note in notes])
