"""Simulated FIT files for benchmarks that few watches write: with many definitions, and of three megabytes."""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.support.fit.raw import definition, fit_file, message

_BEGIN_S = 1_117_670_400  # 2025-06-01, in FIT's seconds
_FILE_ID = definition(0, 0, [(0, 1, 0x00), (1, 2, 0x84), (4, 4, 0x86)]) + message(
    0, [(0x00, 1), (0x84, 2), (0x86, 4)], [4, 255, _BEGIN_S]
)
_SESSION = definition(0, 18, [(253, 4, 0x86), (2, 4, 0x86), (5, 1, 0x00), (7, 4, 0x86)])
_TIME = (253, 4, 0x86)
# field number, size, base type; a typical value
_FIELDS = [
    ((0, 4, 0x85), 626_000_000),
    ((1, 4, 0x85), 160_000_000),
    ((5, 4, 0x86), 123_456),
    ((2, 2, 0x84), 2_700),
    ((6, 2, 0x84), 3_100),
    ((3, 1, 0x02), 150),
    ((4, 1, 0x02), 85),
    ((13, 1, 0x01), 21),
    ((7, 2, 0x84), 250),
    ((39, 2, 0x84), 815),
    ((41, 2, 0x84), 2_510),
    ((85, 2, 0x84), 11_230),
    ((53, 1, 0x02), 64),
    ((30, 1, 0x02), 50),
    ((31, 1, 0x02), 3),
]


def many_definitions(n_records: int, n_layouts: int = 30) -> bytes:
    """Returns a file with a definition before each record, of `n_layouts` layouts, as with changing sensors (Suunto Ambit)."""
    rng = random.Random(4)
    layouts = [sorted(rng.sample(range(len(_FIELDS)), rng.randint(3, 12))) for _ in range(n_layouts)]
    records = []
    for i in range(n_records):
        chosen = [_FIELDS[j] for j in layouts[rng.randrange(n_layouts)]]
        records.append(_defined_record([field for field, _ in chosen], [value for _, value in chosen], i))
    return _activity(b"".join(records), n_records)


def three_megabytes() -> bytes:
    """Returns 24 hours at one record per second with all fields, each value slightly different from the last: 3 MB."""
    n_records = 85_000
    fields = [_TIME, *(field for field, _ in _FIELDS)]
    types = [(base, size) for _, size, base in fields]
    records = [definition(1, 20, fields)]
    for i in range(n_records):
        values = [_BEGIN_S + i, *(value + i % 7 for _, value in _FIELDS)]
        records.append(message(1, types, values))
    return _activity(b"".join(records), n_records)


def _defined_record(fields: Sequence[tuple[int, int, int]], values: Sequence[int], after_s: int) -> bytes:
    all_fields = [_TIME, *fields]
    types = [(base, size) for _, size, base in all_fields]
    return definition(1, 20, all_fields) + message(1, types, [_BEGIN_S + after_s, *values])


def _activity(records: bytes, lasted_s: int) -> bytes:
    session = message(
        0, [(0x86, 4), (0x86, 4), (0x00, 1), (0x86, 4)], [_BEGIN_S + lasted_s, _BEGIN_S, 1, 1000 * lasted_s]
    )
    return fit_file(_FILE_ID + records + _SESSION + session)
