"""Converts hourly means of radiation to the radiation at the full hour. Called by heat.py.

Temperature, humidity and wind at H are those of the instant H. Radiation at H is the mean over (H-1, H], so it belongs to
H-30 min. The store holds that mean; only WBGT needs the radiation at H itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from thermofeel.approximations import earth_sun_distance_factor

from pipeline.weather.physics.sun import cos_zenith

Instants = NDArray[np.datetime64]
Floats = NDArray[np.float64]

HOUR = np.timedelta64(3600, "s")
SUN_DOWN = 0.00873  # cosine of 89.5 degrees; thermofeel, too, treats the sun as down up to this value
SOLAR_CONSTANT_WM2 = 1367.0  # Liljegren's value, which belongs to his formula for the direct share
CLEAREST = 0.85  # Liljegren's upper limit of surface radiation as a share of the radiation above the atmosphere


def radiation_on_the_hour(
    hour_at: Instants, latitude: float, longitude: float, shortwave_wm2: Floats, direct_wm2: Floats
) -> tuple[Floats, Floats]:
    """Returns shortwave radiation (W/m²) at each full hour and the share of the direct beam in it, shape (n_hours,).

    Clearness of the sky: the two means next to H (those at H and at H+1) over the mean cosine of the zenith angle in the
    same two hours. Clearness times the cosine at H gives the radiation at H. (A mean combined with the sun of another moment
    gives an absurd beam at sunrise: Kong and Huber 2022, doi:10.1029/2021EF002334.) If one of the two means is unknown,
    only the second one is used. If the sun is down, both results are 0, even if the file has no value. If direct radiation
    is unknown, its share is Liljegren's estimate. `hour_at` ascends; the other arguments are hourly means.
    """
    cosine = cos_zenith(hour_at, latitude, longitude)
    sunshine = _mean_cosine_of_hour_before(hour_at, latitude, longitude)
    above_atmosphere = SOLAR_CONSTANT_WM2 * _sun_distance_factor(hour_at)
    seen = _sum_around(hour_at, np.where(np.isnan(shortwave_wm2), np.nan, sunshine))
    clearness = np.minimum(_ratio(_sum_around(hour_at, shortwave_wm2), seen) / above_atmosphere, CLEAREST)
    share = _direct_share(hour_at, shortwave_wm2, direct_wm2, clearness)
    up = cosine > SUN_DOWN
    return np.where(up, clearness * above_atmosphere * cosine, 0.0), np.where(up, share, 0.0)


def direct_share_of_clearness(clearness: Floats) -> Floats:
    """Returns the share of the direct beam, from clearness: surface over top-of-atmosphere radiation (Liljegren 2008)."""
    clear = np.where(clearness > 0.0, clearness, np.nan)
    share = np.clip(np.exp(3.0 - 1.34 * clear - 1.65 / clear), 0.0, 0.9)
    return np.where(clearness == 0.0, 0.0, share)


def _direct_share(hour_at: Instants, shortwave_wm2: Floats, direct_wm2: Floats, clearness: Floats) -> Floats:
    """Returns direct over shortwave radiation of the two hours next to each H; estimated if direct is unknown."""
    shortwave = np.where(np.isnan(direct_wm2), np.nan, shortwave_wm2)
    direct = np.where(np.isnan(shortwave_wm2), np.nan, direct_wm2)
    written = _ratio(_sum_around(hour_at, direct), _sum_around(hour_at, shortwave))
    return np.where(np.isnan(written), direct_share_of_clearness(clearness), np.clip(written, 0.0, 1.0))


def _mean_cosine_of_hour_before(hour_at: Instants, latitude: float, longitude: float) -> Floats:
    """Returns the mean cosine of the zenith angle over (H-1, H], 0 while the sun is down, from the middles of quarters."""
    quarters = np.array([-3150, -2250, -1350, -450]).astype("timedelta64[s]")
    moments = hour_at[:, None] + quarters[None, :]
    sunny = np.maximum(cos_zenith(moments, latitude, longitude), 0.0)
    return np.asarray(sunny.mean(axis=1), dtype=np.float64)


def _sum_around(hour_at: Instants, of_hour_before: Floats) -> Floats:
    """Returns the sum of the hour before H and the hour after it, ignoring an unknown one; NaN if both are unknown."""
    after = np.full(of_hour_before.shape, np.nan)
    follows = np.diff(hour_at) == HOUR
    after[:-1][follows] = of_hour_before[1:][follows]
    both = np.stack([of_hour_before, after])
    return np.where(np.isnan(both).all(axis=0), np.nan, np.nansum(both, axis=0))


def _ratio(part: Floats, total: Floats) -> Floats:
    """Returns `part / total`, NaN where the total is 0 (no sun) or unknown."""
    return part / np.where(total > 0.0, total, np.nan)


def _sun_distance_factor(hour_at: Instants) -> Floats:
    """Returns the sun's strength that day relative to its mean (0.967 to 1.035), from its distance."""
    day_of_year = (hour_at - hour_at.astype("datetime64[Y]")) / np.timedelta64(1, "D") + 1.0
    return np.asarray(earth_sun_distance_factor(day_of_year), dtype=np.float64)
