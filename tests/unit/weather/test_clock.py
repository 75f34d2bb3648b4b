"""Which clock hung on the wall where the run was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.weather.clock import LocalClock, local_clock, local_time

SUMMER = datetime(2025, 7, 15, 16, 0, tzinfo=UTC)
WINTER = datetime(2025, 1, 15, 16, 0, tzinfo=UTC)
VIENNA = (48.2, 16.37)


def wall_of(instant: datetime, clock: LocalClock) -> str:
    wall = local_time(instant, clock)
    assert wall is not None
    return wall.isoformat()


def test_the_place_says_zone_and_summer_time() -> None:
    assert local_clock(SUMMER, *VIENNA, None, None) == LocalClock("Europe/Vienna", 7200, "place", False)
    assert local_clock(WINTER, *VIENNA, None, None) == LocalClock("Europe/Vienna", 3600, "place", False)


def test_adelaide_in_january_is_ten_and_a_half_hours_ahead() -> None:
    clock = local_clock(WINTER, -34.76, 138.65, None, None)
    assert (clock.tz, clock.utc_offset_s) == ("Australia/Adelaide", 37800)


def test_a_watch_not_set_after_a_flight_is_overruled_and_told() -> None:
    assert local_clock(SUMMER, *VIENNA, -18000.0, "America/Chicago") == LocalClock("Europe/Vienna", 7200, "place", True)
    assert not local_clock(SUMMER, *VIENNA, 7203.0, None).disagrees


def test_without_place_the_file_speaks() -> None:
    assert local_clock(SUMMER, None, None, 19811.0, "Europe/Vienna") == LocalClock("UTC+05:30", 19800, "file", False)
    assert local_clock(SUMMER, None, None, -12600.0, None).tz == "UTC-03:30"


@pytest.mark.parametrize("offset_s", [-13 * 3600.0, 14.5 * 3600, 1e9, float("nan")])
def test_an_offset_no_zone_has_is_not_believed(offset_s: float) -> None:
    assert local_clock(SUMMER, None, None, offset_s, "Europe/Vienna").rule == "home"
    assert not local_clock(SUMMER, *VIENNA, offset_s, None).disagrees


def test_without_place_and_file_home_speaks() -> None:
    assert local_clock(WINTER, None, None, None, "Europe/London") == LocalClock("Europe/London", 0, "home", False)


@pytest.mark.parametrize("home", [None, "", "Nowhere/Town", "../../etc/passwd", "Europe"])
def test_without_anything_there_is_no_clock(home: str | None) -> None:
    clock = local_clock(SUMMER, None, None, None, home)
    assert clock == LocalClock(None, None, "none", False)
    assert local_time(SUMMER, clock) is None


def test_at_sea_the_zone_follows_the_sun() -> None:
    # 'Etc/GMT+2' is two hours behind: that name's sign runs against everybody's custom.
    assert local_clock(SUMMER, 30.0, -30.0, None, None).utc_offset_s == -7200


@pytest.mark.parametrize(("offset_s", "wall"), [(19800.0, "2025-07-15T21:30:00"), (-12600.0, "2025-07-15T12:30:00")])
def test_wall_time_by_the_file(offset_s: float, wall: str) -> None:
    assert wall_of(SUMMER, local_clock(SUMMER, None, None, offset_s, None)) == wall


def test_a_run_through_the_autumn_night_goes_by_both_offsets() -> None:
    start = datetime(2025, 10, 25, 23, 30, tzinfo=UTC)
    clock = local_clock(start, *VIENNA, None, None)
    assert wall_of(start, clock) == "2025-10-26T01:30:00"
    assert wall_of(datetime(2025, 10, 26, 2, 0, tzinfo=UTC), clock) == "2025-10-26T03:00:00"
