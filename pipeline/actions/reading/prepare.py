"""A parsed run made ready for the store where its file is read: by many processes at once, while one writes.

Called by `read_files` for every run; `pool` and `new_run` ask again only for one that nobody prepared. Nothing here opens
the store.
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
    """What the store writes of the run beside its records."""
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
    """The run's rows in each table of the ledger, by column."""
    numbered = list(numbered_fields(blocks))
    fields = _columns([FieldSummary(one.name, one.unit, one.told_by, one.values.size) for _, one in numbered])
    yield "run_field", {"field_no": [number for number, _ in numbered], **fields} if fields else {}
    for table, values in (
        ("lap", run.laps),
        ("pause", run.pauses),
        ("device", run.devices),
        ("carried_weather", run.weather),
    ):
        yield table, _columns(values)


def _columns(values: Sequence[Any]) -> dict[str, list[object]]:
    """Values of one kind by the names of their fields, which are the columns' names."""
    names = values[0].__dataclass_fields__ if values else ()
    return {name: [getattr(value, name) for value in values] for name in names}


def for_store(run: ParsedRun) -> ParsedRun:
    """The run, prepared, without the values that the store takes from `prepared`: they need not travel."""
    prepared = run.prepared or prepare(run)
    return replace(run, prepared=prepared, laps=(), pauses=(), fields=(), weather=(), devices=())
