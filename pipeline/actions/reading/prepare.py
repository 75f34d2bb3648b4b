"""Prepares a parsed run for the store in the process that reads its file: many processes read while one writes.

Called by `read_file` for every run; `for_store` and `new_run` prepare only a run that is not yet prepared. Nothing here
opens the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.formats.cleaning.segments import sum_in_bins
from pipeline.schema import FieldSummary, ParsedRun, Prepared
from pipeline.store.runs.field_rows import Block, blocks_of, field_rows, numbered_fields
from pipeline.weather.along import cells_along


def prepare(run: ParsedRun) -> Prepared:
    """What the store writes for the run in addition to its records."""
    records = run.records
    latitude, longitude = records["latitude"], records["longitude"]
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    first = int(placed.argmax()) if placed.size else 0
    place = (float(latitude[first]), float(longitude[first])) if placed.size and placed[first] else None
    cell, segment_cells = cells_along(records["moving_s"], latitude, longitude)
    blocks = blocks_of(run.fields)
    return Prepared(
        values_kept=sum(int(np.count_nonzero(np.isfinite(column))) for column in records.values()),
        pieces=sum_in_bins(records),
        field_rows=field_rows(blocks),
        parts={table: columns for table, columns in _parts(run, blocks) if columns},
        place=place,
        cell=cell,
        segment_cells=segment_cells,
    )


def _parts(run: ParsedRun, blocks: Sequence[Block]) -> Iterator[tuple[str, dict[str, list[object]]]]:
    """The run's rows per table of the ledger, by column."""
    numbered = list(numbered_fields(blocks))
    fields = _columns([FieldSummary(item.name, item.unit, item.told_by, item.values.size) for _, item in numbered])
    yield "run_field", {"field_no": [number for number, _ in numbered], **fields} if fields else {}
    for table, values in (
        ("lap", run.laps),
        ("pause", run.pauses),
        ("device", run.devices),
        ("carried_weather", run.weather),
    ):
        yield table, _columns(values)


def _columns(values: Sequence[Any]) -> dict[str, list[object]]:
    """The values as columns, by the names of their fields, which are the names of the columns."""
    names = values[0].__dataclass_fields__ if values else ()
    return {name: [getattr(value, name) for value in values] for name in names}


def for_store(run: ParsedRun) -> ParsedRun:
    """The prepared run without the values that the store takes from `prepared`: they need not be sent to the parent."""
    prepared = run.prepared or prepare(run)
    return replace(run, prepared=prepared, laps=(), pauses=(), fields=(), weather=(), devices=())
