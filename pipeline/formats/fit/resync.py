"""Finds the messages of a part of a FIT file, and continues after damage. Called by `messages`.

A FIT file is a chain: after one wrong byte in a header or a definition, all later messages are read out of step. When
this shows, the walk restarts at the next position from which a chain of messages continues in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.breaks import DAY_S, Break, Timeline, breaks, timeline
from pipeline.formats.fit.chain import BACK_S, Body, chain_holds, is_likely
from pipeline.formats.fit.layout import Layout
from pipeline.formats.fit.walk import Walk

_MOST_BREAKS = 100  # a part with more breaks is read as it comes from there on
_WINDOW = 1 << 16  # bytes searched at a time
_NEARBY = 4096  # bytes within which the old time continues after damage that looks like a new time
_CHAIN_WITHOUT_TIME = 8
_TIMES_S = (0x10000000, 0x80000000)  # before any time is known: FIT's first possible date (1998) to 2057


@dataclass(frozen=True, slots=True)
class FoundMessages:
    """The messages of a part, and the number of breaks in their chain."""

    walk: Walk
    n_breaks: int


def find_messages(content: bytes, body: Body) -> FoundMessages:
    """Return the messages of a part, and the number of restarts after damage."""
    walk = Walk(content)
    stopped = walk.on(body.begin, body.end)
    n_breaks, since = 0, body.begin
    while not (body.sound and stopped == body.end) and n_breaks < _MOST_BREAKS:
        times = timeline(content, walk)
        broken = _first_break(content, walk, times, since, body)
        if broken is None and body.end - stopped <= 2:  # only a checksum is left
            break
        n_breaks += 1
        lost_at, last_s = _last_sound(content, times, stopped if broken is None else broken)
        walk.forget_from(lost_at)
        resume_at = _next_chain(content, walk.local(), last_s, (max(lost_at, since + 1), body.end), body)
        since = body.end if resume_at is None else resume_at
        stopped = walk.on(since, body.end)
    return FoundMessages(walk, n_breaks)


def _first_break(content: bytes, walk: Walk, times: Timeline, since: int, body: Body) -> int | None:
    """Return the first impossible message from `since` on. A new clock time is accepted if the old time ends there."""
    found = breaks(content, walk, times, since)
    found += [Break(at, True) for at, layout in walk.defined_since(since) if not is_likely(layout)][:1]
    for candidate in sorted(found, key=lambda candidate: candidate.at):
        last = times.last_timed(candidate.at)
        if candidate.certain:
            return candidate.at
        nearby = min(candidate.at + _NEARBY, body.end)
        if last and _next_chain(content, walk.local(), last[2], (last[1], nearby), body) is not None:
            return candidate.at
    return None


def _last_sound(content: bytes, times: Timeline, broken_at: int) -> tuple[int, int | None]:
    """Return the end and the time of the last message that fits in time: later messages may be out of step already.

    If that message reaches into zeros, its start is returned: the rest of it is no measurement.
    """
    last = times.last_timed(broken_at)
    if last is None:
        return broken_at, None
    at, end, seconds = last
    reaches_into_zeros = not content[end - 1 : end + 8].strip(b"\0")
    return at if reaches_into_zeros else end, seconds


def _next_chain(
    content: bytes, local: dict[int, Layout], last_s: int | None, within: tuple[int, int], body: Body
) -> int | None:
    """Return the first position in `within` (from, until) at which a chain of messages begins; None without one."""
    within_s = _TIMES_S if last_s is None else (last_s - BACK_S, last_s + DAY_S)
    for at in range(*within, _WINDOW):
        for candidate in _candidates(content, local, within_s, at, min(at + _WINDOW, within[1])):
            if chain_holds(content, dict(local), within_s, candidate, body):
                return candidate
    return None


def _candidates(
    content: bytes, local: dict[int, Layout], within_s: tuple[int, int], at: int, until: int
) -> Iterator[int]:
    """Yield positions in at..until at which a definition or a message with a fitting time may begin, in order."""
    headers = np.frombuffer(content, dtype=np.uint8)
    found = [_definitions(headers, at, until)]
    for number, layout in local.items():
        if layout.time is None:
            found.append(_repeated(headers, number, 1 + layout.size, at, until))
        else:
            found.append(_timed(content, headers, number, layout, within_s, at, until))
    yield from np.unique(np.concatenate(found)).tolist()


def _definitions(headers: NDArray[np.uint8], at: int, until: int) -> NDArray[np.intp]:
    """Return positions of possible definitions: bit 6 without 7 and 4, then a reserved zero, then a byte order."""
    until = min(until, headers.size - 2)
    here = headers[at:until] & 0xD0 == 0x40
    return at + np.flatnonzero(here & (headers[at + 1 : until + 1] == 0) & (headers[at + 2 : until + 2] <= 1))


def _timed(
    content: bytes,
    headers: NDArray[np.uint8],
    number: int,
    layout: Layout,
    within_s: tuple[int, int],
    at: int,
    until: int,
) -> NDArray[np.intp]:
    """Return positions with this local number's header and a time within `within_s`."""
    offset = 1 + (layout.time.offset if layout.time else 0)
    until = min(until, len(content) - offset - 3)
    if until <= at:
        return np.empty(0, dtype=np.intp)
    seconds = np.ndarray((until - at,), layout.order + "u4", content, offset=at + offset, strides=(1,))
    fits = (headers[at:until] == number) & (seconds > within_s[0]) & (seconds < within_s[1])
    return at + np.flatnonzero(fits)


def _repeated(headers: NDArray[np.uint8], number: int, stride: int, at: int, until: int) -> NDArray[np.intp]:
    """Return positions from which messages without a full time follow one another, recognised by their headers."""
    until = min(until, headers.size - _CHAIN_WITHOUT_TIME * stride)
    fits = np.ones(max(until - at, 0), dtype=np.bool_)
    for i in range(_CHAIN_WITHOUT_TIME if fits.size else 0):
        later = headers[at + i * stride : until + i * stride]
        fits &= (later == number) | ((later >= 0x80) & (later >> 5 & 3 == number))
    return at + np.flatnonzero(fits)
