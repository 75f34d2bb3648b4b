"""What an export says of its files beside them: titles, descriptions, gear, one value of weather. Called by ingest and redo.

Kept by the file's content, so that a file read again, or alone later, still has its words. They never leave the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from pipeline.schema import ExportDetails, RecordedWeather
from pipeline.store.db.migrate import naive_utc
from pipeline.store.db.rows import insert_rows

_WORDS = tuple(name for name in ExportDetails.__dataclass_fields__ if name != "weather")
_WEATHER = tuple(RecordedWeather.__dataclass_fields__)
_ALL = f"SELECT file_sha256, {', '.join((*_WORDS, *_WEATHER))} FROM file_words"  # noqa: S608  names of ours


def write_words(con: duckdb.DuckDBPyConnection, words: Mapping[str, ExportDetails], now: datetime) -> None:
    """Keep what is said of these files (by SHA-256) in place of what was said before; `now` is aware."""
    con.execute(
        "DELETE FROM file_words WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))", {"files": list(words)}
    )
    said_at = naive_utc(now)
    insert_rows(
        con, "file_words", [{"file_sha256": name, **_row(said), "said_at": said_at} for name, said in words.items()]
    )


def words_of(con: duckdb.DuckDBPyConnection, file_sha256s: Sequence[str]) -> dict[str, ExportDetails]:
    """What is known of these files; a file of which nothing was said is left out."""
    rows = con.execute(
        f"{_ALL} WHERE file_sha256 IN (SELECT unnest($files::VARCHAR[]))", {"files": list(file_sha256s)}
    ).fetchall()
    return dict(_named(row) for row in rows)


def all_words(con: duckdb.DuckDBPyConnection) -> dict[str, ExportDetails]:
    """What is known of every file of which anything was said."""
    return dict(_named(row) for row in con.execute(_ALL).fetchall())


def _row(said: ExportDetails) -> dict[str, object]:
    told = {name: getattr(said, name) for name in _WORDS}
    return told | {name: getattr(said.weather, name, None) for name in _WEATHER}


def _named(row: tuple[Any, ...]) -> tuple[str, ExportDetails]:
    return row[0], _said(row[1 : 1 + len(_WORDS)], row[1 + len(_WORDS) :])


def _said(words: Sequence[str | None], weather: Sequence[object]) -> ExportDetails:
    carried = None if weather[0] is None else RecordedWeather(*weather)  # type: ignore[arg-type]
    return ExportDetails(**dict(zip(_WORDS, words, strict=True)), weather=carried)
