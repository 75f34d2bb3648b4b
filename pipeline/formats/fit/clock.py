"""The time of each message of a FIT file: full times, and times compressed to five bits of the header.

Called by `table` for the times of records, and by `breaks`, which finds unsound messages by their time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.layout import Layout

Starts = Mapping[Layout, NDArray[np.intp]]
_UNKNOWN = 0xFFFFFFFF
_BEYOND = np.iinfo(np.intp).max


def written_times(content: bytes, layout: Layout, starts: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the full times of the messages at `starts` in FIT seconds, shape (n,); -1 where unknown."""
    place = layout.time
    if place is None:
        return np.full(starts.size, -1, dtype=np.int64)
    anywhere = np.ndarray((len(content) - 3,), layout.order + "u4", content, strides=(1,))
    seconds = anywhere[starts + 1 + place.offset].astype(np.int64)
    return np.where(seconds == _UNKNOWN, -1, seconds)


@dataclass(frozen=True, slots=True)
class ShortTimes:
    """The FIT seconds of messages with a time in their header, by position: both in file order, shape (n + 1,).

    The last element is a sentinel: a position beyond any file, without a time.
    """

    positions: NDArray[np.intp]
    seconds: NDArray[np.int64]

    def at(self, starts: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the times of the messages at `starts`, same shape; -1 if the header has no time."""
        row = np.searchsorted(self.positions, starts)
        return np.where(self.positions[row] == starts, self.seconds[row], -1)


def compressed_times(content: bytes, starts: Starts) -> ShortTimes:
    """Return the times in the headers of all messages, completed by the full times in the file.

    A header 1LLOOOOO means local number LL, and a time with the last five bits OOOOO: the next such time after the
    previous message.
    """
    at = np.concatenate(list(starts.values()))
    written = np.concatenate([written_times(content, layout, positions) for layout, positions in starts.items()])
    order = np.argsort(at, kind="stable")
    at, written = at[order], written[order]
    headers = np.frombuffer(content, dtype=np.uint8)[at]
    timed = (written >= 0) | (headers >= 0x80)
    at, written, headers = at[timed], written[timed], headers[timed]
    short = written < 0
    seconds = _completed(written, headers & 0x1F)
    return ShortTimes(np.append(at[short], _BEYOND), np.append(seconds[short], -1))


def _completed(written: NDArray[np.int64], last_bits: NDArray[Any]) -> NDArray[np.int64]:
    """Complete times of -1 from the previous time and their last five bits; before the first full time, count from 0."""
    full = written >= 0
    bits = np.where(full, written & 31, last_bits)
    rolled = ~full & (bits < np.concatenate([[0], bits[:-1]]))
    n_rolled = np.cumsum(rolled)
    since = np.maximum.accumulate(np.where(full, np.arange(full.size), -1))  # the last full time, -1 before any
    base = np.where(since >= 0, written[since] & ~31, 0)
    return base + 32 * (n_rolled - np.where(since >= 0, n_rolled[since], 0)) + bits
