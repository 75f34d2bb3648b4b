"""Dew point, radiation and WBGT: published numbers first, then laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.weather.physics.heat import (
    Moments,
    dew_point_c,
    moments_of_hours,
    rel_humidity_pct,
    standard_pressure_hpa,
    wbgt_c,
)
from pipeline.weather.physics.radiation import direct_share_of_clearness, radiation_on_the_hour
from pipeline.weather.physics.sun import cos_zenith

VIENNA, HOUSTON = (48.2, 16.37), (29.76, -95.37)

# at, place, air °C, humidity %, wind m/s, shortwave W/m², pressure hPa, the sun's strength that day
# (Spencer 1971), WBGT by Liljegren's own C program, WBGT by thermofeel 2.3 with his direct share.
LILJEGREN = [
    ("2025-07-15T12:00", VIENNA, 30.0, 50.0, 2.0, 800.0, 995.0, 0.9674, 28.84, 29.10),
    ("2025-07-15T16:00", VIENNA, 27.0, 60.0, 3.0, 300.0, 995.0, 0.9674, 24.85, 25.00),
    ("2025-07-15T23:00", VIENNA, 22.0, 80.0, 1.5, 0.0, 995.0, 0.9674, 19.93, 19.98),
    ("2025-01-15T11:00", VIENNA, 2.0, 80.0, 4.0, 200.0, 1000.0, 1.0340, 2.49, 2.61),
    ("2025-06-21T19:00", HOUSTON, 34.0, 60.0, 2.0, 900.0, 1012.0, 0.9675, 33.82, 34.07),
]


@pytest.mark.parametrize(
    ("at", "place", "air", "humidity", "wind", "sun", "pressure", "strength", "by_c", "by_thermofeel"),
    LILJEGREN,
)
def test_wbgt_is_liljegrens(
    at: str,
    place: tuple[float, float],
    air: float,
    humidity: float,
    wind: float,
    sun: float,
    pressure: float,
    strength: float,
    by_c: float,
    by_thermofeel: float,
) -> None:
    cosine = cos_zenith(np.array([at], "datetime64[s]"), *place)
    clearness = np.clip(sun / (1367.0 * strength * np.maximum(cosine, 0.01)), 0.0, 0.85)
    inputs = (air, humidity, pressure, wind, sun)
    share = direct_share_of_clearness(clearness)
    wbgt = wbgt_c(Moments(*(np.array([value]) for value in inputs), direct_share=share, cosine=cosine))
    assert wbgt[0] == pytest.approx(by_thermofeel, abs=0.01)
    assert wbgt[0] == pytest.approx(by_c, abs=0.3)


@pytest.mark.parametrize(
    ("air", "humidity", "dew"),
    [(20.0, 50.0, 9.3), (30.0, 60.0, 21.4), (35.0, 20.0, 8.7), (0.0, 100.0, 0.0), (-10.0, 70.0, -14.4)],
)
def test_dew_point_is_the_psychrometric_tables(air: float, humidity: float, dew: float) -> None:
    assert dew_point_c(np.array([air]), np.array([humidity]))[0] == pytest.approx(dew, abs=0.1)


def test_humidity_and_dew_point_go_there_and_back() -> None:
    air, humidity = np.meshgrid(np.arange(-30.0, 50.0, 5.0), np.arange(1.0, 101.0, 3.0))
    np.testing.assert_allclose(rel_humidity_pct(air, dew_point_c(air, humidity)), humidity, rtol=1e-9)


def test_humidity_written_as_0_still_has_a_dew_point() -> None:
    dew = dew_point_c(np.array([40.0]), np.array([0.0]))
    assert -40.0 < dew[0] < -25.0


def test_a_dew_point_over_the_temperature_is_saturation() -> None:
    assert rel_humidity_pct(np.array([10.0]), np.array([10.3]))[0] == 100.0


@pytest.mark.parametrize(("height", "pressure"), [(0.0, 1013.25), (1000.0, 898.76), (2000.0, 794.96)])
def test_standard_pressure_is_the_icao_atmosphere(height: float, pressure: float) -> None:
    assert standard_pressure_hpa(height) == pytest.approx(pressure, abs=0.1)


def random_moments(n: int = 1000) -> Moments:
    rng = np.random.default_rng(20250715)
    cosine = rng.uniform(0.1, 1.0, n)
    return Moments(
        air_temp_c=rng.uniform(-10.0, 42.0, n),
        rel_humidity_pct=rng.uniform(5.0, 85.0, n),
        pressure_hpa=rng.uniform(800.0, 1030.0, n),
        wind_ms=rng.uniform(0.0, 12.0, n),
        shortwave_wm2=cosine * rng.uniform(50.0, 700.0, n),
        direct_share=rng.uniform(0.0, 0.9, n),
        cosine=cosine,
    )


SOLVER_C = 0.1  # thermofeel stops iterating at steps of 0.02 K


def test_wbgt_rises_with_humidity() -> None:
    moments = random_moments()
    wetter = replace(moments, rel_humidity_pct=moments.rel_humidity_pct + 15.0)
    assert np.nanmin(wbgt_c(wetter) - wbgt_c(moments)) > -SOLVER_C
    warm = moments.air_temp_c > 20.0
    assert np.nanmin((wbgt_c(wetter) - wbgt_c(moments))[warm]) > 0.5


def test_wbgt_rises_with_the_sun() -> None:
    moments = random_moments()
    sunnier = replace(moments, shortwave_wm2=moments.shortwave_wm2 + 400.0 * moments.cosine)
    assert np.nanmin((wbgt_c(sunnier) - wbgt_c(moments))[moments.cosine > 0.3]) > 0.0


def test_wbgt_rises_with_temperature() -> None:
    moments = random_moments()
    warmer = replace(moments, air_temp_c=moments.air_temp_c + 3.0)
    assert np.nanmin(wbgt_c(warmer) - wbgt_c(moments)) > 1.0


def test_wbgt_lies_between_dew_point_and_a_sunlit_globe() -> None:
    moments = random_moments()
    wbgt = wbgt_c(moments)
    dew = dew_point_c(moments.air_temp_c, moments.rel_humidity_pct)
    assert np.nanmax(wbgt - moments.air_temp_c) < 12.0
    assert np.nanmin(wbgt - dew) > -2.0
    assert np.isnan(wbgt).mean() <= 0.002


@pytest.mark.parametrize("missing", list(Moments.__slots__))
def test_nan_in_nan_out_and_only_there(missing: str) -> None:
    moments = random_moments(20)
    whole = wbgt_c(moments)
    holed = getattr(moments, missing).copy()
    holed[7] = np.nan
    wbgt = wbgt_c(replace(moments, **{missing: holed}))
    assert np.isnan(wbgt[7])
    np.testing.assert_allclose(np.delete(wbgt, 7), np.delete(whole, 7), atol=1e-9)


def test_a_storm_in_deep_frost_has_no_solution_and_no_warning_and_spoils_no_other_row() -> None:
    storm = Moments(
        air_temp_c=np.array([-38.2, 20.0]),
        rel_humidity_pct=np.array([75.0, 50.0]),
        pressure_hpa=np.full(2, 950.0),
        wind_ms=np.array([23.4, 2.0]),
        shortwave_wm2=np.array([646.0, 500.0]),
        direct_share=np.array([0.323, 0.5]),
        cosine=np.full(2, 0.602),
    )
    wbgt = wbgt_c(storm)
    assert np.isnan(wbgt[0])
    assert 15.0 < wbgt[1] < 25.0


def test_one_moment_is_as_good_as_many() -> None:
    many = random_moments(3)
    one = Moments(*(getattr(many, name)[1] for name in Moments.__slots__))
    assert float(wbgt_c(one)) == pytest.approx(wbgt_c(many)[1], abs=1e-9)


def test_by_night_wbgt_lies_between_dew_point_and_air() -> None:
    by_day = random_moments()
    dark = np.zeros(by_day.cosine.size)
    night = replace(by_day, shortwave_wm2=dark, direct_share=dark, cosine=dark - 0.5)
    wbgt, dew = wbgt_c(night), dew_point_c(night.air_temp_c, night.rel_humidity_pct)
    assert np.nanmax(wbgt - night.air_temp_c) < SOLVER_C
    assert np.nanmin(wbgt - dew) > -2.0


def hours(start: str, n: int) -> np.ndarray:
    return np.datetime64(start, "s") + np.arange(n) * np.timedelta64(3600, "s")


def test_a_sky_of_constant_clearness_gives_back_its_own_sun() -> None:
    hour_at = hours("2025-07-15T00:00", 24)
    minutes = hour_at[:, None] - np.arange(60) * np.timedelta64(60, "s") - np.timedelta64(30, "s")
    means = 900.0 * np.maximum(cos_zenith(minutes, *VIENNA), 0.0).mean(axis=1)
    shortwave, share = radiation_on_the_hour(hour_at, *VIENNA, means, 0.6 * means)
    cosine = cos_zenith(hour_at, *VIENNA)
    np.testing.assert_allclose(shortwave, 900.0 * np.where(cosine > 0.00873, cosine, 0.0), atol=3.0)
    np.testing.assert_allclose(share[cosine > 0.00873], 0.6)


def test_radiation_of_the_hour_is_not_that_of_half_an_hour_ago() -> None:
    # Morning: the mean written at 08:00 is that of 07:30, and at 08:00 the sun is higher.
    hour_at = hours("2025-07-15T06:00", 3)
    means = np.array([240.0, 410.0, 560.0])
    shortwave, _ = radiation_on_the_hour(hour_at, *VIENNA, means, np.full(3, np.nan))
    assert 450.0 < shortwave[1] < 520.0


def night_and_day(**known: float) -> dict[str, np.ndarray]:
    base = {
        "air_temp_c": 20.0,
        "rel_humidity_pct": 60.0,
        "wind_ms": 2.0,
        "shortwave_wm2": np.nan,
        "direct_wm2": np.nan,
        "pressure_hpa": np.nan,
    }
    return {name: np.full(2, value) for name, value in {**base, **known}.items()}


NIGHT_AND_NOON = np.array(["2025-07-15T00:00", "2025-07-15T11:00"], "datetime64[s]")


def test_without_radiation_the_night_is_known_and_the_day_is_not() -> None:
    wbgt = wbgt_c(moments_of_hours(NIGHT_AND_NOON, *VIENNA, 170.0, night_and_day()))
    assert 14.0 < wbgt[0] < 18.0
    assert np.isnan(wbgt[1])


def test_without_pressure_the_height_says_it() -> None:
    assumed = moments_of_hours(NIGHT_AND_NOON, *VIENNA, 2000.0, night_and_day())
    written = moments_of_hours(NIGHT_AND_NOON, *VIENNA, 2000.0, night_and_day(pressure_hpa=900.0))
    unknown = moments_of_hours(NIGHT_AND_NOON, *VIENNA, None, night_and_day())
    assert assumed.pressure_hpa[0] == pytest.approx(794.96, abs=0.1)
    assert written.pressure_hpa[0] == 900.0
    assert unknown.pressure_hpa[0] == 1013.25


def test_without_wind_there_is_no_wbgt() -> None:
    calm_unknown = night_and_day(wind_ms=np.nan, shortwave_wm2=500.0)
    assert np.isnan(wbgt_c(moments_of_hours(NIGHT_AND_NOON, *VIENNA, 0.0, calm_unknown))).all()


def test_where_direct_radiation_is_not_written_its_share_is_estimated() -> None:
    hour_at = hours("2025-07-15T11:00", 2)
    bright, share_bright = radiation_on_the_hour(hour_at, *VIENNA, np.full(2, 850.0), np.full(2, np.nan))
    _, share_dull = radiation_on_the_hour(hour_at, *VIENNA, np.full(2, 150.0), np.full(2, np.nan))
    assert 0.6 < share_bright[0] <= 0.9
    assert share_dull[0] < 0.1
    assert bright[0] == pytest.approx(850.0, rel=0.03)


def test_across_a_gap_only_the_known_hour_serves() -> None:
    hour_at = np.array(["2025-07-15T11:00", "2025-07-15T15:00"], "datetime64[s]")
    shortwave, _ = radiation_on_the_hour(hour_at, *VIENNA, np.array([800.0, 100.0]), np.full(2, np.nan))
    assert shortwave[0] > 780.0
    assert shortwave[1] < 110.0
