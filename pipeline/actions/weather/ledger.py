"""The store's side of fetching weather: what to request next, and the outcomes. Each method opens the store for a short time.

The store is closed while a request is sent. Called by `fetch` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import duckdb

from pipeline.actions.weather.cells import map_new_places
from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.weather.hours import put_hours
from pipeline.store.weather.requests import (
    OpenDay,
    WeatherCall,
    WeatherTry,
    calls_since,
    clear_tries,
    heights_m,
    last_call,
    open_days,
    put_call,
    put_heights,
    put_tries,
    waiting_runs,
)
from pipeline.weather.place import WeatherPlace
from pipeline.weather.service.plan import CellNeed, RequestPlan, plan_requests
from pipeline.weather.service.rate_limit import REMEMBERED, Call
from pipeline.weather.service.request import Host, Request

SETTLED_DAYS = 7  # by then the archive has replaced forecast values; it is five days behind
ARCHIVE_LAG_DAYS = 5
FORECAST_BACK_DAYS = 90  # of 93
HEIGHT_STEP_M = 10  # a height to the metre would show more of a place than its cell does
EARTH_M = (-450.0, 9000.0)
YOUNG_DAYS = 30  # a day without values may still get them: retried the next night, an older day a month later
_HOSTS: tuple[Host, ...] = ("archive", "forecast")
REFUSED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WorkLeft:
    """What is still to fetch: the requests, the runs that lack hours, and why and until when calls must wait.

    `calls` are those of the last day.
    """

    plan: RequestPlan
    runs: int
    later: tuple[str, datetime] | None
    calls: tuple[Call, ...]


class WeatherLedger:
    """The store as one fetch uses it. It caches the heights of cells, which a reply does not change."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._heights: dict[str, float | None] = {}

    def plan(self, now: datetime) -> WorkLeft:
        """What may be requested now. Final days from the archive come before those from the forecast."""
        at = naive_utc(now)
        with open_store(self._settings, write=False, with_records=True) as con:
            days = open_days(con, at, at - timedelta(days=SETTLED_DAYS))
            self._look_up(con, {day.cell for day in days})
            runs, last = waiting_runs(con), last_call(con)
            calls = calls_since(con, naive_utc(now - REMEMBERED))
        plans = [plan_requests(host, self._needs(days, host, now)) for host in _HOSTS]
        ready = next((plan for plan in plans if plan.requests), plans[0])
        counted = tuple(Call(called_at.replace(tzinfo=UTC), weight) for called_at, weight in calls)
        return WorkLeft(ready, runs, _later(last, at), counted)

    def store_reply(self, plan: RequestPlan, request: Request, places: Sequence[WeatherPlace], now: datetime) -> int:
        """Store a reply. Returns how many runs still lack hours. Records the requested days that got no value."""
        at = naive_utc(now)
        hours = sum(len(place.hour_at) for place in places)
        with open_store(self._settings, write=True) as con, transaction(con):
            for place in places:
                put_hours(con, place.cell, place.hour_at, place.columns, _facts(place, at))
            map_new_places(con, {place.cell for place in places})
            put_call(con, WeatherCall(at, request.host, request.weight, "answered", hours, None, None))
            put_heights(con, self._heights_of(_spans(plan, request)))
            for cell, spans in _spans(plan, request).items():
                for first, last_day in spans:
                    clear_tries(con, cell, first, last_day)
            still = open_days(con, at, at - timedelta(days=SETTLED_DAYS))
            put_tries(con, [_empty(day, request.host, at) for day in _days_of(still, plan, request)])
            return waiting_runs(con)

    def store_refusal(self, plan: RequestPlan, request: Request, reason: str, now: datetime) -> None:
        """Record the days of a request that the service refuses."""
        at = naive_utc(now)
        with open_store(self._settings, write=True) as con, transaction(con):
            put_call(con, WeatherCall(at, request.host, request.weight, "refused", 0, reason, None))
            wanted = _days_of(open_days(con, at, at - timedelta(days=SETTLED_DAYS)), plan, request)
            put_tries(con, [_try(day, request.host, "refused", reason, at, at + REFUSED_FOR) for day in wanted])

    def store_failure(
        self, request: Request, outcome: Literal["refused", "later", "silent"], reason: str, now: datetime,
        until: datetime | None = None,
    ) -> None:  # fmt: skip
        """Record a call without a reply, and until when not to call again."""
        until_at = None if until is None else naive_utc(until)
        with open_store(self._settings, write=True) as con, transaction(con):
            put_call(con, WeatherCall(naive_utc(now), request.host, request.weight, outcome, 0, reason, until_at))

    def _heights_of(self, cells: Iterable[str]) -> dict[str, float]:
        found = {cell: self._heights[cell] for cell in cells}
        return {cell: height_m for cell, height_m in found.items() if height_m is not None}

    def _look_up(self, con: duckdb.DuckDBPyConnection, cells: set[str]) -> None:
        unknown = cells - self._heights.keys()
        if unknown:
            found = heights_m(con, sorted(unknown))
            self._heights |= {cell: _height_m(found.get(cell)) for cell in unknown}

    def _needs(self, days: Sequence[OpenDay], host: Host, now: datetime) -> list[CellNeed]:
        wanted: dict[str, list[date]] = {}
        for day in days:
            if _host_of(day, now) == host:
                wanted.setdefault(day.cell, []).append(day.day)
        return [CellNeed(cell, self._heights[cell], tuple(found)) for cell, found in wanted.items()]


