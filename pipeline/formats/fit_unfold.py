"""Values that FIT packs into others: speed and distance in three bytes, counters that count on, the wider twins.

Called by fit_table only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit_profile import meaning_of, name_of

Floats = NDArray[np.float64]


def unfold(message: int, raw: Mapping[int, Floats]) -> dict[str, Floats]:
    """Columns by name of the components of the fields in `raw` (stored values by field number, NaN where unknown).

    8, compressed_speed_distance: 12 bits of speed in 1/100 m/s, 12 bits of distance in 1/16 m that count on.
    """
    unfolded: dict[str, Floats] = {}
    for number, stored in raw.items():
        meaning = meaning_of(message, number)
        for component in meaning.components if meaning is not None else ():
            unfolded[name_of(message, component.def_num)] = _component(stored, component)
    return unfolded


def _component(stored: Floats, component: Any) -> Floats:
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
