"""Chooses the source of the air of a planned run: a temperature given, the weather forecast, or the runner's past runs.

Called by the action behind `cramplog risk`, which passes the function that fetches a forecast. A forecast is fetched again
each time and not stored, because it is not observed weather. The service learns only a cell of 0.1 degree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import polars as pl

from models.fit.design import plan_rows
from pipeline.actions.risk.air_along import PlanHours, forecast_hours, runner_hours, with_air
from pipeline.actions.risk.resolve_plan import PlannedRun
from pipeline.actions.risk.usual_air import RunnerAir
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

FORECAST_DAYS = 15  # after today: the service forecasts sixteen days, today included
INTERACTIVE_PATIENCE = Patience(connect_s=5.0, read_s=10.0, whole_s=20.0, tries=2, longest_wait_s=2.0)


@dataclass(frozen=True, slots=True, eq=False)
class PlanAir:
    """The air of a plan: `hours` gives the hours from a start; `air_temp_c` and `wbgt_c` are set if the air is constant.

    `source`: 'given' (by the runner), 'forecast', 'own month' (past runs in that month at that hour), 'usual' (the last
    runs) or 'none'. `why_not` says why a forecast is missing, `reason` gives the service's message; for a forecast of a
    distant place `reason` says so.
    """

    source: Source
    hours: Callable[[datetime], PlanHours] | None = None
    air_temp_c: float | None = None
    wbgt_c: float | None = None
    fetched_at: datetime | None = None
    why_not: WhyNot | None = None
    reason: str | None = None

    def along(self, rows: pl.DataFrame, start_at: datetime | None) -> pl.DataFrame:
        """The plan's rows with this air."""
        return rows if self.hours is None or start_at is None else with_air(rows, self.hours(start_at), start_at)

    def covers(self, start_at: datetime, planned_s: float) -> bool:
        """True if the temperature is known along the whole run."""
        return self.along(plan_rows(planned_s), start_at)["air_temp_c"].null_count() == 0


@dataclass(frozen=True, slots=True, eq=False)
class RunnerWeather:
    """The weather of a runner's past runs: the frame of `usual_hours`, the air from it, the last runs' temperature (°C)."""

    hours: pl.DataFrame
    air: RunnerAir
    usual_temp_c: float | None


def forecasts(settings: Settings, now: datetime, before: Callable[[], None] = lambda: None) -> Fetch | WhyNot:
    """The function that fetches the forecast with these settings, calling `before` first; 'off' if the service is off."""
    service = service_of(settings)
    if service is None:
        return "off"

    def fetch(request: Request) -> list[WeatherPlace]:
        before()
        with OpenMeteo(service, INTERACTIVE_PATIENCE) as weather:
            return weather.fetch(request, now)

    return fetch


def find_air(run: PlannedRun, weather: RunnerWeather, fetch: Fetch | WhyNot, now: datetime) -> PlanAir:
    """The plan's air from the best available source; `fetch` asks the service, or says why it may not be asked."""
    if run.air_temp_c is not None:
        return _constant_air("given", run.air_temp_c, weather.air)
    if run.start_at is None:
        usual_c = weather.usual_temp_c if weather.air.sufficient else None
        return PlanAir("none") if usual_c is None else _constant_air("usual", usual_c, weather.air)
    first, last = run.span(now)
    forecast = _forecast(run, fetch, (first, last), now)
    if forecast.covers(run.start_at, run.planned_s):
        return forecast

    def from_past_runs(start_at: datetime) -> PlanHours:
        return runner_hours(weather.hours, weather.air, run.clock, start_at, run.planned_s)

    usual = PlanAir("own month", from_past_runs, why_not=forecast.why_not or "beyond", reason=forecast.reason)
    if usual.covers(run.start_at, run.planned_s):
        return usual
    return replace(usual, source="none", hours=None)


def _constant_air(source: Source, air_temp_c: float, air: RunnerAir) -> PlanAir:
    """One temperature for the whole run, with the WBGT that the runner usually meets at it."""
    heat = float(air.wbgt_c(pl.Series([air_temp_c]).to_numpy())[0])
    return PlanAir(source, air_temp_c=air_temp_c, wbgt_c=None if heat != heat else heat)


def _forecast(run: PlannedRun, fetch: Fetch | WhyNot, span: tuple[datetime, datetime], now: datetime) -> PlanAir:
    """The service's hours, or 'none' and why they are missing. Does not raise if the service fails."""
    if not callable(fetch):
        return PlanAir("none", why_not=fetch)
    if run.cell is None or run.start_at is None:
        return PlanAir("none", why_not="no place")
    horizon = (now + timedelta(days=FORECAST_DAYS)).astimezone(UTC).date()
    first, last = span[0].astimezone(UTC).date(), (span[1] + timedelta(hours=1)).astimezone(UTC).date()
    if run.start_at.astimezone(UTC).date() > horizon:
        return PlanAir("none", why_not="beyond")
    wanted = CellDays(run.cell, *cell_centre(run.cell), None, first, min(last, horizon))
    try:
        (place,) = fetch(Request("forecast", (wanted,)))
    except (WeatherLater, WeatherRefused, WeatherSilent) as error:  # the risk is still computed, with usual weather
        return PlanAir("none", why_not="silent", reason=error.reason)
    far = next((note.detail for note in place.notes if note.kind == "weather_far"), None)
    hours = forecast_hours(place)
    return PlanAir("forecast", lambda _: hours, fetched_at=now, reason=far)
