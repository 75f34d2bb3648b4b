"""The reasons why the weather service gave no weather, and when to try again. Raised by client.py, handled by the actions.

{"error":true,"reason":"Hourly API request limit exceeded. Please try again in the next hour."}
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from pipeline.errors import CramplogError, TryAgain

LONGEST_REASON = 200  # characters: the reply may come from something that is not a weather service
_NOTHING_LOST = "nothing is lost; the runs wait for their weather"


class WeatherRefused(CramplogError):
    """The service refuses this request for good: another try only costs calls. Exit code 1."""

    code = "weather_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the weather service refused the request: {reason}",
            "download the weather as a file and import it: cramplog weather --file FILE",
        )
        self.reason = reason


class WeatherLater(TryAgain):
    """A limit of the service is used up until `until` (aware, UTC). Exit code 5."""

    code = "weather_later"

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(
            f"the weather service accepts no more requests until {until:%Y-%m-%d %H:%M} UTC: {reason}",
            f"{_NOTHING_LOST}; run cramplog weather again then",
        )
        self.until = until
        self.reason = reason


class WeatherSilent(TryAgain):
    """No weather, although the request was correct: no network, an overload, a broken reply. Exit code 5."""

    code = "weather_silent"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the weather service gave no weather: {reason}",
            f"{_NOTHING_LOST}; try again later, or import a file: cramplog weather --file FILE",
        )
        self.reason = reason


class FailedTry(Exception):
    """One try failed with this reason, a later one may succeed. client.py handles it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MinuteFull(FailedTry):
    """The calls of this minute are used up."""


def refusal(status: int, text: str, now: datetime, key: str) -> Exception:
    """Returns the exception for a reply with this status (not 200) and body; `key` is removed from the reason.

    The service resets its limits at full minutes, hours and days of UTC; the reason names the limit.
    """
    reason = _reason(text).replace(key, "(key)") if key else _reason(text)
    reason = f"{reason[:LONGEST_REASON] or 'no reason given'} (status {status})"
    if status == 429:
        return _limit(reason, now)
    if status == 400:
        return WeatherRefused(reason)
    if status in (401, 403):
        return WeatherSilent(f"{reason}; check that weather_key belongs to weather_url")
    if status in (408, 425) or status >= 500:
        return FailedTry(reason)
    return WeatherSilent(f"{reason}; check the address in weather_url")


def next_minute(now: datetime) -> datetime:
    """Returns the next full minute."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _limit(reason: str, now: datetime) -> Exception:
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    day = hour.replace(hour=0)
    if reason.startswith("Minutely"):
        return MinuteFull(reason)
    if reason.startswith("Daily"):
        return WeatherLater(day + timedelta(days=1), reason)
    if reason.startswith("Monthly"):
        return WeatherLater((day.replace(day=28) + timedelta(days=4)).replace(day=1), reason)
    if "concurrent" in reason:
        return FailedTry(reason)
    return WeatherLater(hour + timedelta(hours=1), reason)  # 'Hourly' and unknown reasons


def _reason(text: str) -> str:
    """Returns the reason that the service gives, on one line and without control characters; '' if there is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    reason = document.get("reason") if isinstance(document, dict) else None
    return "".join(char for char in reason if char.isprintable()).strip() if isinstance(reason, str) else ""