def _later(last: WeatherCall | None, at: datetime) -> tuple[str, datetime] | None:
    """The service's reason and the instant (aware) until which calls must wait; None if they need not."""
    if last is None or last.until_at is None or last.until_at <= at:
        return None
    return str(last.reason), last.until_at.replace(tzinfo=UTC)


def _host_of(day: OpenDay, now: datetime) -> Host:
    """The archive; for the last days, which it does not have yet, and for days it had no values for: the forecast."""
    age_days = (naive_utc(now).date() - day.day).days
    if age_days <= ARCHIVE_LAG_DAYS:
        return "forecast"
    return "forecast" if day.archive_empty and not day.has_hours and age_days <= FORECAST_BACK_DAYS else "archive"


def _days_of(days: Sequence[OpenDay], plan: RequestPlan, request: Request) -> Iterator[OpenDay]:
    """The open days that the request covers."""
    spans = _spans(plan, request)
    return (day for day in days if any(first <= day.day <= last for first, last in spans.get(day.cell, ())))


def _spans(plan: RequestPlan, request: Request) -> dict[str, list[tuple[date, date]]]:
    """First and last days per cell, also for the cells that a requested cell serves."""
    spans: dict[str, list[tuple[date, date]]] = {}
    for days in request.cells:
        for cell in plan.served[days.cell]:
            spans.setdefault(cell, []).append((days.first, days.last))
    return spans


def _empty(day: OpenDay, host: Host, at: datetime) -> WeatherTry:
    """Record a day that was answered without every hour: the other host or a later night may have the values."""
    age_days = (at.date() - day.day).days
    if host == "archive" and not day.has_hours and age_days <= FORECAST_BACK_DAYS:
        return _try(day, host, "empty", "the archive has no value yet", at, None)
    wait_days = 1 if age_days <= YOUNG_DAYS else YOUNG_DAYS
    return _try(day, host, "empty", "the service has no value", at, at + timedelta(days=wait_days))


def _try(day: OpenDay, host: Host, outcome: str, reason: str, at: datetime, not_before: datetime | None) -> WeatherTry:
    return WeatherTry(day.cell, day.day, host, outcome, reason, at, not_before)


def _height_m(height_m: float | None) -> float | None:
    """The height in whole tens of metres; None for impossible heights of a broken barometer."""
    if height_m is None or not EARTH_M[0] <= height_m <= EARTH_M[1]:
        return None
    return float(round(height_m / HEIGHT_STEP_M) * HEIGHT_STEP_M)


def _facts(place: WeatherPlace, fetched_at: datetime) -> Mapping[str, Any]:
    return {
        "provider": place.provider,
        "model": place.model,
        "elevation_m": place.elevation_m,
        "fetched_at": fetched_at,
        "provisional": place.provisional,
    }
