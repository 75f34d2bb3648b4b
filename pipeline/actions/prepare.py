"""A parsed run made ready for the store where its file is read: by many processes at once, while one writes.

Called by `read_files` for every file; by `new_run` for runs that come another way. Nothing here opens the store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.formats.pieces import pieces
from pipeline.schema import KeptField, ParsedRun, Prepared
from pipeline.stacked import stacked
from pipeline.store.field_rows import blocks_of, field_rows, numbered_fields
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
        pieces=pieces(records),
        field_rows=field_rows(blocks),
        fields=tuple(
            (field_no, KeptField(one.name, one.unit, one.told_by, one.values.size))
            for field_no, one in numbered_fields(blocks)
        ),
        place=place,
        cell=cell,
        segment_cells=segment_cells,
    )


def in_one_stack(runs: Sequence[ParsedRun]) -> list[ParsedRun]:
    """The same runs, prepared, their rows in few arrays; the arrays of their fields are left out, as their rows hold them."""
    prepared = [run.prepared or prepare(run) for run in runs]
    records = stacked([run.records for run in runs])
    pieces = stacked([one.pieces for one in prepared])
    rows = stacked([one.field_rows for one in prepared])
    return [
        replace(run, records=record, fields=(), prepared=replace(one, pieces=piece, field_rows=row))
        for run, one, record, piece, row in zip(runs, prepared, records, pieces, rows, strict=True)
    ]
