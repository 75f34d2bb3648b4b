"""The heat (WBGT) of a planned run from its air temperature alone, with the other weather that the runner usually meets then.

Dew point, wind, sun and pressure are medians over the runner's past segments nearest in temperature. Warm air is moister and
sunnier than the average of the year, so medians over all segments would make warm plans too cool. Called by the plans.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.weather.cells import cell_centre
from pipeline.weather.physics.heat import Moments, rel_humidity_pct, standard_pressure_hpa, wbgt_c
from pipeline.weather.physics.sun import cos_zenith

Floats = NDArray[np.float64]

NEAREST_SHARE = 0.2
FEWEST_SEGMENTS = 12
NEEDED = ["air_temp_c", "dew_point_c", "wind_ms", "shortwave_wm2"]


class RunnerAir:
    """The air of a runner's past segments (frame of `usual_hours`): what to expect at a temperature."""

    def __init__(self, hours: pl.DataFrame) -> None:
        complete = hours.drop_nulls(NEEDED)
        self.size = complete.height
        self._air = {name: _filled(complete, name) for name in (*NEEDED, "direct_wm2", "pressure_hpa")}
        self._cosine = _cosines(complete)

    @property
    def sufficient(self) -> bool:
        """True if there are enough segments to estimate the air."""
        return self.size >= FEWEST_SEGMENTS

    def wbgt_c(self, air_temp_c: Floats) -> Floats:
        """WBGT (°C) at these air temperatures (°C), shape (n,); NaN where a temperature is NaN or segments are too few."""
        if not self.sufficient:
            return np.full(air_temp_c.shape, np.nan)
        typical = [self._at(float(temp)) for temp in air_temp_c]
        columns = {name: np.array([air[name] for air in typical]) for name in typical[0]} if typical else {}
        dew_point = np.minimum(columns.pop("dew_point_c"), air_temp_c)
        humidity = rel_humidity_pct(air_temp_c, dew_point)
        return wbgt_c(Moments(air_temp_c=air_temp_c, rel_humidity_pct=humidity, **columns))

    def _at(self, temp_c: float) -> dict[str, float]:
        """Medians over the fifth of the segments nearest in temperature."""
        count = max(FEWEST_SEGMENTS, round(NEAREST_SHARE * self.size))
        nearest = np.argsort(np.abs(self._air["air_temp_c"] - temp_c), kind="stable")[:count]
        air = {name: float(np.nanmedian(values[nearest])) for name, values in self._air.items()}
        sun = air["shortwave_wm2"]
        return {
            "dew_point_c": air["dew_point_c"],
            "wind_ms": air["wind_ms"],
            "shortwave_wm2": sun,
            "direct_share": min(air["direct_wm2"] / sun, 1.0) if sun > 0 else 0.0,
            "pressure_hpa": air["pressure_hpa"],
            "cosine": max(float(np.median(self._cosine[nearest])), 0.0),
        }


def _filled(segments: pl.DataFrame, name: str) -> Floats:
    """A column; unknown pressure is set to sea level's, an unknown direct beam to half of the sun (changes WBGT by tenths)."""
    values = segments[name].cast(pl.Float64).to_numpy().astype(np.float64)
    if name == "pressure_hpa":
        return np.where(np.isnan(values), standard_pressure_hpa(0.0), values)
    if name == "direct_wm2":
        return np.where(np.isnan(values), 0.5 * segments["shortwave_wm2"].to_numpy(), values)
    return values


def _cosines(segments: pl.DataFrame) -> Floats:
    """The cosine of the sun's zenith angle at each segment's middle, in the frame's order."""
    cosine = np.zeros(segments.height)
    cells = segments["cell"].to_numpy()
    middle_at = segments["middle_at"].to_numpy().astype("datetime64[s]")
    for cell in dict.fromkeys(cells.tolist()):
        in_cell = cells == cell
        cosine[in_cell] = cos_zenith(middle_at[in_cell], *cell_centre(str(cell)))
    return cosine
