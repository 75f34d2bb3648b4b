"""The sample's invented weather: whole, plausible, and felt as WBGT about as the reference computes it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.weather.files.read import read_weather
from sample_data import weather_year
from sample_data.weather_year import wbgt_c

SAMPLE = Path(weather_year.__file__).parent
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_simulated_weather_covers_the_year_at_both_places() -> None:
    for path in (SAMPLE / "weather").iterdir():
        (place,) = read_weather(path.read_bytes(), path.name, NOW)
        assert len(place.hour_at) == 24 * 370
        assert not np.isnan(place.columns["wbgt_c"]).any()
        assert -30.0 < place.columns["air_temp_c"].min() < place.columns["air_temp_c"].max() < 40.0


def test_the_heat_runners_feel_is_wbgt_within_a_degree_of_the_reference() -> None:
    """Five states computed by Liljegren's own C program (2008)."""
    felt = wbgt_c(
        np.array([30.0, 27.0, 22.0, 2.0, 34.0]), np.array([50.0, 60.0, 80.0, 80.0, 60.0]),
        np.array([2.0, 3.0, 1.5, 4.0, 2.0]), np.array([800.0, 300.0, 0.0, 200.0, 900.0]),
    )  # fmt: skip
    assert felt == pytest.approx([28.84, 24.85, 19.93, 2.49, 33.82], abs=0.9)
