"""The walk over a FIT file's message headers: where each message stands, and by which layout it is read.

Nothing here looks into a message's content. Called by fit_resync, which judges whether the walk was sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.fit.layout import Layout, layout_of

DEFINITION = 0x40  # bit of a header byte; without it and COMPRESSED the low four bits are the local number
COMPRESSED = 0x80  # bit of a data message's header: 1LLOOOOO, local number LL, time offset OOOOO
_LOCAL_NUMBERS = 16
# By header byte the row of the walk's tables that speaks of it.
_TIMED, _DEFINES = 16, 20  # rows 0-15: the local numbers; from 16 on: the same with compressed time; 20: a definition
_ROWS = bytes([i & 0x0F for i in range(64)] + 64 * [_DEFINES] + [_TIMED + (i >> 5 & 0x03) for i in range(128, 256)])
DEVELOPERS = 0x20  # bit of a definition's header: developers' fields follow FIT's own


def local_number(header: int) -> int | None:
    """Which local number a data message's header speaks of; None for a definition's."""
    row = _ROWS[header]
    return None if row == _DEFINES else row % _TIMED


def definition_size(content: bytes, at: int, end: int) -> int:
    """Bytes of the definition message at `at`, its header included; 0 when none can stand there."""
    if at + 6 > end or content[at + 2] > 1:
        return 0
    size = 6 + 3 * content[at + 5]
    if content[at] & DEVELOPERS:
        if at + size >= end:
            return 0
        size += 1 + 3 * content[at + size]
    return size if at + size <= end else 0


@dataclass(slots=True)
class _Seen:
    """Positions of one layout's messages: single ones, those with compressed time, and runs (first, how many).

    The message before a run of compressed times, which made the walk look for it, is among `compressed`.
    """

    single: list[int] = field(default_factory=list)
    compressed: list[int] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)

    def note_run(self, first: int, n: int, stride: int) -> None:
        """The message before it is the run's first, if it was noted as a single one."""
        if self.single and self.single[-1] == first - stride:
            self.single.pop()
            first, n = first - stride, n + 1
        self.runs.append((first, n))


class Walk:
    """The messages found so far."""

    def __init__(self, content: bytes) -> None:
        self._definitions: list[tuple[int, int, Layout]] = []  # position, local number, layout
        self._content = content
        self._bytes = np.frombuffer(content, dtype=np.uint8)
        self._seen: dict[Layout, _Seen] = {}
        self._of_message: dict[int, list[Layout]] = {}
        self._begin_tables()

    def on(self, at: int, end: int) -> int:
        """Walks from `at`; returns `end`, or where no message can stand or the last one is cut."""
        content, rows, strides, notes = self._content, _ROWS, self._strides, self._notes
        last, stride = _DEFINES, 0
        while at < end:
            row = rows[content[at]]
            stride = strides[row]
            if not stride:
                size = self._define(at, end) if row == _DEFINES else 0
                if not size:
                    return at
                at += size
            elif row == last and (n := self._run_length(at, stride, end)) > 1:
                self._seen[self._local[row % _TIMED]].note_run(at, n, stride)
                at += n * stride
            else:
                notes[row](at)
                at += stride
            last = row
        if at > end:  # the message noted last is cut
            at -= stride
            self.forget_from(at)
        return at

    def starts(self, message: int | None = None) -> dict[Layout, NDArray[np.intp]]:
        """By layout the positions of the messages' header bytes, in file order; without a number, of all messages."""
        layouts = self._seen if message is None else self._of_message.get(message, ())
        positions = {layout: _positions(self._seen[layout], 1 + layout.size) for layout in layouts}
        return {layout: some for layout, some in positions.items() if some.size}

    def n_misaligned(self, messages: Iterable[int]) -> int:
        """How many fields of these messages' layouts cannot be read."""
        return sum(layout.n_misaligned for message in messages for layout in self._of_message.get(message, ()))

    def has_compressed_times(self) -> bool:
        return any(seen.compressed for seen in self._seen.values())

    def local(self) -> dict[int, Layout]:
        """The layouts in force, by their local number."""
        return dict(self._local)

    def defined_since(self, at: int) -> list[tuple[int, Layout]]:
        """Positions from one on at which definitions stand, and what they define, in file order."""
        return [(position, layout) for position, _, layout in self._definitions if position >= at]

    def forget_from(self, at: int) -> None:
        """As if the walk had come to `at` only: what was found from there on was no message."""
        for layout, seen in self._seen.items():
            stride = 1 + layout.size
            seen.single = [one for one in seen.single if one < at]
            seen.compressed = [one for one in seen.compressed if one < at]
            seen.runs = [(first, min(n, -((first - at) // stride))) for first, n in seen.runs if first < at]
        while self._definitions and self._definitions[-1][0] >= at:
            self._definitions.pop()
        self._begin_tables()
        for _, number, layout in reversed(self._definitions):
            if number not in self._local:
                self._take(number, layout)
            if len(self._local) == _LOCAL_NUMBERS:
                break

    def _begin_tables(self) -> None:
        """By _ROWS: how far it is to the next message, and what notes the position; 0 where undefined."""
        self._local: dict[int, Layout] = {}
        self._strides = [0] * (_DEFINES + 1)
        self._notes: list[Callable[[int], None]] = [_impossible] * _DEFINES

    def _define(self, at: int, end: int) -> int:
        """The size of the definition message at `at`, now in force; 0 when none can stand there."""
        size = definition_size(self._content, at, end)
        if size:
            definition = self._content[at : at + size]
            number = definition[0] & 0x0F
            layout = layout_of(b"\x40" + definition[1:])
            if layout not in self._seen:
                self._seen[layout] = _Seen()
                self._of_message.setdefault(layout.message, []).append(layout)
            self._definitions.append((at, number, layout))
            self._take(number, layout)
        return size

    def _take(self, number: int, layout: Layout) -> None:
        stride, seen = 1 + layout.size, self._seen[layout]
        self._local[number] = layout
        if layout.size:  # a message may have no more than a compressed time
            self._strides[number], self._notes[number] = stride, seen.single.append
        if number < 4:
            self._strides[_TIMED + number], self._notes[_TIMED + number] = stride, seen.compressed.append

    def _run_length(self, at: int, stride: int, end: int) -> int:
        """How many messages with this header stand one after the other from `at`: compared in chunks that grow.

        A compressed time's last five bits may differ. 1 where a look ahead shows that it is not worth it.
        """
        most = (end - at) // stride
        header = self._content[at]
        mask = 0xE0 if header & COMPRESSED else 0xFF
        header &= mask
        if most < 4 or self._content[at + 3 * stride] & mask != header:
            return 1
        n, chunk = 1, 256
        while n < most:
            upto = min(n + chunk, most)
            same = self._bytes[at + n * stride : at + upto * stride : stride] & mask == header
            differs = int(same.argmin())
            if not same[differs]:
                return n + differs
            n, chunk = upto, 8 * chunk
        return n


def _impossible(at: int) -> None:
    raise AssertionError(f"no layout for the message at {at}")


def _positions(seen: _Seen, stride: int) -> NDArray[np.intp]:
    """The position of every message, in file order."""
    pieces = [np.array(some, dtype=np.intp) for some in (seen.single, seen.compressed) if some]
    pieces += [np.arange(first, first + n * stride, stride, dtype=np.intp) for first, n in seen.runs]
    if len(pieces) == 1:
        return pieces[0]
    # what is nearly in order already is sorted fastest by a stable sort
    return np.sort(np.concatenate(pieces), kind="stable") if pieces else np.empty(0, dtype=np.intp)
