"""Heat as a runner meets it: dew point, humidity, and wet-bulb globe temperature (WBGT) per weather hour.

Called by checked.py once per place of a weather file. The physics of WBGT is ECMWF's thermofeel (Liljegren et
al. 2008), which works in kelvin; here everything is in the units of the column names. NaN in, NaN out.
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
DRIEST_PCT = 0.5  # the service writes whole percents: its 0 is "under a half", and the logarithm needs a number

# Magnus over water, Alduchov and Eskridge (1996), doi:10.1175/1520-0450(1996)035<0601:IMFAOS>2.0.CO;2.
# thermofeel's two functions use different constants, so there and back would not give the same humidity.
_MAGNUS_A, _MAGNUS_B_C = 17.625, 243.04


def dew_point_c(air_temp_c: Floats, rel_humidity_pct: Floats) -> Floats:
    """Dew point (°C) of air at this temperature and relative humidity (%)."""
    share = np.maximum(rel_humidity_pct, DRIEST_PCT) / 100.0
    gamma = np.log(share) + _MAGNUS_A * air_temp_c / (_MAGNUS_B_C + air_temp_c)
    return _MAGNUS_B_C * gamma / (_MAGNUS_A - gamma)


def rel_humidity_pct(air_temp_c: Floats, dew_point_c: Floats) -> Floats:
    """Relative humidity (%, at most 100) of air at this temperature with this dew point."""
    exponent = _MAGNUS_A * dew_point_c / (_MAGNUS_B_C + dew_point_c)
    exponent -= _MAGNUS_A * air_temp_c / (_MAGNUS_B_C + air_temp_c)
    return np.minimum(100.0 * np.exp(exponent), 100.0)


def standard_pressure_hpa(elevation_m: float) -> float:
    """Air pressure (hPa) of the ICAO standard atmosphere at a height; used where a file holds no pressure."""
    return float(1013.25 * (1.0 - 2.25577e-5 * elevation_m) ** 5.25588)


@dataclass(frozen=True, slots=True)
class Moments:
    """What WBGT needs to know of n moments, each float64 of shape (n,), NaN where unknown.

    Wind is at 10 m. Radiation is of the very moment whose sun `cosine` (of the zenith angle) describes;
    `direct_share` is the direct beam's part of it, 0 to 1.
    """

    air_temp_c: Floats
    rel_humidity_pct: Floats
    pressure_hpa: Floats
    wind_ms: Floats
    shortwave_wm2: Floats
    direct_share: Floats
    cosine: Floats

    def known(self) -> NDArray[np.bool_]:
        """Where nothing is missing, shape (n,)."""
        missing = np.isnan(np.stack([getattr(self, one.name) for one in fields(self)]))
        return np.asarray(~missing.any(axis=0), dtype=bool)


def moments_of_hours(
    hour_at: Instants,
    latitude: float,
    longitude: float,
    elevation_m: float | None,
    columns: dict[str, Floats],
) -> Moments:
    """The hours of a weather file as moments, shape (n_hours,). `hour_at` ascends (UTC).

    `columns` holds weather columns with radiation as hourly means. By night no radiation is needed: it is 0.
    Without pressure the standard atmosphere at `elevation_m` (sea level when unknown) stands in: 100 hPa move
    WBGT by tenths.
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
    """Outdoor WBGT (°C), shape (n,), by Liljegren et al. (2008), doi:10.1080/15459620802310770.

    NaN where an input is NaN, and where the energy balance finds no solution: 1 to 2 of 10,000 random rows, most of them
    storms in deep frost.
    """
    # A row of NaN never converges and would keep all others iterating to the cap: only known rows go in.
    known = moments.known()
    wbgt = np.full(known.shape, np.nan)
    if known.any():
        wbgt[known] = _wbgt_of_known_c(moments, known)
    return wbgt


def _wbgt_of_known_c(moments: Moments, known: NDArray[np.bool_]) -> Floats:
    with np.errstate(invalid="ignore"):  # a row on its way to no solution takes a root of something negative
        kelvin = calculate_wbgt_liljegren(
            t2_k=moments.air_temp_c[known] + KELVIN,
            rh=moments.rel_humidity_pct[known],
            pressure=moments.pressure_hpa[known],
            va=moments.wind_ms[known],
            ssrd=moments.shortwave_wm2[known],
            fdir=moments.direct_share[known],
            cossza=moments.cosine[known],
        )
    return np.asarray(kelvin, dtype=np.float64) - KELVIN
