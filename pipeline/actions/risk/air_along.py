"""The air along the segments of a planned run, from the hours of a forecast or of the runner's past runs.

Called by the action behind `cramplog risk`. Nothing here is stored, because these hours are not observed weather.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.design import SEGMENT_S
from pipeline.actions.risk.usual_air import FEWEST_SEGMENTS, RunnerAir
from pipeline.weather.clock import LocalClock, local_time
from pipeline.weather.place import WeatherPlace

Floats = NDArray[np.float64]
HOUR_S = 3600


@dataclass(frozen=True, slots=True, eq=False)
class PlanHours:
    """Hours of air, ascending and without gaps: seconds since 1970, shape (n_hours,), and °C, NaN where unknown."""

    at_s: Floats
    air_temp_c: Floats
    wbgt_c: Floats


def forecast_hours(place: WeatherPlace) -> PlanHours:
    """The service's hours on a grid of whole hours; a missing hour is unknown, not interpolated."""
    at_s = place.hour_at.astype("datetime64[s]").astype(np.int64)
    grid = np.arange(at_s[0], at_s[-1] + 1, HOUR_S) if at_s.size else at_s
    row = (at_s - grid[0]) // HOUR_S if at_s.size else at_s
    columns = {name: np.full(grid.size, np.nan) for name in ("air_temp_c", "wbgt_c")}
    for name, values in columns.items():
        values[row] = place.columns[name]
    return PlanHours(grid.astype(np.float64), **columns)


def runner_hours(
    hours: pl.DataFrame, air: RunnerAir, clock: LocalClock, start_at: datetime, planned_s: float
) -> PlanHours:
    """For a run from `start_at` (aware): medians of the runner's past segments in that month of any year, by hour of day.

    `hours` is the frame of `usual_hours`. All hours are unknown if too few segments lie near the start's hour; a later
    hour with too few segments has the value of the hour before.
    """
    begin = start_at.replace(minute=0, second=0, microsecond=0)
    instants = [begin + timedelta(hours=n) for n in range(int(planned_s // HOUR_S) + 3)]
    segments = _local(hours, clock)
    temps = [_median_c(segments, local_time(instant, clock)) for instant in instants]
    for later in range(1, len(temps)):
        temps[later] = temps[later - 1] if np.isnan(temps[later]) else temps[later]
    temps_c = np.array(temps) if not np.isnan(temps[0]) else np.full(len(temps), np.nan)
    return PlanHours(np.array([instant.timestamp() for instant in instants]), temps_c, _heat_at(temps_c, air))


def with_air(rows: pl.DataFrame, hours: PlanHours, start_at: datetime) -> pl.DataFrame:
    """Plan rows with air temperature and WBGT at each segment's middle, linear between the hours; NULL where unknown."""
    if not hours.at_s.size:
        return rows
    middle_s = start_at.timestamp() + rows["moving_start_s"].to_numpy() + SEGMENT_S / 2
    return rows.with_columns(
        pl.Series(name, np.interp(middle_s, hours.at_s, values, left=np.nan, right=np.nan), nan_to_null=True)
        for name, values in (("air_temp_c", hours.air_temp_c), ("wbgt_c", hours.wbgt_c))
    )


def _local(hours: pl.DataFrame, clock: LocalClock) -> pl.DataFrame:
    """Temperature, month and hour of each past segment on the plan's clock."""
    at = pl.col("middle_at").dt.replace_time_zone("UTC")
    if clock.tz is not None and clock.rule != "file":
        at = at.dt.convert_time_zone(clock.tz)
    found = hours.drop_nulls("air_temp_c")
    hour = at.dt.hour() + at.dt.minute() / 60
    return found.select("air_temp_c", at.dt.month().alias("month"), hour.alias("hour"))


def _median_c(segments: pl.DataFrame, at: datetime | None) -> float:
    """The median temperature (°C) within an hour before or after; NaN with fewer than FEWEST_SEGMENTS segments."""
    if at is None:
        return float("nan")
    away = (pl.col("hour") - at.hour).abs()
    near = segments.filter((pl.col("month") == at.month) & ((away <= 1) | (away >= 23)))
    return float(np.median(near["air_temp_c"].to_numpy())) if near.height >= FEWEST_SEGMENTS else float("nan")


def _heat_at(temps_c: Floats, air: RunnerAir) -> Floats:
    """WBGT (°C) at these air temperatures (°C), shape (n,); NaN where the temperature is unknown."""
    heat_c = np.full(temps_c.shape, np.nan)
    finite = ~np.isnan(temps_c)
    if finite.any():
        heat_c[finite] = air.wbgt_c(temps_c[finite])
    return heat_c
