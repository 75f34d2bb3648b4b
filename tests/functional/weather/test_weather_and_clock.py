"""Weather meets a run's clock: half-hour zones in summer, nights that change the clock, midnight, watches that lost the date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.support.cli import CALF, MORNING, Home, recording, session
from tests.support.fit.writer import FitSession

ADELAIDE, VIENNA, TAVEUNI = (-34.93, 138.6), (48.2, 16.4), (-16.8, 179.96)


def run_at(start_at: datetime, place: tuple[float, float], minutes: int = 60) -> FitSession:
    """The hour of `session`, at another place."""
    one = session(start_at, minutes)
    n = np.size(one.records.at_s)
    return replace(one, records=replace(one.records, latitude=np.full(n, place[0]), longitude=np.full(n, place[1])))


def take(home: Home, folder: Path, start_at: datetime, place: tuple[float, float], minutes: int = 60) -> None:
    path = folder / f"{start_at:%Y%m%dT%H%M}.fit"
    path.write_bytes(recording(run_at(start_at, place, minutes)))
    assert home("ingest", str(path)).exit_code == 0


def take_hours(home: Home, path: Path, place: tuple[float, float], first_at: datetime, offset_s: int = 0) -> None:
    """A reply of the service of 24 hours: 0.0 C in the hour `first_at` (UTC), a degree more in each that follows."""
    label = first_at + timedelta(seconds=offset_s)
    reply = {
        "latitude": place[0],
        "longitude": place[1],
        "utc_offset_seconds": offset_s,
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C"},
        "hourly": {
            "time": [f"{label + timedelta(hours=hour):%Y-%m-%dT%H:%M}" for hour in range(24)],
            "temperature_2m": [float(hour) for hour in range(24)],
        },
    }
    path.write_text(json.dumps(reply))
    assert home("weather", "--file", str(path)).exit_code == 0


def air_by_segment(home: Home) -> list[float | None]:
    rows = home.document("sql", "SELECT air_temp_c FROM v_run_weather ORDER BY run_id, segment_no")["rows"]
    return [row[0] for row in rows]


def test_adelaides_summer_morning_has_its_own_hour_and_the_weather_of_its_instant(home: Home, tmp_path: Path) -> None:
    """The service labels January with 9:30 where clocks show 10:30, and reads its hours at 9:00 (pipeline/weather/instants)."""
    take(home, tmp_path, datetime(2025, 1, 9, 21, 0, tzinfo=UTC), ADELAIDE)
    labels = datetime(2025, 1, 10, 0, 0) - timedelta(
        seconds=34200
    )  # its first label is midnight, as in a recorded reply
    take_hours(home, tmp_path / "adelaide.json", ADELAIDE, labels, offset_s=34200)
    (run,) = home.document("runs")["runs"]
    assert (run["start_local"], run["tz"]) == ("2025-01-10T07:30:00", "Australia/Adelaide")
    # Label 00:00 is 15:00 UTC, so 21:00 UTC is the sixth hour after it.
    assert air_by_segment(home) == pytest.approx([6 + (2.5 + 5 * n) / 60 for n in range(12)])


@pytest.mark.parametrize(
    ("place", "start_at", "start_local", "hour"),
    [
        (VIENNA, datetime(2025, 10, 25, 23, 30), "2025-10-26T01:30:00", 1.5),  # through the hour that comes twice
        (VIENNA, datetime(2025, 10, 26, 1, 30), "2025-10-26T02:30:00", 2.5),  # in it, the second time
        (VIENNA, datetime(2025, 3, 30, 0, 30), "2025-03-30T01:30:00", 1.5),  # through the hour that is left out
        (VIENNA, datetime(2025, 6, 30, 21, 45), "2025-06-30T23:45:00", 23.75),  # past midnight
        (ADELAIDE, datetime(2025, 10, 4, 16, 0), "2025-10-05T01:30:00", 1.5),  # half-hour zone, spring
        (TAVEUNI, datetime(2025, 7, 1, 20, 0), "2025-07-02T08:00:00", 8.0),  # on the antimeridian
    ],
)
def test_weather_keeps_to_the_instant_whatever_the_local_clock_does(
    home: Home, tmp_path: Path, place: tuple[float, float], start_at: datetime, start_local: str, hour: float
) -> None:
    take(home, tmp_path, start_at.replace(tzinfo=UTC), place, minutes=120)
    take_hours(home, tmp_path / "hours.json", place, start_at.replace(minute=0))
    (run,) = home.document("runs")["runs"]
    assert run["start_local"] == start_local
    assert home.document("sql", "SELECT start_hour_local FROM v_run")["rows"] == [[hour]]
    first = start_at.minute / 60
    assert air_by_segment(home) == pytest.approx([first + (2.5 + 5 * n) / 60 for n in range(24)])


def test_a_watch_that_lost_its_date_has_weather_and_sun_once_its_clock_is_right(home: Home, tmp_path: Path) -> None:
    lost = datetime(1990, 1, 1, 0, 0, tzinfo=UTC)
    take(home, tmp_path, lost, VIENNA)
    take_hours(home, tmp_path / "june.json", VIENNA, datetime(2026, 6, 14))
    take_hours(home, tmp_path / "then.json", VIENNA, datetime(1990, 1, 1))
    home("tag", "1990-01-01", "--at", "0:40:00", *CALF)
    sun = "SELECT count(sun_elevation_deg), count(*) FROM v_segment"
    assert air_by_segment(home) == []
    assert home.document("sql", sun)["rows"] == [[0, 12]]
    assert home.document("sql", "FROM v_hazard_row")["rows"] == []
    days, rest = divmod(int((MORNING - lost).total_seconds()), 86400)
    shift = f"+{days}d {rest // 3600}:{rest % 3600 // 60:02d}:00"
    assert home("runs", "edit", "1990-01-01", "--shift", shift).exit_code == 0
    assert air_by_segment(home) == pytest.approx([5.5 + (2.5 + 5 * n) / 60 for n in range(12)])
    assert home.document("sql", sun)["rows"] == [[12, 12]]
    assert len(home.document("sql", "FROM v_hazard_row")["rows"]) == 8


def test_what_was_left_out_of_a_weather_file_is_counted_in_words(home: Home, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text(
        "time_utc,latitude,longitude,air_temp_c,rel_humidity_pct,dew_point_c,shortwave_wm2,wind_ms\n"
        "2026-06-14T05:00:00Z,48.2,16.4,20.0,140,25.0,-0.4,99\n"
        "2026-06-14T06:00:00Z,48.2,16.4,21.0,-3,15.0,10,3\n"
        "2026-06-14T06:30:00Z,48.2,16.4,21.0,70,15.0,10,3\n"
        "2026-06-14T07:00:00Z,48.2,16.4,warm,70,15.0,10,3\n",
        encoding="utf-8",
    )
    said = home("weather", "--file", str(tmp_path / "odd.csv"))
    assert said.exit_code == 0
    for words in (
        "rel_humidity_pct not plausible, left out: 2",
        "dew_point_c not plausible, left out: 1",
        "wind_ms not plausible, left out: 1",
        "rows between the full hours, left out: 1",
        "line 5 could not be read",
    ):
        assert f" {words}\n" in said.stdout
    (file,) = home.document("weather", "--file", str(tmp_path / "odd.csv"))["files"]
    assert file["outcome"] == "known"
    kept = "SELECT kind, times FROM v_data_quality WHERE kind LIKE 'weather%' ORDER BY kind"
    assert home.document("sql", kept)["rows"] == [
        ["weather_implausible", 4],
        ["weather_line_skipped", 1],
        ["weather_off_hour", 1],
    ]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("2026-06-14T05:00:00,48.2,16.4,20.0,70", "the time '2026-06-14T05:00:00' has no time zone"),
        ("2026-06-14T05:00:00Z,48.2,16.4,20.0,0.7", "relative humidity is never above 1"),
        ("2026-06-14T05:00:00Z,48.2,16.4,68.0,70", "air_temp_c is up to 68 °C, which is not plausible for air"),
    ],
)
def test_a_weather_file_in_units_it_cannot_mean_is_refused_with_the_reason(
    home: Home, tmp_path: Path, table: str, reason: str
) -> None:
    head = "time_utc,latitude,longitude,air_temp_c,rel_humidity_pct\n"
    (tmp_path / "bad.csv").write_text(f"{head}{table}\n", encoding="utf-8")
    said = home("weather", "--file", str(tmp_path / "bad.csv"))
    assert said.exit_code == 1
    assert reason in said.stdout
