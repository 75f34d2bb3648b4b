"""The air along a planned run: hours as forecast, or as the runner's own runs had them, laid under its segments.

Called by the action behind `cramplog risk`. Hours of a plan are no weather that was: nothing here is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.design import SEGMENT_S
from pipeline.actions.risk.usual_air import FEWEST_SEGMENTS, OwnAir
from pipeline.weather.clock import LocalClock, local_time
from pipeline.weather.place import WeatherPlace

Floats = NDArray[np.float64]
HOUR_S = 3600


@dataclass(frozen=True, slots=True, eq=False)
class PlanHours:
    """Hours of air, ascending and without a gap: seconds since 1970 (n_hours,), °C, NaN where unknown."""

    at_s: Floats
    air_temp_c: Floats
    wbgt_c: Floats


def forecast_hours(place: WeatherPlace) -> PlanHours:
    """The service's hours on a grid of whole hours: one it left out is unknown, not bridged."""
    at_s = place.hour_at.astype("datetime64[s]").astype(np.int64)
    grid = np.arange(at_s[0], at_s[-1] + 1, HOUR_S) if at_s.size else at_s
    row = (at_s - grid[0]) // HOUR_S if at_s.size else at_s
    columns = {name: np.full(grid.size, np.nan) for name in ("air_temp_c", "wbgt_c")}
    for name, values in columns.items():
        values[row] = place.columns[name]
    return PlanHours(grid.astype(np.float64), **columns)


def own_hours(hours: pl.DataFrame, air: OwnAir, clock: LocalClock, start_at: datetime, planned_s: float) -> PlanHours:
    """For a run from `start_at` (aware): medians of the runner's own segments in that month of any year, by hour of day.

    `hours` is the frame of `usual_hours`. Unknown throughout when the start's hour is one the runner has hardly run in;
    a later such hour is taken to be like the one before.
    """
    begin = start_at.replace(minute=0, second=0, microsecond=0)
    instants = [begin + timedelta(hours=n) for n in range(int(planned_s // HOUR_S) + 3)]
    own = _local(hours, clock)
    temps = [_median_c(own, local_time(instant, clock)) for instant in instants]
    for later in range(1, len(temps)):
        temps[later] = temps[later - 1] if np.isnan(temps[later]) else temps[later]
    known = np.array(temps) if not np.isnan(temps[0]) else np.full(len(temps), np.nan)
    return PlanHours(np.array([instant.timestamp() for instant in instants]), known, _heat_at(known, air))


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
    """Temperature, month and hour of each own segment on the plan's clock."""
    at = pl.col("middle_at").dt.replace_time_zone("UTC")
    if clock.tz is not None and clock.rule != "file":
        at = at.dt.convert_time_zone(clock.tz)
    found = hours.drop_nulls("air_temp_c")
    hour = at.dt.hour() + at.dt.minute() / 60
    return found.select("air_temp_c", at.dt.month().alias("month"), hour.alias("hour"))


def _median_c(own: pl.DataFrame, at: datetime | None) -> float:
    """The median within an hour to either side; NaN under so many segments."""
    if at is None:
        return float("nan")
    away = (pl.col("hour") - at.hour).abs()
    near = own.filter((pl.col("month") == at.month) & ((away <= 1) | (away >= 23)))
    return float(np.median(near["air_temp_c"].to_numpy())) if near.height >= FEWEST_SEGMENTS else float("nan")


def _heat_at(temps: Floats, air: OwnAir) -> Floats:
    heat = np.full(temps.shape, np.nan)
    known = ~np.isnan(temps)
    if known.any():
        heat[known] = air.wbgt_c(temps[known])
    return heat
