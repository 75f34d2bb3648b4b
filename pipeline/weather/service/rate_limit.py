"""When the next request to the weather service may go out, under its limits per minute, hour and day.

We count our own calls, because the service refuses only after a limit is passed, and counts refused calls too. Called by
the fetching action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# (period, at most). The service allows 600, 5,000 and 10,000; our count misses calls that it repeats internally.
LIMITS = (
    (timedelta(minutes=1), 500.0),
    (timedelta(hours=1), 4500.0),
    (timedelta(days=1), 9000.0),
)
REMEMBERED = LIMITS[-1][0]  # older calls do not count


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was sent: when (UTC), and the number of calls that the service counts for it."""

    called_at: datetime
    weight: float


def free_at(calls: Sequence[Call], weight: float, now: datetime) -> datetime:
    """Returns when a request of this weight may go out: `now`, or when enough earlier calls are old enough.

    The service resets its counts at full minutes and hours; our sliding window never allows more than that.
    """
    return max(now, *(_free_of(calls, within, most - weight, now) for within, most in LIMITS))


def _free_of(calls: Sequence[Call], within: timedelta, room: float, now: datetime) -> datetime:
    """Returns when one limit allows it: when the newest call that must be outside of the window leaves it."""
    for call in sorted(calls, key=lambda call: call.called_at, reverse=True):
        room -= call.weight
        if room < 0.0:
            return call.called_at + within
    return now
