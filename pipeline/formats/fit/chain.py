"""Decides whether messages of a FIT file begin at a position: a chain of them is no accident. Called by `resync`.

Nothing marks bytes as a message; the evidence is that several messages fit together, in layout and in time.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.formats.fit.breaks import DAY_S
from pipeline.formats.fit.layout import Layout
from pipeline.formats.fit.profile import BASE_TYPES, MESSAGE_NUMBERS
from pipeline.formats.fit.walk import definition_size, local_number

BACK_S = 3600  # a message may be this much earlier than the previous one: laps and events are written late
_CHAIN = 4  # this many messages in a row are no accident
_MOST_MESSAGES = 1024  # numbers given by Garmin are lower
_MANUFACTURER_MESSAGES = 0xFF00  # numbers from here on are free for manufacturers
_PROFILE_MESSAGES = frozenset(MESSAGE_NUMBERS.values())


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes that hold the messages of a part: content[begin:end].

    A `sound` part is trusted if the walk reaches its exact end. A `cut` part may end within a message.
    """

    begin: int
    end: int
    sound: bool = False
    cut: bool = False


def chain_holds(content: bytes, local: dict[int, Layout], within_s: tuple[int, int], at: int, body: Body) -> bool:
    """Return True if a chain of messages begins at `at`: of known layouts, in time order, none of them empty.

    Fewer than _CHAIN are enough if they end with the part, with or without its checksum: that is no accident, unless the
    part is cut there. The bytes of a cut message may look like the end of a message with a shorter layout.
    """
    for i in range(_CHAIN):
        if i and at >= body.end - 2:
            return not body.cut
        number = local_number(content[at])
        if number is None:
            size = definition_size(content, at, body.end)
            layout = _plausible_layout(content[at : at + size]) if size else None
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
    """Return True if all bits are zeros or all are ones: a block never written, an array of invalid values."""
    return not message.strip(b"\0") or not message.strip(b"\xff")


def _plausible_layout(definition: bytes) -> Layout | None:
    """Return the layout of a possible definition; None if no watch would write it."""
    layout = Layout(definition)
    if definition[1] or layout.n_misaligned or not is_likely(layout):
        return None
    return layout if len(layout.places) > 1 or layout.message in _PROFILE_MESSAGES else None


def is_likely(layout: Layout) -> bool:
    """Return True if a definition has fields of existing types, for a message of Garmin or of a manufacturer."""
    numbered = layout.message < _MOST_MESSAGES or layout.message >= _MANUFACTURER_MESSAGES
    return (
        numbered and (layout.size > 0 or layout.message in _PROFILE_MESSAGES) and layout.base_codes <= BASE_TYPES.keys()
    )
