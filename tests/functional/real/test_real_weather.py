"""Recorded replies of the weather service, as a user hands them in. Skipped where the folder is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest

from pipeline.errors import FileRefused
from pipeline.weather.clock import local_clock
from pipeline.weather.files.read import is_weather_file, read_weather
from pipeline.weather.physics.heat import dew_point_c
from pipeline.weather.physics.sun import cos_zenith
from pipeline.weather.place import WeatherPlace
from tests.support.folders import REAL_WEATHER

NOW = datetime(2026, 7, 19, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not REAL_WEATHER.is_dir(), reason="the recorded weather replies are not part of the project"
)


def recorded(name: str) -> WeatherPlace:
    (place,) = read_weather((REAL_WEATHER / name).read_bytes(), name, NOW)
    return place


def span(place: WeatherPlace) -> tuple[int, str, str]:
    return len(place.hour_at), str(place.hour_at[0]), str(place.hour_at[-1])


def known(place: WeatherPlace) -> set[str]:
    return {name for name, values in place.columns.items() if not np.isnan(values).any()}


def test_every_recorded_reply_is_told_from_a_run_and_read_or_refused() -> None:
    for path in sorted(REAL_WEATHER.glob("*.json")):
        content = path.read_bytes()
        assert is_weather_file(content[:4096]), path.name
        if path.name.startswith("error_"):
            with pytest.raises(FileRefused):
                read_weather(content, path.name, NOW)
        else:
            assert read_weather(content, path.name, NOW)[0].notes == (), path.name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("error_400_out_of_range.json", "Parameter 'end_date' is out of allowed range"),
        ("error_429_minutely.json", "Minutely API request limit exceeded"),
    ],
)
def test_an_error_reply_is_refused_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        read_weather((REAL_WEATHER / name).read_bytes(), name, NOW)


def test_berlin_has_every_column_and_a_wbgt_by_day_and_night() -> None:
    place = recorded("openmeteo_forecast_berlin.json")
    assert span(place) == (72, "2026-03-01T23:00:00", "2026-03-04T22:00:00")
    assert len(known(place)) == 9
    assert not place.provisional
    air, wbgt = place.columns["air_temp_c"], place.columns["wbgt_c"]
    assert np.all(wbgt > air - 4.0)
    assert np.all(wbgt < air + 8.0)  # sun on still air: under 1 m/s at noon


def test_berlins_wind_is_turned_from_km_h_into_m_s() -> None:
    written = json.loads((REAL_WEATHER / "openmeteo_forecast_berlin.json").read_text())["hourly"]["wind_speed_10m"]
    np.testing.assert_allclose(recorded("openmeteo_forecast_berlin.json").columns["wind_ms"] * 3.6, written)


def test_our_dew_point_is_the_services() -> None:
    columns = recorded("openmeteo_forecast_berlin.json").columns
    ours = dew_point_c(columns["air_temp_c"], columns["rel_humidity_pct"])
    assert np.abs(ours - columns["dew_point_c"]).max() <= 0.15


@pytest.mark.parametrize(
    ("name", "first", "provisional"),
    [
        ("openmeteo_archive_adelaide.json", "2025-01-09T15:00:00", False),
        ("openmeteo_forecast_adelaide.json", "2026-07-15T15:00:00", True),
    ],
)
def test_adelaide_is_read_at_its_files_offset_not_at_its_zones(name: str, first: str, provisional: bool) -> None:
    # Midnight of the label is 15:00 UTC in summer as in winter: the service knows no summer time, and of the
    # offset 9:30 it applies the 9. The runner's own clock there does know: 10:30 in January.
    place = recorded(name)
    assert (place.cell, str(place.hour_at[0])) == ("-34.8,138.6", first)
    assert place.provisional is provisional
    january = datetime(2025, 1, 10, 9, tzinfo=UTC)
    assert local_clock(january, place.latitude, place.longitude, 34200.0, None).utc_offset_s == 37800


def test_adelaides_winter_evaporation_keeps_step_with_the_sun_as_read() -> None:
    place = recorded("openmeteo_forecast_adelaide.json")
    hourly = json.loads((REAL_WEATHER / "openmeteo_forecast_adelaide.json").read_text())["hourly"]

    def agreement(shift_min: int) -> float:
        middle = place.hour_at - np.timedelta64(30 - shift_min, "m")  # evaporation is of the hour before
        sun = np.maximum(cos_zenith(middle, place.latitude, place.longitude), 0.0)
        return float(np.corrcoef(hourly["et0_fao_evapotranspiration"], sun)[0, 1])

    assert agreement(0) > 0.985
    assert agreement(0) > agreement(-30)  # all of the 9:30
    assert agreement(0) > agreement(-90)  # the zone's summer time
    assert agreement(0) > agreement(60)


def test_adelaide_without_radiation_knows_the_heat_of_its_nights_only() -> None:
    place = recorded("openmeteo_archive_adelaide.json")
    up = cos_zenith(place.hour_at, place.latitude, place.longitude) > 0.00873
    np.testing.assert_array_equal(np.isnan(place.columns["wbgt_c"]), up)
    assert known(place) == {"air_temp_c", "rel_humidity_pct", "dew_point_c", "wind_ms", "precip_mm"}
