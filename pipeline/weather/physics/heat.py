"""Heat stress of a weather hour: dew point, humidity, and wet-bulb globe temperature (WBGT).

Called by checked.py once per place of a weather file. WBGT is computed by ECMWF's thermofeel (Liljegren et al. 2008) in
kelvin; arguments and results here have the units in their names. NaN in, NaN out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from thermofeel import calculate_wbgt_liljegren

from pipeline.weather.physics.radiation import radiation_on_the_hour
from pipeline.weather.physics.sun import cos_zenith

Instants = NDArray[np.datetime64]
Floats = NDArray[np.float64]

KELVIN = 273.15
DRIEST_PCT = 0.5  # the service rounds to whole percents: 0 means under 0.5, and the logarithm needs a positive number

# Magnus over water, Alduchov and Eskridge (1996), doi:10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2.
# Not thermofeel's: its two functions use different constants, so that both ways do not give the same humidity again.
_MAGNUS_A, _MAGNUS_B_C = 17.625, 243.04


def dew_point_c(air_temp_c: Floats, rel_humidity_pct: Floats) -> Floats:
    """Returns the dew point (°C) of air at this temperature and relative humidity (%)."""
    share = np.maximum(rel_humidity_pct, DRIEST_PCT) / 100.0
    gamma = np.log(share) + _MAGNUS_A * air_temp_c / (_MAGNUS_B_C + air_temp_c)
    return _MAGNUS_B_C * gamma / (_MAGNUS_A - gamma)


def rel_humidity_pct(air_temp_c: Floats, dew_point_c: Floats) -> Floats:
    """Returns the relative humidity (%, at most 100) of air at this temperature with this dew point."""
    exponent = _MAGNUS_A * dew_point_c / (_MAGNUS_B_C + dew_point_c)
    exponent -= _MAGNUS_A * air_temp_c / (_MAGNUS_B_C + air_temp_c)
    return np.minimum(100.0 * np.exp(exponent), 100.0)


def standard_pressure_hpa(elevation_m: float) -> float:
    """Returns the air pressure (hPa) of the ICAO standard atmosphere at a height; used if a file has no pressure."""
    return float(1013.25 * (1.0 - 2.25577e-5 * elevation_m) ** 5.25588)


@dataclass(frozen=True, slots=True)
class Moments:
    """The inputs of WBGT at n moments, each float64 of shape (n,), NaN where unknown.

    Wind is at 10 m. Radiation is that of the moment itself, with `cosine` of the sun's zenith angle. `direct_share` is the
    share of the direct beam in it, 0 to 1.
    """

    air_temp_c: Floats
    rel_humidity_pct: Floats
    pressure_hpa: Floats
    wind_ms: Floats
    shortwave_wm2: Floats
    direct_share: Floats
    cosine: Floats

    def complete(self) -> NDArray[np.bool_]:
        """Returns True where no input is missing, shape (n,)."""
        missing = np.isnan(np.stack([getattr(self, field.name) for field in fields(self)]))
        return np.asarray(~missing.any(axis=0), dtype=bool)


def moments_of_hours(
    hour_at: Instants,
    latitude: float,
    longitude: float,
    elevation_m: float | None,
    columns: dict[str, Floats],
) -> Moments:
    """Returns the hours of a weather file as moments, shape (n_hours,). `hour_at` ascends (UTC).

    `columns` holds weather columns with radiation as hourly means. At night radiation is 0 and may be missing. Missing
    pressure is that of the standard atmosphere at `elevation_m` (sea level if unknown): 100 hPa change WBGT by tenths.
    """
    shortwave, direct_share = radiation_on_the_hour(
        hour_at, latitude, longitude, columns["shortwave_wm2"], columns["direct_wm2"]
    )
    pressure = columns["pressure_hpa"]
    return Moments(
        air_temp_c=columns["air_temp_c"],
        rel_humidity_pct=np.maximum(columns["rel_humidity_pct"], DRIEST_PCT),
        pressure_hpa=np.where(np.isnan(pressure), standard_pressure_hpa(elevation_m or 0.0), pressure),
        wind_ms=columns["wind_ms"],
        shortwave_wm2=shortwave,
        direct_share=direct_share,
        cosine=cos_zenith(hour_at, latitude, longitude),
    )


def wbgt_c(moments: Moments) -> Floats:
    """Returns outdoor WBGT (°C), shape (n,), by Liljegren et al. (2008), doi:10.1080/15459620802310770.

    NaN where an input is NaN, and where the energy balance has no solution: 1 to 2 of 10,000 random rows, most of them
    storms in deep frost.
    """
    # A row of NaN never converges and would make all rows iterate to the limit: only complete rows are passed.
    complete = moments.complete()
    wbgt = np.full(complete.shape, np.nan)
    if complete.any():
        wbgt[complete] = _wbgt_of_rows_c(moments, complete)
    return wbgt


def _wbgt_of_rows_c(moments: Moments, rows: NDArray[np.bool_]) -> Floats:
    with np.errstate(invalid="ignore"):  # a row without solution takes the root of a negative number
        kelvin = calculate_wbgt_liljegren(
            t2_k=moments.air_temp_c[rows] + KELVIN,
            rh=moments.rel_humidity_pct[rows],
            pressure=moments.pressure_hpa[rows],
            va=moments.wind_ms[rows],
            ssrd=moments.shortwave_wm2[rows],
            fdir=moments.direct_share[rows],
            cossza=moments.cosine[rows],
        )
    return np.asarray(kelvin, dtype=np.float64) - KELVIN
