"""What a run's file carries beside the records: more sensor fields, devices and weather. Written for `runs` and `redo`.

The values of fields lie in the records file, everything else in the ledger: the same order of writing as for records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from pipeline.schema import CarriedWeather, Device, RecordField
from pipeline.store.field_rows import field_rows, numbered_fields
from pipeline.store.rows import insert_columns, insert_rows, row_of
from pipeline.store.sql_files import read_sql

if TYPE_CHECKING:
    from pipeline.store.run_rows import Numbered  # run_rows calls this module

CARRIED_TABLES = ("run_field", "device", "carried_weather")  # of the ledger, keyed by run_id; replaced when read again


@dataclass(frozen=True, slots=True)
class KeptField:
    """A field that a run's records have beyond the usual columns: the file's name and unit for it, how many values."""

    name: str
    unit: str | None
    told_by: str
    n: int


def write_carried_records(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    """Write the values of all fields, within the caller's transaction on the records file."""
    blocks = [block for number, run in runs for block in field_rows(number, run.parsed.fields)]
    if blocks:
        columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
        insert_columns(con, "records.record_field", columns)


def write_carried(con: duckdb.DuckDBPyConnection, runs: Numbered) -> None:
    """Write which fields, devices and weather the runs have, within the caller's transaction on the ledger."""
    fields, devices, weather = [], [], []
    for _, run in runs:
        named: dict[str, object] = {"run_id": run.parsed.run_id}
        fields += [named | _field_row(number, one) for number, one in numbered_fields(run.parsed.fields)]
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


def _field_row(field_no: int, one: RecordField) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(one, name) for name in ("name", "unit", "told_by")}
    return {"field_no": field_no, **told, "n": one.values.size}
