"""Details that an export holds next to its files: title, description, sport, gear, weather. Called by ingest and redo.

Stored by the file's SHA-256, so that they still apply when the file is read again, or later without its export. They never
leave the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from pipeline.instants import naive_utc
from pipeline.schema import ExportDetails, RecordedWeather
from pipeline.store.db.rows import insert_rows

_TEXTS = tuple(name for name in ExportDetails.__dataclass_fields__ if name != "weather")
_WEATHER = tuple(RecordedWeather.__dataclass_fields__)
_SELECT = f"SELECT file_sha256, {', '.join((*_TEXTS, *_WEATHER))} FROM file_words"  # noqa: S608  names of ours


def put_export_details(con: duckdb.DuckDBPyConnection, details: Mapping[str, ExportDetails], now: datetime) -> None:
    """Store the details of these files (by SHA-256), replacing earlier ones. `now` is aware."""
    con.execute(
        "DELETE FROM file_words WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))", {"files": list(details)}
    )
    stored_at = naive_utc(now)
    rows = [{"file_sha256": sha256, **_row(entry), "said_at": stored_at} for sha256, entry in details.items()]
    insert_rows(con, "file_words", rows)


def export_details_of(con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str]) -> dict[str, ExportDetails]:
    """The stored details of these files, by SHA-256; files without details are left out."""
    rows = con.execute(
        f"{_SELECT} WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))", {"files": list(file_sha256s)}
    ).fetchall()
    return dict(_entry(row) for row in rows)


def all_export_details(con: duckdb.DuckDBPyConnection) -> dict[str, ExportDetails]:
    """The stored details of every file that has any, by SHA-256."""
    return dict(_entry(row) for row in con.execute(_SELECT).fetchall())


def _row(details: ExportDetails) -> dict[str, object]:
    texts = {name: getattr(details, name) for name in _TEXTS}
    return texts | {name: getattr(details.weather, name, None) for name in _WEATHER}


def _entry(row: tuple[Any, ...]) -> tuple[str, ExportDetails]:
    sha256, texts, weather = row[0], row[1 : 1 + len(_TEXTS)], row[1 + len(_TEXTS) :]
    moment = None if weather[0] is None else RecordedWeather(*weather)
    return sha256, ExportDetails(**dict(zip(_TEXTS, texts, strict=True)), weather=moment)
