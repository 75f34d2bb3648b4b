"""Cells and ways between places."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.weather.cells import cell_centre, cell_of, distance_km, places_near

latitudes = st.floats(-90.0, 90.0)
longitudes = st.floats(-180.0, 180.0)


@pytest.mark.parametrize(
    ("latitude", "longitude", "cell"),
    [
        (48.2, 16.37, "48.2,16.4"),
        (48.249, 16.351, "48.2,16.4"),
        (-34.76274, 138.64557, "-34.8,138.6"),
        (-0.04, -0.04, "0.0,0.0"),
        (51.5, 179.96, "51.5,-180.0"),
        (51.5, -180.0, "51.5,-180.0"),
        (51.5, 180.0, "51.5,-180.0"),
        (51.5, 190.0, "51.5,-170.0"),
        (89.99, 0.0, "90.0,0.0"),
    ],
)
def test_a_place_has_one_cell(latitude: float, longitude: float, cell: str) -> None:
    assert cell_of(latitude, longitude) == cell


@given(latitudes, longitudes)
def test_the_middle_of_a_cell_lies_in_it_and_near(latitude: float, longitude: float) -> None:
    cell = cell_of(latitude, longitude)
    north, east = cell_centre(cell)
    assert cell_of(north, east) == cell
    assert distance_km(latitude, longitude, north, east) <= 7.9  # half the diagonal of 11.1 by 11.1 km


@pytest.mark.parametrize(("latitude", "longitude"), [(math.nan, 0.0), (91.0, 0.0), (0.0, math.inf)])
def test_no_cell_off_the_earth(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="cell"):
        cell_of(latitude, longitude)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_km(48.0, 16.0, 49.0, 16.0) == pytest.approx(111.2, abs=0.1)


def test_vienna_to_houston_is_9000_km() -> None:
    assert distance_km(48.208, 16.373, 29.760, -95.370) == pytest.approx(9036.0, rel=0.005)


def test_the_date_line_is_no_wall() -> None:
    assert distance_km(0.0, 179.95, 0.0, -179.95) == pytest.approx(11.12, abs=0.01)


@given(latitudes, longitudes, latitudes, longitudes)
def test_there_and_back_are_equally_far(a: float, b: float, c: float, d: float) -> None:
    assert distance_km(a, b, c, d) == pytest.approx(distance_km(c, d, a, b), abs=1e-6)


def test_the_nearest_place_serves_a_cell() -> None:
    near = places_near("48.2,16.4", ["48.0,16.4", "48.3,16.4", "47.0,15.4"])
    assert near == [("48.3,16.4", pytest.approx(11.1, abs=0.1)), ("48.0,16.4", pytest.approx(22.2, abs=0.1))]


def test_weather_from_over_30_km_away_serves_nobody() -> None:
    assert places_near("48.2,16.4", ["48.5,16.4"]) == []
    assert places_near("48.2,16.4", ["48.5,16.4"], max_km=40.0) != []
    assert places_near("48.2,16.4", []) == []
