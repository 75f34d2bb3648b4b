"""What a run's file holds besides the records: further sensor fields, devices and weather. Called by `details`.

The values of fields are in the records file, everything else is in the ledger; rows.py writes both.
"""

from __future__ import annotations

import duckdb

from pipeline.schema import Device, FieldSummary, RecordedWeather
from pipeline.store.db.sql_files import read_sql


def fields_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[FieldSummary, ...]:
    """The fields of the run's records, ordered by their number."""
    rows = con.execute(
        "SELECT name, unit, told_by, n FROM run_field WHERE run_id = ? ORDER BY field_no", [run_id]
    ).fetchall()
    return tuple(FieldSummary(*row) for row in rows)


def devices_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[Device, ...]:
    """The watch and the sensors of the run, in the order of its file."""
    rows = con.execute(
        "SELECT device_no, kind, maker, product, software FROM device WHERE run_id = ? ORDER BY device_no", [run_id]
    ).fetchall()
    return tuple(Device(*row) for row in rows)


def carried_weather_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[RecordedWeather, ...]:
    """The weather in the run's file or export, or in those of its duplicates, by time since the run's start."""
    rows = con.execute(read_sql("queries", "carried_weather"), {"run_id": run_id}).fetchall()
    return tuple(RecordedWeather(*row) for row in rows)
