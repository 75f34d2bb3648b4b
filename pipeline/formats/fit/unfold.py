"""Values that FIT packs into others: speed and distance in three bytes, counters that count on, the wider twins.

Called by fit_table only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.profile import BaseType

Floats = NDArray[np.float64]


def is_whole(component: Any, base: BaseType, size: int) -> bool:
    """Whether a field stored like this is nothing but the component: its wider twin."""
    starts_at_0 = not component.bit_offset and not component.accumulate
    return starts_at_0 and base.code.startswith("u") and 8 * size <= component.bits


def component_values(stored: Floats, component: Any) -> Floats:
    """The component's column out of the field's (as stored, NaN where unknown).

    8, compressed_speed_distance: 12 bits of speed in 1/100 m/s, 12 bits of distance in 1/16 m that count on.
    """
    known = ~np.isnan(stored)
    bits = (stored[known].astype(np.int64) >> component.bit_offset) & ((1 << component.bits) - 1)
    if component.accumulate:
        bits = _counted_on(bits, component.bits)
    values = np.full(stored.size, np.nan)
    values[known] = bits / component.scale if component.scale else bits
    if component.offset:
        values -= component.offset
    return values


def _counted_on(bits: NDArray[np.int64], n_bits: int) -> NDArray[np.int64]:
    """A counter of so many bits that begins again at 0 when it is full: the count since the file's start."""
    rolled = np.diff(bits, prepend=0) < 0
    return bits + (np.cumsum(rolled) << n_bits)
