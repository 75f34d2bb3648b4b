"""The air laid under a plan: linear between hours, unknown across a gap, and the runner's own months by hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from models.fit.design import plan_rows
from pipeline.actions.risk.air_along import PlanHours, forecast_hours, runner_hours, with_air
from pipeline.actions.risk.usual_air import RunnerAir
from pipeline.schema import WEATHER_COLUMNS
from pipeline.weather.clock import LocalClock
from pipeline.weather.place import WeatherPlace

START = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)
VIENNA = LocalClock("Europe/Vienna", 3600, "place", False)


def place_with(temps_c: dict[int, float]) -> WeatherPlace:
    """Hours after START with these temperatures; WBGT is two degrees less."""
    hours = np.array([START.replace(tzinfo=None) + timedelta(hours=n) for n in temps_c], dtype="datetime64[s]")
    temps = np.array(list(temps_c.values()))
    columns = {name: np.full(temps.size, np.nan) for name in WEATHER_COLUMNS}
    columns |= {"air_temp_c": temps, "wbgt_c": temps - 2.0}
    return WeatherPlace(48.2, 16.4, 171.0, "open-meteo", None, hours, columns, True)


def test_a_segment_has_the_air_of_its_middle() -> None:
    rows = with_air(plan_rows(3600), forecast_hours(place_with({0: 20.0, 1: 14.0})), START)
    assert rows["air_temp_c"][0] == pytest.approx(19.75)  # 2.5 of 60 minutes on the way down by 6
    assert rows["air_temp_c"][-1] == pytest.approx(14.25)
    assert (rows["air_temp_c"] - rows["wbgt_c"]).to_list() == pytest.approx([2.0] * 12)


def test_an_hour_that_is_missing_is_not_bridged() -> None:
    rows = with_air(plan_rows(4 * 3600), forecast_hours(place_with({0: 20.0, 1: 19.0, 3: 17.0, 4: 16.0})), START)
    known = rows["air_temp_c"].is_not_null().to_list()
    assert known == [True] * 12 + [False] * 24 + [True] * 12


def test_beyond_the_last_hour_nothing_is_known() -> None:
    rows = with_air(plan_rows(2 * 3600), forecast_hours(place_with({0: 20.0, 1: 19.0})), START)
    assert rows["air_temp_c"].null_count() == 12


def test_a_reply_without_any_hour_leaves_the_rows_as_they_are() -> None:
    rows = plan_rows(3600)
    assert with_air(rows, forecast_hours(place_with({})), START).equals(rows)
    assert forecast_hours(place_with({})).at_s.size == 0


def own_segments(at: list[datetime], temp_c: float) -> pl.DataFrame:
    """Twelve segments, an hour's run, at each of these instants (no zone)."""
    middles = [one + timedelta(minutes=5 * n) for one in at for n in range(12)]
    names = {"dew_point_c": 5.0, "wind_ms": 2.0, "shortwave_wm2": 0.0, "direct_wm2": 0.0, "pressure_hpa": 995.0}
    return pl.DataFrame(
        {"middle_at": middles, "cell": ["48.2,16.4"] * len(middles), "air_temp_c": [temp_c] * len(middles)}
    ).with_columns(pl.lit(value).alias(name) for name, value in names.items())


def in_november(hours: pl.DataFrame, start_at: datetime) -> PlanHours:
    return runner_hours(hours, RunnerAir(hours), VIENNA, start_at, 2 * 3600)


def test_own_air_is_that_of_the_month_and_the_hour_on_the_plans_clock() -> None:
    evening = own_segments([datetime(2025, 11, 5, 17, 0)], 9.0)
    morning = own_segments([datetime(2025, 11, 6, 6, 0)], 2.0)
    october = own_segments([datetime(2025, 10, 5, 16, 0)], 19.0)
    own = pl.concat([evening, morning, october])
    assert in_november(own, START).air_temp_c.tolist() == [9.0] * 5  # two hours, and what lies around them
    assert in_november(own, datetime(2026, 11, 28, 6, 0, tzinfo=UTC)).air_temp_c[0] == 2.0


def test_an_hour_in_which_the_runner_never_starts_has_no_own_air() -> None:
    evening = own_segments([datetime(2025, 11, 5, 17, 0)], 9.0)
    noon = in_november(evening, datetime(2026, 11, 28, 11, 0, tzinfo=UTC))
    assert np.isnan(noon.air_temp_c).all()
    assert np.isnan(noon.wbgt_c).all()


def test_own_air_of_an_hour_wraps_around_midnight() -> None:
    night = own_segments([datetime(2025, 11, 5, 22, 10)], 3.0)  # 23:10 in Vienna
    assert in_november(night, datetime(2026, 11, 27, 23, 0, tzinfo=UTC)).air_temp_c[0] == 3.0  # midnight there
