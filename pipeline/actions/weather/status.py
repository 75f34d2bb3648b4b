"""`cramplog weather --status` and `--missing`: which runs have their weather, which wait, and why. Uses no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.instants import naive_utc
from pipeline.settings import Settings
from pipeline.store.db.connection import open_store
from pipeline.store.weather.requests import HourCount, WeatherCall, WeatherRun, hour_counts, last_call, weather_runs
from pipeline.weather.service.address import service_of

# States in sql/queries/weather_runs.sql: those with heat, and the one that can have none.
WITH_HEAT = ("known", "provisional")
INDOOR = "indoor"


@dataclass(frozen=True, slots=True)
class WeatherStatus:
    """Runs per state, stored hours per provider, the last call, and why pending runs wait (None if there are none)."""

    states: Mapping[str, int]
    hours: tuple[HourCount, ...]
    last: WeatherCall | None
    why: str | None


@dataclass(frozen=True, slots=True)
class MissingRun:
    """A run that lacks weather, and why, as text."""

    run: WeatherRun
    why: str


def weather_status(settings: Settings, now: datetime) -> WeatherStatus:
    """How many runs have their weather, in counts."""
    runs, hours, last = _read_store(settings, now)
    states = Counter(run.state for run in runs)
    return WeatherStatus(states, tuple(hours), last, _why(settings, last) if states["pending"] else None)


def missing_weather(settings: Settings, now: datetime) -> list[MissingRun]:
    """Every outdoor run without all of its weather, the newest first."""
    runs, _, last = _read_store(settings, now)
    waits = _why(settings, last)
    return [MissingRun(run, _reason(run, waits)) for run in runs if run.state not in (*WITH_HEAT, INDOOR)]


def _read_store(
    settings: Settings, now: datetime
) -> tuple[Sequence[WeatherRun], Sequence[HourCount], WeatherCall | None]:
    with open_store(settings, write=False) as con:
        return weather_runs(con, naive_utc(now)), hour_counts(con), last_call(con)


def _why(settings: Settings, last: WeatherCall | None) -> str:
    """Why a run may be waiting now."""
    if service_of(settings) is None:
        return "fetching is switched off"
    if last is not None and last.outcome == "silent":
        return f"the service does not answer: {last.reason}"
    if last is not None and last.until_at is not None:
        return f"the service accepts no calls until {last.until_at:%Y-%m-%d %H:%M} UTC: {last.reason}"
    return "not requested yet"


def _reason(run: WeatherRun, waits: str) -> str:
    """Why this run lacks weather."""
    if run.state == "refused":
        return f"refused: {run.reason}"
    return {
        "clock wrong": "its clock is wrong: correct it with cramplog runs edit --shift",
        "no place": "its file has no positions",
        "simulated": "simulated, without stored weather",
        "no sun": "only air values, no sunshine",
    }.get(run.state, run.reason or waits)
