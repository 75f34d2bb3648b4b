"""Heat of a planned run given as an air temperature: the rest of the air as the runner meets it at such a temperature.

Dew point, wind, sun and pressure are medians over the runner's own segments nearest in temperature: warm air is moister and
sunnier than the year's middle, and one median for all would make warm plans too cool. Called by the plans.
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


class OwnAir:
    """The air of a runner's own segments (frame of `usual_hours`): what to expect at a temperature."""

    def __init__(self, hours: pl.DataFrame) -> None:
        known = hours.drop_nulls(NEEDED)
        self.size = known.height
        self._air = {name: _filled(known, name) for name in (*NEEDED, "direct_wm2", "pressure_hpa")}
        self._cosine = _cosines(known)

    @property
    def known(self) -> bool:
        """Whether there is enough of it to say anything."""
        return self.size >= FEWEST_SEGMENTS

    def wbgt_c(self, air_temp_c: Floats) -> Floats:
        """WBGT (C) at these air temperatures (C), shape (n,); NaN where one is, or without enough own segments."""
        if not self.known:
            return np.full(air_temp_c.shape, np.nan)
        typical = [self._at(float(temp)) for temp in air_temp_c]
        columns = {name: np.array([one[name] for one in typical]) for name in typical[0]} if typical else {}
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


def _filled(known: pl.DataFrame, name: str) -> Floats:
    """A column; unknown pressure is sea level's, an unknown direct beam half of the sun (it moves WBGT by tenths)."""
    values = known[name].cast(pl.Float64).to_numpy().astype(np.float64)
    if name == "pressure_hpa":
        return np.where(np.isnan(values), standard_pressure_hpa(0.0), values)
    if name == "direct_wm2":
        return np.where(np.isnan(values), 0.5 * known["shortwave_wm2"].to_numpy(), values)
    return values


def _cosines(known: pl.DataFrame) -> Floats:
    """The sun's cosine at each segment's middle, in the frame's order."""
    cosine = np.zeros(known.height)
    cells = known["cell"].to_numpy()
    middle_at = known["middle_at"].to_numpy().astype("datetime64[s]")
    for cell in dict.fromkeys(cells.tolist()):
        there = cells == cell
        cosine[there] = cos_zenith(middle_at[there], *cell_centre(str(cell)))
    return cosine
