"""Why the weather service gave no weather, and when to ask again. Raised by open_meteo.py, told apart by the actions.

{"error":true,"reason":"Hourly API request limit exceeded. Please try again in the next hour."}
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from pipeline.errors import CramplogError, TryAgain

LONGEST_REASON = 200  # letters: whatever answers may be no weather service at all
_KEPT = "nothing is lost; the runs wait for their weather"


class WeatherRefused(CramplogError):
    """The service cannot mean this request, and never will: asking again only costs calls. Exit code 1."""

    code = "weather_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the weather service refuses the request: {reason}", "a file does it too: cramplog weather --file FILE"
        )
        self.reason = reason


class WeatherLater(TryAgain):
    """The service has had enough of us until `until` (aware, UTC). Exit code 5."""

    code = "weather_later"

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(
            f"the weather service takes no more requests until {until:%Y-%m-%d %H:%M} UTC: {reason}",
            f"{_KEPT}: cramplog weather goes on then",
        )
        self.until = until
        self.reason = reason


class WeatherSilent(TryAgain):
    """No weather came, through no fault of the request: no network, an overload, a broken answer. Exit code 5."""

    code = "weather_silent"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the weather service gave no weather: {reason}",
            f"{_KEPT}: try again, or take a file with cramplog weather --file FILE",
        )
        self.reason = reason


class Unanswered(Exception):
    """One try that a later one may better, with the reason in words. Stays inside open_meteo.py."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MinuteFull(Unanswered):
    """The calls of this minute are used up."""


def refusal(status: int, text: str, now: datetime, key: str) -> Exception:
    """What to raise for an answer with that status (not 200) and body; `key` is cut out of the service's words.

    The limits are cleared at full minutes, hours and days of UTC, and the reason says which one it was.
    """
    reason = _reason(text).replace(key, "(key)") if key else _reason(text)
    reason = f"{reason[:LONGEST_REASON] or 'no reason given'} (status {status})"
    if status == 429:
        return _limit(reason, now)
    if status == 400:
        return WeatherRefused(reason)
    if status in (401, 403):
        return WeatherSilent(f"{reason}; weather_url and weather_key must belong together")
    if status in (408, 425) or status >= 500:
        return Unanswered(reason)
    return WeatherSilent(f"{reason}; is weather_url its address?")


def next_minute(now: datetime) -> datetime:
    """The next full minute."""
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
        return Unanswered(reason)
    return WeatherLater(hour + timedelta(hours=1), reason)  # 'Hourly', and words that we do not know


def _reason(text: str) -> str:
    """The service's own words, on one line and without control characters; '' when it says none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    words = document.get("reason") if isinstance(document, dict) else None
    return "".join(letter for letter in words if letter.isprintable()).strip() if isinstance(words, str) else ""
