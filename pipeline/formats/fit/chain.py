"""Whether messages of a FIT file begin at a position: a chain of them is no accident. Called by resync.

Nothing in a message says that it is one: what counts is that several fit together, by layout and in time.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.formats.fit.breaks import DAY_S
from pipeline.formats.fit.layout import Layout
from pipeline.formats.fit.profile import BASE_TYPES, MESSAGE_NUMBERS
from pipeline.formats.fit.walk import definition_size, local_number

BACK_S = 3600  # so far a message may lie behind the one before it: laps and events are written late
_CHAIN = 4  # so many messages one after the other are no accident
_MOST_MESSAGES = 1024  # the numbers Garmin has given lie below
_MAKERS_OWN = 0xFF00  # from here on every maker gives its own
_KNOWN_MESSAGES = frozenset(MESSAGE_NUMBERS.values())


@dataclass(frozen=True, slots=True)
class Body:
    """Where the messages of a part lie: content[begin:end].

    A `sound` part that is walked to its very end is believed. A `cut` part may end within a message.
    """

    begin: int
    end: int
    sound: bool = False
    cut: bool = False


def chain_holds(content: bytes, local: dict[int, Layout], within_s: tuple[int, int], at: int, body: Body) -> bool:
    """Whether messages follow one another from `at`, of known layouts, going on in time, none of them empty.

    Fewer than _CHAIN are enough where they end with the part, its checksum or not: that is no accident, unless the
    part was cut there. In the bytes of the message that was cut, one of a shorter layout may seem to end.
    """
    for i in range(_CHAIN):
        if i and at >= body.end - 2:
            return not body.cut
        number = local_number(content[at])
        if number is None:
            size = definition_size(content, at, body.end)
            layout = _believable(content[at : at + size]) if size else None
            if layout is None:
                return False
            local[content[at] & 0x0F] = layout
            at += size
            continue
        layout = local.get(number)
        if layout is None or at + 1 + layout.size > body.end or _is_empty(content[at : at + 1 + layout.size]):
            return False
        if layout.time is not None:
            when = at + 1 + layout.time.offset
            seconds = int.from_bytes(content[when : when + 4], "big" if layout.order == ">" else "little")
            if not within_s[0] < seconds < within_s[1]:
                return False
            within_s = (seconds - BACK_S, seconds + DAY_S)
        at += 1 + layout.size
    return True


def _is_empty(message: bytes) -> bool:
    """Whether it is nothing but zeros or ones, header and all: a block never written, an array of unknown values."""
    return not message.strip(b"\0") or not message.strip(b"\xff")


def _believable(definition: bytes) -> Layout | None:
    """The layout of what may be a definition; None when no watch would write it."""
    layout = Layout(definition)
    if definition[1] or layout.n_misaligned or not is_likely(layout):
        return None
    return layout if len(layout.places) > 1 or layout.message in _KNOWN_MESSAGES else None


def is_likely(layout: Layout) -> bool:
    """Whether a definition has fields, of types there are, for a message of Garmin's numbers or a maker's own."""
    numbered = layout.message < _MOST_MESSAGES or layout.message >= _MAKERS_OWN
    return (
        numbered and (layout.size > 0 or layout.message in _KNOWN_MESSAGES) and layout.base_codes <= BASE_TYPES.keys()
    )
