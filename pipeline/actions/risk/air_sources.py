"""Where the air of a planned run is known from: the runner's word, the forecast, their own runs. The best there is, and why.

Called by the action behind `cramplog risk`, which hands in how a forecast is fetched. Forecasts are asked for anew each
time and not kept: they are no weather that was. The place that leaves this computer is a cell of 0.1 degree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import polars as pl

from models.fit.design import plan_rows
from pipeline.actions.risk.air_along import PlanHours, forecast_hours, own_hours, with_air
from pipeline.actions.risk.resolve_plan import AskedRun
from pipeline.actions.risk.usual_air import OwnAir
from pipeline.settings import Settings
from pipeline.weather.cells import cell_centre
from pipeline.weather.place import WeatherPlace
from pipeline.weather.service.address import service_of
from pipeline.weather.service.client import OpenMeteo, Patience
from pipeline.weather.service.refusals import WeatherLater, WeatherRefused, WeatherSilent
from pipeline.weather.service.request import CellDays, Request

Source = Literal["given", "forecast", "own month", "usual", "none"]
WhyNot = Literal["simulated", "no place", "beyond", "off", "silent"]
Fetch = Callable[[Request], list[WeatherPlace]]

AHEAD_DAYS = 15  # today and fifteen more: the service's sixteen
WHILE_SOMEBODY_WAITS = Patience(connect_s=5.0, read_s=10.0, whole_s=20.0, tries=2, longest_wait_s=2.0)


@dataclass(frozen=True, slots=True, eq=False)
class PlanAir:
    """The air of a plan: `hours` from a start on where it varies, `air_temp_c` and `wbgt_c` where one value stands for it.

    `source`: 'given' (typed), 'forecast', 'own month' (own runs in that month at that hour), 'usual' (the last own runs)
    or 'none'. `why_not` says why there is no forecast where one was meant, `reason` what the service said; of a forecast
    that is for another place `reason` says so.
    """

    source: Source
    hours: Callable[[datetime], PlanHours] | None = None
    air_temp_c: float | None = None
    wbgt_c: float | None = None
    fetched_at: datetime | None = None
    why_not: WhyNot | None = None
    reason: str | None = None

    def along(self, rows: pl.DataFrame, start_at: datetime | None) -> pl.DataFrame:
        """Plan rows with this air."""
        return rows if self.hours is None or start_at is None else with_air(rows, self.hours(start_at), start_at)

    def covers(self, start_at: datetime, planned_s: float) -> bool:
        """Whether the temperature is known all along such a run."""
        return self.along(plan_rows(planned_s), start_at)["air_temp_c"].null_count() == 0


@dataclass(frozen=True, slots=True, eq=False)
class OwnWeather:
    """The weather of the runner's own runs: the frame of `usual_hours`, what it comes to, the last runs' temperature (°C)."""

    hours: pl.DataFrame
    air: OwnAir
    usual_temp_c: float | None


def forecasts(settings: Settings, now: datetime, before: Callable[[], None] = lambda: None) -> Fetch | WhyNot:
    """How the hours ahead are asked for with these settings, `before` called first; 'off' when nothing shall be."""
    service = service_of(settings)
    if service is None:
        return "off"

    def fetch(request: Request) -> list[WeatherPlace]:
        before()
        with OpenMeteo(service, WHILE_SOMEBODY_WAITS) as weather:
            return weather.fetch(request, now)

    return fetch


def find_air(asked: AskedRun, own: OwnWeather, fetch: Fetch | WhyNot, now: datetime) -> PlanAir:
    """The best that is known of the plan's air; `fetch` asks the service, or says why it may not be asked."""
    if asked.air_temp_c is not None:
        return _one_air("given", asked.air_temp_c, own.air)
    if asked.start_at is None:
        known = own.usual_temp_c if own.air.known else None
        return PlanAir("none") if known is None else _one_air("usual", known, own.air)
    first, last = asked.span(now)
    forecast = _forecast(asked, fetch, (first, last), now)
    if forecast.covers(asked.start_at, asked.planned_s):
        return forecast

    def by_own_runs(start_at: datetime) -> PlanHours:
        return own_hours(own.hours, own.air, asked.clock, start_at, asked.planned_s)

    usual = PlanAir("own month", by_own_runs, why_not=forecast.why_not or "beyond", reason=forecast.reason)
    if usual.covers(asked.start_at, asked.planned_s):
        return usual
    return replace(usual, source="none", hours=None)


def _one_air(source: Source, air_temp_c: float, air: OwnAir) -> PlanAir:
    """One temperature throughout, with the rest of the air as the runner meets it then."""
    heat = float(air.wbgt_c(pl.Series([air_temp_c]).to_numpy())[0])
    return PlanAir(source, air_temp_c=air_temp_c, wbgt_c=None if heat != heat else heat)


def _forecast(asked: AskedRun, fetch: Fetch | WhyNot, span: tuple[datetime, datetime], now: datetime) -> PlanAir:
    """The service's hours, or 'none' with why there are none. Never raises for a service that is silent."""
    if not callable(fetch):
        return PlanAir("none", why_not=fetch)
    if asked.cell is None or asked.start_at is None:
        return PlanAir("none", why_not="no place")
    horizon = (now + timedelta(days=AHEAD_DAYS)).astimezone(UTC).date()
    first, last = span[0].astimezone(UTC).date(), (span[1] + timedelta(hours=1)).astimezone(UTC).date()
    if asked.start_at.astimezone(UTC).date() > horizon:
        return PlanAir("none", why_not="beyond")
    wanted = CellDays(asked.cell, *cell_centre(asked.cell), None, first, min(last, horizon))
    try:
        (place,) = fetch(Request("forecast", (wanted,)))
    except (WeatherLater, WeatherRefused, WeatherSilent) as error:  # the answer is still an answer
        return PlanAir("none", why_not="silent", reason=error.reason)
    far = next((note.detail for note in place.notes if note.kind == "weather_far"), None)
    hours = forecast_hours(place)
    return PlanAir("forecast", lambda _: hours, fetched_at=now, reason=far)
