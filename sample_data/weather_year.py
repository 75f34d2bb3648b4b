"""An invented year of hourly weather for a place, the true WBGT of the simulated runs, and the service's CSV.

Seasons and days are cosines, noise is autoregressive, radiation follows the sun. Called by build.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from sample_data.cohort import Place

Floats = NDArray[np.float64]
FIRST_HOUR = datetime(2025, 10, 30, tzinfo=UTC)
HOURS = 24 * 370
HEADER = (
    "time,temperature_2m (°C),relative_humidity_2m (%),dew_point_2m (°C),precipitation (mm),"
    "wind_speed_10m (m/s),shortwave_radiation (W/m²),direct_radiation (W/m²),surface_pressure (hPa)"
)


@dataclass(frozen=True, slots=True)
class WeatherYear:
    """Hourly columns, each (HOURS,), from FIRST_HOUR on; radiation is the mean of the hour before."""

    air_temp_c: Floats
    rel_humidity_pct: Floats
    dew_point_c: Floats
    precip_mm: Floats
    wind_ms: Floats
    shortwave_wm2: Floats
    direct_wm2: Floats
    pressure_hpa: Floats

    def wbgt_at(self, moments: Floats) -> Floats:
        """Returns WBGT in C at POSIX seconds, linear between hours; the sun of an hour is the mean around it."""
        sun = (self.shortwave_wm2 + np.append(self.shortwave_wm2[1:], 0.0)) / 2.0
        hourly = wbgt_c(self.air_temp_c, self.rel_humidity_pct, self.wind_ms, sun)
        return np.interp(moments, FIRST_HOUR.timestamp() + 3600.0 * np.arange(HOURS), hourly)


def wbgt_c(air_temp_c: Floats, rel_humidity_pct: Floats, wind_ms: Floats, shortwave_wm2: Floats) -> Floats:
    """Outdoor WBGT in C, within 0.9 C of Liljegren's: .7 natural wet bulb + .2 globe + .1 air.

    Wet bulb by Stull (2011); the effect of sun and wind is our fit. Deliberately not the formula of the pipeline: true WBGT
    and WBGT computed from the files may differ a little, as on a real course.
    """
    t, rh = air_temp_c, rel_humidity_pct
    wet = (
        t * np.arctan(0.151977 * np.sqrt(rh + 8.313659))
        + np.arctan(t + rh)
        - np.arctan(rh - 1.676331)
        + 0.00391838 * rh**1.5 * np.arctan(0.023101 * rh)
        - 4.686035
    )
    globe = t + 0.0185 * shortwave_wm2 * (2.0 / np.maximum(wind_ms, 0.5)) ** 0.4
    return np.asarray(0.7 * (wet + 0.0022 * shortwave_wm2) + 0.2 * globe + 0.1 * t)


def simulate_year(place: Place, seed: int) -> WeatherYear:
    """Returns the weather of the year; the same seed gives the same weather, rounded as in the file."""
    rng = np.random.default_rng([seed, 1000 + place.number])
    hour = np.arange(HOURS, dtype=np.float64)
    day_of_year = (FIRST_HOUR.timetuple().tm_yday + hour / 24.0) % 365.0
    solar_hour = (hour + place.longitude / 15.0) % 24.0
    cloud = 1.0 / (1.0 + np.exp(-1.8 * _wander(rng, 0.95) + 0.3))
    season = place.mean_c - place.season_c * np.cos(2 * np.pi * (day_of_year - 20.0) / 365.0)
    season = season + 3.2 * _wander(rng, 0.99)
    swing = place.day_c * (1.2 - 0.7 * cloud) * np.cos(2 * np.pi * (solar_hour - 15.0) / 24.0)
    temp = season + swing
    dew: Floats = np.minimum(season - place.dryness_c + 1.5 * _wander(rng, 0.97), np.minimum(temp - 0.3, 20.0))
    height = _sun_height(place.latitude, day_of_year, solar_hour - 0.5)
    clear = 1050.0 * np.maximum(height, 0.0) ** 1.15
    rain: Floats = np.where((cloud > 0.85) & (rng.random(HOURS) < 0.4), rng.exponential(0.8, HOURS), 0.0)
    return WeatherYear(
        air_temp_c=np.round(temp, 1),
        rel_humidity_pct=np.round(100.0 * _vapour(dew) / _vapour(temp)),
        dew_point_c=np.round(dew, 1),
        precip_mm=np.round(rain, 1),
        wind_ms=np.round(place.wind_ms * np.exp(0.4 * np.clip(_wander(rng, 0.9), -3.0, 3.0) - 0.1), 2),
        shortwave_wm2=np.round(clear * (1.0 - 0.72 * cloud)),
        direct_wm2=np.round(clear * (1.0 - 0.72 * cloud) * 0.85 * (1.0 - cloud)),
        pressure_hpa=np.round(1013.0 * np.exp(-place.elevation_m / 8400.0) + 7.0 * _wander(rng, 0.99), 1),
    )


def service_csv(place: Place, year: WeatherYear) -> str:
    """Returns the year in the layout of the weather service's CSV download, times in UTC."""
    where = f"{place.latitude},{place.longitude},{place.elevation_m},0,GMT,GMT"
    names = "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation"
    times = np.datetime_as_string(np.datetime64(FIRST_HOUR.replace(tzinfo=None), "m") + 60 * np.arange(HOURS))
    columns = [[f"{value:g}" for value in getattr(year, name)] for name in WeatherYear.__slots__]
    rows = [",".join(row) for row in zip(times, *columns, strict=True)]
    return "\n".join([names, where, "", HEADER, *rows]) + "\n"


def _wander(rng: np.random.Generator, memory: float) -> Floats:
    """Returns a first-order autoregression of unit variance, (HOURS,)."""
    steps = rng.normal(0.0, np.sqrt(1.0 - memory**2), HOURS)
    path = np.empty(HOURS)
    level = rng.normal()
    for i, step in enumerate(steps):
        level = memory * level + step
        path[i] = level
    return path


def _sun_height(latitude: float, day_of_year: Floats, solar_hour: Floats) -> Floats:
    """Returns the sine of the sun's elevation, from declination and hour angle."""
    tilt = np.radians(-23.44) * np.cos(2 * np.pi * (day_of_year + 10.0) / 365.0)
    lat = np.radians(latitude)
    turn = np.radians(15.0 * (solar_hour - 12.0))
    return np.asarray(np.sin(lat) * np.sin(tilt) + np.cos(lat) * np.cos(tilt) * np.cos(turn))


def _vapour(temp_c: Floats) -> Floats:
    """Returns the vapour pressure over water in hPa (Magnus)."""
    return np.asarray(6.112 * np.exp(17.62 * temp_c / (243.12 + temp_c)))
