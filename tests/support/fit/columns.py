"""A FIT file's records as we decode them, one mapping a record: to be laid beside those of another reader."""

from __future__ import annotations

from typing import Any

from pipeline.formats.fit.columns import Column
from pipeline.formats.fit.messages import FitPart
from pipeline.formats.fit.table import Table


def our_records(parts: tuple[FitPart, ...]) -> list[dict[Any, Any]]:
    """Every record's known fields in file order, keyed as plain_fitparse.fit_records keys them."""
    return [fields for part in parts for fields in table_rows(part.record)]


def table_rows(table: Table) -> list[dict[Any, Any]]:
    rows: list[dict[Any, Any]] = [{} for _ in table.starts]
    for columns in (table.numbers, table.arrays, table.texts):
        for key, column in columns.items():
            for row, value in zip(rows, _values(column), strict=True):
                if value is not None:
                    row[key] = value
    return rows


def _values(column: Column) -> list[Any]:
    """None where unknown; an array as a tuple, without what is unknown at its end."""
    if column.ndim == 2:
        return [_trimmed([None if one != one else one for one in several]) for several in column.tolist()]
    return [None if one != one else one for one in column.tolist()]


def _trimmed(several: list[float | None]) -> tuple[float | None, ...] | None:
    while several and several[-1] is None:
        several.pop()
    return tuple(several) or None
