"""The walk over a FIT file's message headers: the position and layout of each message.

Message contents are not read here. Called by `resync`, which decides whether the walk was sound.
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
# By header byte: its row in the walk's tables.
_TIMED, _DEFINES = 16, 20  # rows 0-15: the local numbers; from 16 on: the same with compressed time; 20: a definition
_ROWS = bytes([i & 0x0F for i in range(64)] + 64 * [_DEFINES] + [_TIMED + (i >> 5 & 0x03) for i in range(128, 256)])
DEVELOPERS = 0x20  # bit of a definition's header: developers' fields follow FIT's own


def local_number(header: int) -> int | None:
    """Return the local number in a data message's header; None for a definition's header."""
    row = _ROWS[header]
    return None if row == _DEFINES else row % _TIMED


def definition_size(content: bytes, at: int, end: int) -> int:
    """Return the bytes of the definition message at `at`, header included; 0 if none is possible there."""
    if at + 6 > end or content[at + 2] > 1:
        return 0
    size = 6 + 3 * content[at + 5]
    if content[at] & DEVELOPERS:
        if at + size >= end:
            return 0
        size += 1 + 3 * content[at + size]
    return size if at + size <= end else 0


@dataclass(slots=True)
class _Positions:
    """Positions of one layout's messages: single ones, those with compressed time, and runs (first, count).

    The message that made the walk look for a run of compressed times is in `compressed`.
    """

    single: list[int] = field(default_factory=list)
    compressed: list[int] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)

    def add_run(self, first: int, n: int, stride: int) -> None:
        """Add a run; if the message before it was added as a single one, it becomes the run's first."""
        if self.single and self.single[-1] == first - stride:
            self.single.pop()
            first, n = first - stride, n + 1
        self.runs.append((first, n))


class Walk:
    """The messages found so far in a file's content."""

    def __init__(self, content: bytes) -> None:
        self._definitions: list[tuple[int, int, Layout]] = []  # position, local number, layout
        self._content = content
        self._bytes = np.frombuffer(content, dtype=np.uint8)
        self._seen: dict[Layout, _Positions] = {}
        self._of_message: dict[int, list[Layout]] = {}
        self._begin_tables()

    def on(self, at: int, end: int) -> int:
        """Walk from `at`; return `end`, or the position at which no message is possible or the last one is cut."""
        content, rows, strides, appenders = self._content, _ROWS, self._strides, self._appenders
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
                self._seen[self._local[row % _TIMED]].add_run(at, n, stride)
                at += n * stride
            else:
                appenders[row](at)
                at += stride
            last = row
        if at > end:  # the message noted last is cut
            at -= stride
            self.forget_from(at)
        return at

    def starts(self, message: int | None = None) -> dict[Layout, NDArray[np.intp]]:
        """Return the positions of the messages' header bytes by layout, in file order; without a number, of all messages."""
        layouts = self._seen if message is None else self._of_message.get(message, ())
        positions = {layout: _all_positions(self._seen[layout], 1 + layout.size) for layout in layouts}
        return {layout: starts for layout, starts in positions.items() if starts.size}

    def n_misaligned(self, messages: Iterable[int]) -> int:
        """Return the number of unreadable fields in the layouts of these messages."""
        return sum(layout.n_misaligned for message in messages for layout in self._of_message.get(message, ()))

    def has_compressed_times(self) -> bool:
        """Return True if any message has its time in the header."""
        return any(seen.compressed for seen in self._seen.values())

    def local(self) -> dict[int, Layout]:
        """Return the current layouts by local number."""
        return dict(self._local)

    def defined_since(self, at: int) -> list[tuple[int, Layout]]:
        """Return positions and layouts of the definitions from `at` on, in file order."""
        return [(position, layout) for position, _, layout in self._definitions if position >= at]

    def forget_from(self, at: int) -> None:
        """Forget everything found from `at` on, as if the walk had ended there."""
        for layout, seen in self._seen.items():
            stride = 1 + layout.size
            seen.single = [start for start in seen.single if start < at]
            seen.compressed = [start for start in seen.compressed if start < at]
            seen.runs = [(first, min(n, -((first - at) // stride))) for first, n in seen.runs if first < at]
        while self._definitions and self._definitions[-1][0] >= at:
            self._definitions.pop()
        self._begin_tables()
        for _, number, layout in reversed(self._definitions):
            if number not in self._local:
                self._activate(number, layout)
            if len(self._local) == _LOCAL_NUMBERS:
                break

    def _begin_tables(self) -> None:
        """Reset the tables by row: bytes to the next message (0: undefined), and the function that stores the position."""
        self._local: dict[int, Layout] = {}
        self._strides = [0] * (_DEFINES + 1)
        self._appenders: list[Callable[[int], None]] = [_impossible] * _DEFINES

    def _define(self, at: int, end: int) -> int:
        """Activate the definition message at `at` and return its size; 0 if none is possible there."""
        size = definition_size(self._content, at, end)
        if size:
            definition = self._content[at : at + size]
            number = definition[0] & 0x0F
            layout = layout_of(b"\x40" + definition[1:])
            if layout not in self._seen:
                self._seen[layout] = _Positions()
                self._of_message.setdefault(layout.message, []).append(layout)
            self._definitions.append((at, number, layout))
            self._activate(number, layout)
        return size

    def _activate(self, number: int, layout: Layout) -> None:
        stride, seen = 1 + layout.size, self._seen[layout]
        self._local[number] = layout
        if layout.size:  # a message may have nothing but a compressed time
            self._strides[number], self._appenders[number] = stride, seen.single.append
        if number < 4:
            self._strides[_TIMED + number], self._appenders[_TIMED + number] = stride, seen.compressed.append

    def _run_length(self, at: int, stride: int, end: int) -> int:
        """Count the messages with this header that follow one another from `at`, comparing in growing chunks.

        The last five bits of a compressed time may differ. Returns 1 if a look ahead shows that it is not worth it.
        """
        most = (end - at) // stride
        header = self._content[at]
        mask = 0xE0 if header & COMPRESSED else 0xFF
        header &= mask
        if most < 4 or self._content[at + 3 * stride] & mask != header:
            return 1
        n, chunk = 1, 256
        while n < most:
            chunk_end = min(n + chunk, most)
            same = self._bytes[at + n * stride : at + chunk_end * stride : stride] & mask == header
            differs = int(same.argmin())
            if not same[differs]:
                return n + differs
            n, chunk = chunk_end, 8 * chunk
        return n


def _impossible(at: int) -> None:
    raise AssertionError(f"no layout for the message at {at}")


def _all_positions(seen: _Positions, stride: int) -> NDArray[np.intp]:
    """Return the position of every message, in file order."""
    chunks = [np.array(starts, dtype=np.intp) for starts in (seen.single, seen.compressed) if starts]
    chunks += [np.arange(first, first + n * stride, stride, dtype=np.intp) for first, n in seen.runs]
    if len(chunks) == 1:
        return chunks[0]
    # a stable sort is fastest for nearly sorted positions
    return np.sort(np.concatenate(chunks), kind="stable") if chunks else np.empty(0, dtype=np.intp)
