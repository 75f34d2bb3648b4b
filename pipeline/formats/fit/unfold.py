"""Values that FIT packs into other fields: speed and distance in three bytes, rolling counters, wider versions of fields.

Called by `table` only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.profile import BaseType

Floats = NDArray[np.float64]


def is_entire_field(component: Any, base: BaseType, size: int) -> bool:
    """Return True if the component is the entire stored field: a wider version of it."""
    starts_at_0 = not component.bit_offset and not component.accumulate
    return starts_at_0 and base.code.startswith("u") and 8 * size <= component.bits


def component_values(stored: Floats, component: Any) -> Floats:
    """Return the component's column from the field's column (as stored, NaN where unknown).

    8, compressed_speed_distance: 12 bits of speed in 1/100 m/s, 12 bits of distance in 1/16 m that roll over.
    """
    measured = ~np.isnan(stored)
    bits = (stored[measured].astype(np.int64) >> component.bit_offset) & ((1 << component.bits) - 1)
    if component.accumulate:
        bits = _unrolled(bits, component.bits)
    values = np.full(stored.size, np.nan)
    values[measured] = bits / component.scale if component.scale else bits
    if component.offset:
        values -= component.offset
    return values


def _unrolled(bits: NDArray[np.int64], n_bits: int) -> NDArray[np.int64]:
    """Return the count since the file's start, for a counter of `n_bits` that restarts at 0 when full."""
    rolled = np.diff(bits, prepend=0) < 0
    return bits + (np.cumsum(rolled) << n_bits)
