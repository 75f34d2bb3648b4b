"""What a run's file carries beside the records: more sensor fields, devices and weather. Written for `runs` and `redo`.

The values of fields lie in the records file and are written with the records (`run_rows`), everything else in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from pipeline.schema import CarriedWeather, Device, KeptField
from pipeline.store.rows import insert_rows, row_of
from pipeline.store.sql_files import read_sql

if TYPE_CHECKING:
    from pipeline.store.run_rows import Numbered  # run_rows calls this module

CARRIED_TABLES = ("run_field", "device", "carried_weather")  # of the ledger, keyed by run_id; replaced when read again


def write_carried(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    """Write which fields, devices and weather the runs have, within the caller's transaction on the ledger."""
    fields, devices, weather = [], [], []
    for _, run in runs:
        named: dict[str, object] = {"run_id": run.parsed.run_id}
        fields += [named | {"field_no": field_no} | row_of(one) for field_no, one in run.prepared.fields]
        devices += [named | row_of(one) for one in run.parsed.devices]
        weather += [named | row_of(one) for one in run.parsed.weather]
    for table, rows in zip(CARRIED_TABLES, (fields, devices, weather), strict=True):
        insert_rows(con, table, rows)


def fields_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[KeptField, ...]:
    """The fields that the run's records have, by their number."""
    rows = con.execute(
        "SELECT name, unit, told_by, n FROM run_field WHERE run_id = ? ORDER BY field_no", [run_id]
    ).fetchall()
    return tuple(KeptField(*row) for row in rows)


def devices_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[Device, ...]:
    """The watch and sensors of the run, in the order of its file."""
    rows = con.execute(
        "SELECT device_no, kind, maker, product, software FROM device WHERE run_id = ? ORDER BY device_no", [run_id]
    ).fetchall()
    return tuple(Device(*row) for row in rows)


def carried_weather_of(con: duckdb.DuckDBPyConnection, run_id: str) -> tuple[CarriedWeather, ...]:
    """The weather that came with the run or with another recording of it, counted from its start, in the order of time."""
    rows = con.execute(read_sql("queries", "carried_weather"), {"run_id": run_id}).fetchall()
    return tuple(CarriedWeather(*row) for row in rows)
