"""How fast the weather service may be asked: under its limits a minute, an hour and a day, by our own count.

The service says no only afterwards, and counts that as a call too. Called by the fetching action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# (within, at most): the service allows 600, 5,000 and 10,000; calls it tried again on its own side are not in our count.
LIMITS = (
    (timedelta(minutes=1), 500.0),
    (timedelta(hours=1), 4500.0),
    (timedelta(days=1), 9000.0),
)
REMEMBERED = LIMITS[-1][0]  # older calls say nothing


@dataclass(frozen=True, slots=True)
class Call:
    """A request that went out: when (UTC), and what the service counts for it."""

    called_at: datetime
    weight: float


def free_at(calls: Sequence[Call], weight: float, now: datetime) -> datetime:
    """When a request of that weight may go out: `now`, or as soon as enough of the calls lie far enough back.

    The service clears its counts at full minutes and hours; a window that slides is never more generous than that.
    """
    return max(now, *(_free_of(calls, within, most - weight, now) for within, most in LIMITS))


def _free_of(calls: Sequence[Call], within: timedelta, room: float, now: datetime) -> datetime:
    """When one limit allows it: after the newest call that must have left the window."""
    for call in sorted(calls, key=lambda one: one.called_at, reverse=True):
        room -= call.weight
        if room < 0.0:
            return call.called_at + within
    return now
