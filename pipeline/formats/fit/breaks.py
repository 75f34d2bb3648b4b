"""Finds where the chain of messages of a damaged FIT file was lost unnoticed: by times far from their neighbours, by zeros.

Used only for files that are damaged anyway: in an undamaged file a jump of the clock is real. Called by `resync`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.clock import compressed_times, written_times
from pipeline.formats.fit.profile import RECORD
from pipeline.formats.fit.walk import Walk

DAY_S = 86400
_LONG = 8  # a shorter message may really be all zeros
_MOST_JUMPS = 100
_IN_A_SECOND = 20  # more records than any watch writes
_GOES_ON_FOR = 3  # with this many messages in time order after a jump, the clock was set and they are sound


@dataclass(frozen=True, slots=True)
class Timeline:
    """Messages in file order, shape (n,): `at` their positions, `ends` where they end, `seconds` their times or -1."""

    at: NDArray[np.intp]
    ends: NDArray[np.intp]
    seconds: NDArray[np.int64]

    def last_timed(self, before: int) -> tuple[int, int, int] | None:
        """Return position, end and time of the last message with a time that begins before a position."""
        timed = np.flatnonzero((self.at < before) & (self.seconds >= 0))
        return (
            (int(self.at[timed[-1]]), int(self.ends[timed[-1]]), int(self.seconds[timed[-1]])) if timed.size else None
        )


@dataclass(frozen=True, slots=True)
class Break:
    """The position of an impossible message; not `certain` if the clock may have been set instead."""

    at: int
    certain: bool


def timeline(content: bytes, walk: Walk) -> Timeline:
    """Return all messages found by the walk."""
    starts = walk.starts()
    at = np.concatenate([np.empty(0, dtype=np.intp), *starts.values()])
    ends = [positions + 1 + layout.size for layout, positions in starts.items()]
    seconds = [written_times(content, layout, positions) for layout, positions in starts.items()]
    timed = np.concatenate([np.empty(0, dtype=np.int64), *seconds])
    if walk.has_compressed_times():
        short = compressed_times(content, starts).at(at)
        timed = np.where(short < 0, timed, short)
    order = np.argsort(at, kind="stable")
    return Timeline(at[order], np.concatenate([np.empty(0, dtype=np.intp), *ends])[order], timed[order])


def breaks(content: bytes, walk: Walk, times: Timeline, since: int) -> list[Break]:
    """Return the messages from position `since` on at which the chain may have been lost."""
    timed = times.seconds >= 0
    at, seconds = times.at[timed], times.seconds[timed]
    jumps = np.flatnonzero(np.abs(np.diff(seconds)) > DAY_S) + 1
    jumps = jumps[at[jumps] >= since][:_MOST_JUMPS]
    found = [Break(int(at[i]), not _goes_on(seconds[i : i + _GOES_ON_FOR + 1])) for i in jumps.tolist()]
    wrong = [*_first_zeros(content, times), *_stuck(content, walk, since)]
    return found + [Break(position, True) for position in wrong if position >= since]


def _goes_on(seconds: NDArray[np.int64]) -> bool:
    """Return True if the times after a jump continue in order."""
    steps = np.diff(seconds)
    return bool(steps.size == _GOES_ON_FOR and (steps >= 0).all() and 0 < steps.sum() <= DAY_S)


def _stuck(content: bytes, walk: Walk, since: int) -> list[int]:
    """Return the first of many records with the same time or none: bytes misread as the time, equal in each record."""
    found = []
    for layout, starts in walk.starts(RECORD).items():
        if layout.time is None:
            continue
        later = starts[starts >= since]
        seconds = written_times(content, layout, later)
        same = seconds[_IN_A_SECOND:] == seconds[:-_IN_A_SECOND]
        found += later[:-_IN_A_SECOND][same][:1].tolist()
    return found


def _first_zeros(content: bytes, times: Timeline) -> list[int]:
    """Return the first message of only zeros, header included: part of a block that was never written."""
    long = np.flatnonzero(times.ends - times.at >= _LONG)
    if not long.size:
        return []
    eights = np.ndarray((len(content) - 7,), "<u8", content, strides=(1,))
    for i in long[eights[times.at[long]] == 0].tolist():
        if not content[times.at[i] : times.ends[i]].strip(b"\0"):
            return [int(times.at[i])]
    return []
