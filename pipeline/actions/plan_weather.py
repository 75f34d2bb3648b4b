"""Heat of a planned run given as an air temperature: the rest of the air as the runner usually meets it.

Dew point, wind, sun and pressure are the medians over the runner's own segments with weather. Called by the plans.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.weather.cells import cell_centre
from pipeline.weather.heat import Moments, rel_humidity_pct, standard_pressure_hpa, wbgt_c
from pipeline.weather.sun import cos_zenith


@dataclass(frozen=True, slots=True)
class UsualAir:
    """Medians over the runner's own segments; the cosine is that of the sun's zenith angle, 0 by night."""

    dew_point_c: float
    wind_ms: float
    shortwave_wm2: float
    direct_share: float
    pressure_hpa: float
    cosine: float


def usual_air(hours: pl.DataFrame) -> UsualAir | None:
    """The runner's usual air from the frame of `usual_hours`; None without any weather."""
    known = hours.drop_nulls(["dew_point_c", "wind_ms", "shortwave_wm2"])
    if known.is_empty():
        return None
    sun = known.filter(pl.col("shortwave_wm2") > 0)
    share = (sun["direct_wm2"] / sun["shortwave_wm2"]).drop_nulls()
    return UsualAir(
        dew_point_c=_median(known["dew_point_c"], 0.0),
        wind_ms=_median(known["wind_ms"], 0.0),
        shortwave_wm2=_median(known["shortwave_wm2"], 0.0),
        direct_share=min(_median(share, 0.0), 1.0),
        pressure_hpa=_median(known["pressure_hpa"].drop_nulls(), standard_pressure_hpa(0.0)),
        cosine=max(float(np.median(_cosines(known))), 0.0),
    )


def wbgt_at(air: UsualAir, air_temp_c: NDArray[np.float64]) -> NDArray[np.float64]:
    """WBGT (C) at these air temperatures (C), shape (n,), in the runner's usual air. Dew point never above the air's."""

    def same(value: float) -> NDArray[np.float64]:
        return np.full(air_temp_c.shape, value)

    humidity = rel_humidity_pct(air_temp_c, np.minimum(air.dew_point_c, air_temp_c))
    return wbgt_c(
        Moments(
            air_temp_c=air_temp_c,
            rel_humidity_pct=humidity,
            pressure_hpa=same(air.pressure_hpa),
            wind_ms=same(air.wind_ms),
            shortwave_wm2=same(air.shortwave_wm2),
            direct_share=same(air.direct_share),
            cosine=same(air.cosine),
        )
    )


def _cosines(known: pl.DataFrame) -> NDArray[np.float64]:
    parts = [
        cos_zenith(of_cell["middle_at"].to_numpy().astype("datetime64[s]"), *cell_centre(str(cell)))
        for (cell,), of_cell in known.group_by(["cell"], maintain_order=True)
    ]
    return np.concatenate(parts)


def _median(values: pl.Series, otherwise: float) -> float:
    return float(np.median(values.to_numpy())) if values.len() else otherwise
