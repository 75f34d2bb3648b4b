"""The sun's place against almanac facts and the geometry of equinox and solstice."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.weather.physics.sun import cos_zenith
from tests.support.weather.sun import solar_elevation_deg


def minutes_of(day: str) -> np.ndarray:
    return np.datetime64(day, "s") + np.arange(1440) * np.timedelta64(60, "s")


def test_equinox_noon_on_the_equator_stands_overhead() -> None:
    assert solar_elevation_deg(minutes_of("2025-03-20"), 0.0, 0.0).max() == pytest.approx(90.0, abs=0.2)


@pytest.mark.parametrize(
    ("latitude", "day", "highest"),
    [
        (51.5, "2025-06-21", 61.94),  # 90 - |51.5 - 23.44|
        (48.2, "2025-12-21", 18.36),  # 90 - (48.2 + 23.44)
        (-33.9, "2025-12-21", 79.54),  # 90 - |33.9 - 23.44|
        (10.0, "2025-06-21", 76.56),  # the sun stands north of the zenith
        (80.0, "2025-12-21", -13.44),  # polar night
    ],
)
def test_solstice_noon_is_as_high_as_the_tilt_says(latitude: float, day: str, highest: float) -> None:
    assert solar_elevation_deg(minutes_of(day), latitude, 15.0).max() == pytest.approx(highest, abs=0.02)


@pytest.mark.parametrize(
    ("day", "noon"),
    [("2025-02-11", "12:14"), ("2025-11-03", "11:44"), ("2025-04-15", "12:00"), ("2025-07-26", "12:07")],
)
def test_noon_at_greenwich_follows_the_equation_of_time(day: str, noon: str) -> None:
    minutes = minutes_of(day)
    highest = minutes[solar_elevation_deg(minutes, 51.48, 0.0).argmax()]
    assert abs(highest - np.datetime64(f"{day}T{noon}", "s")) <= np.timedelta64(60, "s")


@pytest.mark.parametrize("moment", ["2025-06-21T03:43", "2025-06-21T20:21"])
def test_london_almanac_sunrise_and_sunset_put_the_sun_on_the_horizon(moment: str) -> None:
    # Almanacs count the rim with refraction: the centre then stands 0.83 degrees under the horizon.
    elevation = solar_elevation_deg(np.array([moment], "datetime64[s]"), 51.507, -0.128)
    assert elevation[0] == pytest.approx(-0.83, abs=0.15)


@pytest.mark.parametrize("latitude", [-60.0, -30.0, 0.0, 45.0, 60.0])
def test_on_the_equinox_the_day_is_half_of_the_day(latitude: float) -> None:
    up = solar_elevation_deg(minutes_of("2025-03-20"), latitude, 0.0) > 0.0
    assert up.mean() == pytest.approx(0.5, abs=0.003)


def test_fifteen_degrees_east_are_an_hour_earlier() -> None:
    minutes = minutes_of("2025-05-02")
    later = cos_zenith(minutes + np.timedelta64(3600, "s"), 40.0, 0.0)
    np.testing.assert_allclose(cos_zenith(minutes, 40.0, 15.0), later, atol=3e-4)


def test_cosine_of_zenith_is_sine_of_elevation() -> None:
    minutes = minutes_of("2025-08-01")
    sine = np.sin(np.radians(solar_elevation_deg(minutes, -20.0, 100.0)))
    np.testing.assert_allclose(cos_zenith(minutes, -20.0, 100.0), sine, atol=1e-9)
