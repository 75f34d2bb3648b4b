"""`cramplog weather`: fetches the hours that runs lack from the weather service, one request at a time.

Planned anew from what is missing after every reply, and every reply kept before the next request: whatever stops it, the
next time goes on there. Called by the command and by the nightly; ingest never waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline.actions.weather.ledger import Left, WeatherLedger
from pipeline.settings import Settings
from pipeline.weather.service.address import service_of
from pipeline.weather.service.client import OpenMeteo
from pipeline.weather.service.plan import RequestPlan
from pipeline.weather.service.rate_limit import Call, free_at
from pipeline.weather.service.refusals import WeatherLater, WeatherRefused, WeatherSilent
from pipeline.weather.service.request import Request

Stop = Literal["off", "later", "silent", "refused"]

PATIENCE = timedelta(seconds=75)  # a full minute is waited for, a full hour is not
MOST_REFUSALS = 20  # each counts as a call: a service that refuses so many refuses more than single places


@dataclass(frozen=True, slots=True)
class WeatherFetched:
    """What a fetch came to: requests answered, hours kept, runs that got their hours, and runs that still lack some.

    `stop` says why it ended before everything was asked: off, later (until `until`), silent or refused; `why` in words.
    """

    requests: int = 0
    hours: int = 0
    runs: int = 0
    pending: int = 0
    stop: Stop | None = None
    why: str | None = None
    until: datetime | None = None

    @property
    def waits(self) -> str:
        """Why runs wait, in words."""
        if self.until is not None:
            return f"the service takes no more until {self.until:%Y-%m-%d %H:%M} UTC, {self.why}"
        asked = {"silent": "the service is silent, ", "refused": "the service refuses, "}
        return asked.get(self.stop or "", "") + (self.why or "the service has no value for their hours yet")

    def stopped(self, stop: Stop, why: str, until: datetime | None = None) -> WeatherFetched:
        """The same, ended early."""
        return replace(self, stop=stop, why=why, until=until)


def fetch_weather(
    settings: Settings,
    now: datetime,
    said: Callable[[WeatherFetched], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> WeatherFetched:
    """Fetch every hour that runs of people lack, and the settled values of what was provisional a week ago.

    `said` hears how far it is after each reply. Raises TryAgain when the store stays busy, WrongInput for a proxy
    that cannot be used.
    """
    ledger = WeatherLedger(settings)
    left = ledger.left(now)
    nothing_yet = WeatherFetched(pending=left.runs)
    service = service_of(settings)
    if service is None:
        return nothing_yet.stopped("off", "fetching is switched off") if left.plan.requests else nothing_yet
    if not left.plan.requests:
        return nothing_yet
    if left.later is not None:
        return nothing_yet.stopped("later", *left.later)
    begun_s = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - begun_s)

    with OpenMeteo(service, clock=clock, sleep=sleep) as client:
        return _Fetching(ledger, client, clock, said, sleep).all_of(left, nothing_yet)


class _Fetching:
    """A fetch on its way."""

    def __init__(
        self,
        ledger: WeatherLedger,
        client: OpenMeteo,
        clock: Callable[[], datetime],
        said: Callable[[WeatherFetched], None],
        sleep: Callable[[float], None],
    ) -> None:
        self._ledger, self._client = ledger, client
        self._clock, self._said, self._sleep = clock, said, sleep
        self._calls: list[Call] = []
        self._refusals = 0

    def all_of(self, left: Left, fetched: WeatherFetched) -> WeatherFetched:
        """Request after request, until nothing is left to ask or something stops it."""
        while left.plan.requests and fetched.stop is None:
            self._calls = [*left.calls]
            fetched = self._one(left.plan, left.plan.requests[0], fetched)
            left = self._ledger.left(self._clock())
        return fetched

    def _one(self, plan: RequestPlan, request: Request, fetched: WeatherFetched) -> WeatherFetched:
        """One request asked and kept; in two halves when the service refuses it, to find the place it cannot mean."""
        free = free_at(self._calls, request.weight, self._clock())
        if free - self._clock() > PATIENCE:
            return fetched.stopped("later", "our share of the service's free calls is used up", free)
        self._sleep(max(0.0, (free - self._clock()).total_seconds()))
        self._calls.append(Call(self._clock(), request.weight))
        try:
            places = self._client.fetch(request, self._clock())
        except WeatherRefused as refused:
            return self._refused(plan, request, refused.reason, fetched)
        except WeatherLater as later:
            self._ledger.keep_failed(request, "later", later.reason, self._clock(), later.until)
            return fetched.stopped("later", later.reason, later.until)
        except WeatherSilent as silent:
            self._ledger.keep_failed(request, "silent", silent.reason, self._clock())
            return fetched.stopped("silent", silent.reason)
        pending = self._ledger.keep(plan, request, places, self._clock())
        fetched = replace(
            fetched,
            requests=fetched.requests + 1,
            hours=fetched.hours + sum(len(place.hour_at) for place in places),
            runs=fetched.runs + fetched.pending - pending,
            pending=pending,
        )
        self._said(fetched)
        return fetched

    def _refused(self, plan: RequestPlan, request: Request, reason: str, fetched: WeatherFetched) -> WeatherFetched:
        """Goes on with the halves; a single place is remembered as refused."""
        self._refusals += 1
        if len(request.cells) == 1:
            self._ledger.keep_refused(plan, request, reason, self._clock())
        else:
            self._ledger.keep_failed(request, "refused", reason, self._clock())
        if self._refusals >= MOST_REFUSALS:
            return fetched.stopped("refused", reason)
        for half in _halves(request):
            if fetched.stop is None:
                fetched = self._one(plan, half, fetched)
        return fetched


def _halves(request: Request) -> list[Request]:
    """The request in two; none for a single place."""
    middle = len(request.cells) // 2
    return [replace(request, cells=part) for part in (request.cells[:middle], request.cells[middle:]) if middle]
