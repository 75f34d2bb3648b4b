"""`cramplog weather`: fetches the hours that runs lack from the weather service, one request at a time.

After each reply, the reply is stored and the plan is made again from what is missing: however it is stopped, the next fetch
continues from there. Called by the command and by the nightly; ingest never waits for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline.actions.weather.ledger import WeatherLedger, WorkLeft
from pipeline.settings import Settings
from pipeline.weather.service.address import service_of
from pipeline.weather.service.client import OpenMeteo
from pipeline.weather.service.plan import RequestPlan
from pipeline.weather.service.rate_limit import Call, free_at
from pipeline.weather.service.refusals import WeatherLater, WeatherRefused, WeatherSilent
from pipeline.weather.service.request import Request

Stop = Literal["off", "later", "silent", "refused"]

PATIENCE = timedelta(seconds=75)  # waits for the limit per minute, not for the limit per hour
MOST_REFUSALS = 20  # each counts as a call; more than this is not a problem of single places


@dataclass(frozen=True, slots=True)
class WeatherFetched:
    """The result of a fetch: answered requests, stored hours, runs that got their hours, and runs that still lack some.

    `stop` says why it ended early: off, later (until `until`), silent or refused. `why` is the reason as text.
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
        """Why runs wait, as text."""
        if self.until is not None:
            return f"the service accepts no calls until {self.until:%Y-%m-%d %H:%M} UTC: {self.why}"
        prefixes = {"silent": "the service does not answer: ", "refused": "the service refuses: "}
        return prefixes.get(self.stop or "", "") + (self.why or "the service has no value for their hours yet")

    def stopped(self, stop: Stop, why: str, until: datetime | None = None) -> WeatherFetched:
        """A copy that ended early."""
        return replace(self, stop=stop, why=why, until=until)


def fetch_weather(
    settings: Settings,
    now: datetime,
    report_progress: Callable[[WeatherFetched], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> WeatherFetched:
    """Fetch every hour that real runs lack, and the final values of hours that were provisional a week ago.

    Calls `report_progress` after each reply. Raises TryAgain when the store stays busy, WrongInput for a proxy that
    cannot be used.
    """
    ledger = WeatherLedger(settings)
    left = ledger.plan(now)
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
        return _Fetching(ledger, client, clock, report_progress, sleep).run(left, nothing_yet)


class _Fetching:
    """A running fetch."""

    def __init__(
        self,
        ledger: WeatherLedger,
        client: OpenMeteo,
        clock: Callable[[], datetime],
        report_progress: Callable[[WeatherFetched], None],
        sleep: Callable[[float], None],
    ) -> None:
        self._ledger, self._client = ledger, client
        self._clock, self._report_progress, self._sleep = clock, report_progress, sleep
        self._calls: list[Call] = []
        self._refusals = 0

    def run(self, left: WorkLeft, fetched: WeatherFetched) -> WeatherFetched:
        """Send requests until nothing is left to fetch or something stops it."""
        while left.plan.requests and fetched.stop is None:
            self._calls = [*left.calls]
            fetched = self._send(left.plan, left.plan.requests[0], fetched)
            left = self._ledger.plan(self._clock())
        return fetched

    def _send(self, plan: RequestPlan, request: Request, fetched: WeatherFetched) -> WeatherFetched:
        """Send one request and store the reply. If it is refused, send its halves, to find the place that is refused."""
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
            self._ledger.store_failure(request, "later", later.reason, self._clock(), later.until)
            return fetched.stopped("later", later.reason, later.until)
        except WeatherSilent as silent:
            self._ledger.store_failure(request, "silent", silent.reason, self._clock())
            return fetched.stopped("silent", silent.reason)
        pending = self._ledger.store_reply(plan, request, places, self._clock())
        fetched = replace(
            fetched,
            requests=fetched.requests + 1,
            hours=fetched.hours + sum(len(place.hour_at) for place in places),
            runs=fetched.runs + fetched.pending - pending,
            pending=pending,
        )
        self._report_progress(fetched)
        return fetched

    def _refused(self, plan: RequestPlan, request: Request, reason: str, fetched: WeatherFetched) -> WeatherFetched:
        """Continue with the halves; record a single place as refused."""
        self._refusals += 1
        if len(request.cells) == 1:
            self._ledger.store_refusal(plan, request, reason, self._clock())
        else:
            self._ledger.store_failure(request, "refused", reason, self._clock())
        if self._refusals >= MOST_REFUSALS:
            return fetched.stopped("refused", reason)
        for half in _halves(request):
            if fetched.stop is None:
                fetched = self._send(plan, half, fetched)
        return fetched


def _halves(request: Request) -> list[Request]:
    """The two halves of the request; none for a single place."""
    middle = len(request.cells) // 2
    return [replace(request, cells=part) for part in (request.cells[:middle], request.cells[middle:]) if middle]
