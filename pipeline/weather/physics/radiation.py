"""From hourly means of sunshine to the radiation of the hour's own instant. Called by heat.py.

Temperature, humidity and wind are of the instant H; the radiation a service writes at H is the mean of (H-1,
H] and so belongs to H-30 min. The store keeps that mean; only WBGT needs the radiation of H itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from thermofeel.approximations import earth_sun_distance_factor

from pipeline.weather.physics.sun import cos_zenith

Instants = NDArray[np.datetime64]
Floats = NDArray[np.float64]

HOUR = np.timedelta64(3600, "s")
SUN_DOWN = 0.00873  # cosine of 89.5 degrees: at or under it thermofeel, too, takes the sun as down
SOLAR_CONSTANT_WM2 = 1367.0  # Liljegren's value, as his formula for the direct share needs it
CLEAREST = 0.85  # Liljegren's limit on surface radiation as a share of what arrives above the air


def radiation_on_the_hour(
    hour_at: Instants, latitude: float, longitude: float, shortwave_wm2: Floats, direct_wm2: Floats
) -> tuple[Floats, Floats]:
    """Shortwave (W/m²) at each hour's instant and the direct beam's share of it, shape (n_hours,).

    The two means that touch H (written at H and at H+1) over the mean cosine of the zenith angle in the same
    two hours say how clear the sky was; that times the cosine at H is the radiation of H. (A mean fed in with
    the sun of another moment makes the beam absurd at sunrise: Kong and Huber 2022,
    doi:10.1029/2021EF002334.) Where one of the two means is unknown the other serves alone. Sun down: 0,
    whatever the file holds or lacks. Direct unknown: its share is Liljegren's estimate. `hour_at` ascends;
    the arguments are hourly means as services write them.
    """
    cosine = cos_zenith(hour_at, latitude, longitude)
    sunshine = _mean_cosine_of_hour_before(hour_at, latitude, longitude)
    above_air = SOLAR_CONSTANT_WM2 * _sun_distance_factor(hour_at)
    seen = _sum_around(hour_at, np.where(np.isnan(shortwave_wm2), np.nan, sunshine))
    clearness = np.minimum(_ratio(_sum_around(hour_at, shortwave_wm2), seen) / above_air, CLEAREST)
    share = _direct_share(hour_at, shortwave_wm2, direct_wm2, clearness)
    up = cosine > SUN_DOWN
    return np.where(up, clearness * above_air * cosine, 0.0), np.where(up, share, 0.0)


def direct_share_of_clearness(clearness: Floats) -> Floats:
    """The direct beam's share, from the part of the radiation above the air that arrives (Liljegren 2008)."""
    clear = np.where(clearness > 0.0, clearness, np.nan)
    share = np.clip(np.exp(3.0 - 1.34 * clear - 1.65 / clear), 0.0, 0.9)
    return np.where(clearness == 0.0, 0.0, share)


def _direct_share(hour_at: Instants, shortwave_wm2: Floats, direct_wm2: Floats, clearness: Floats) -> Floats:
    """Direct over shortwave of the two hours that touch each H; estimated where no direct one is written."""
    shortwave = np.where(np.isnan(direct_wm2), np.nan, shortwave_wm2)
    direct = np.where(np.isnan(shortwave_wm2), np.nan, direct_wm2)
    written = _ratio(_sum_around(hour_at, direct), _sum_around(hour_at, shortwave))
    return np.where(np.isnan(written), direct_share_of_clearness(clearness), np.clip(written, 0.0, 1.0))


def _mean_cosine_of_hour_before(hour_at: Instants, latitude: float, longitude: float) -> Floats:
    """Mean cosine of the zenith angle over (H-1, H], 0 while the sun is down, by the middles of quarters."""
    quarters = np.array([-3150, -2250, -1350, -450]).astype("timedelta64[s]")
    moments = hour_at[:, None] + quarters[None, :]
    sunny = np.maximum(cos_zenith(moments, latitude, longitude), 0.0)
    return np.asarray(sunny.mean(axis=1), dtype=np.float64)


def _sum_around(hour_at: Instants, of_hour_before: Floats) -> Floats:
    """What is known of the hour before H plus what is known of the hour after it; NaN where neither is."""
    after = np.full(of_hour_before.shape, np.nan)
    follows = np.diff(hour_at) == HOUR
    after[:-1][follows] = of_hour_before[1:][follows]
    both = np.stack([of_hour_before, after])
    return np.where(np.isnan(both).all(axis=0), np.nan, np.nansum(both, axis=0))


def _ratio(part: Floats, whole: Floats) -> Floats:
    """`part / whole`, NaN where the whole is nothing (no sun) or unknown."""
    some = np.where(whole > 0.0, whole, np.nan)
    return part / some


def _sun_distance_factor(hour_at: Instants) -> Floats:
    """How much stronger than on average the sun shines that day (0.967 to 1.035), by its distance."""
    day_of_year = (hour_at - hour_at.astype("datetime64[Y]")) / np.timedelta64(1, "D") + 1.0
    return np.asarray(earth_sun_distance_factor(day_of_year), dtype=np.float64)
