"""`cramplog weather` against a service on this computer: what is asked, what is kept, and what whatever goes wrong costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions.ingest.inbox import take_weather
from pipeline.actions.weather.fetch import WeatherFetched, fetch_weather
from pipeline.actions.weather.import_files import import_weather
from pipeline.actions.weather.status import missing_weather, weather_status
from pipeline.schema import ParsedRun
from pipeline.settings import Settings
from pipeline.store.answers.runners import all_runners
from pipeline.store.db.connection import open_store
from tests.support.cli import Home
from tests.support.stores import NOW, START, even_run, later, make_store, put_runs
from tests.support.weather.replies import temperature_c
from tests.support.weather.server import WeatherServer, error, hang_up

VIENNA, GRAZ, OSLO = (48.2, 16.4), (47.1, 15.4), (59.9, 10.7)
A_WEEK_AGO = NOW - timedelta(days=7, hours=4)


@dataclass(frozen=True, slots=True)
class Town:
    """A store of one runner, a service of its own, and the settings that lead there."""

    settings: Settings
    server: WeatherServer

    def fetch(self, now: datetime = NOW) -> WeatherFetched:
        self.server.now = now
        return fetch_weather(self.settings, now, sleep=lambda _: None)

    def put(self, *runs: ParsedRun) -> None:
        with open_store(self.settings, write=True, with_records=True, with_tracks=True) as con:
            put_runs(con, all_runners(con)[0], runs)

    def rows(self, sql: str) -> list[Any]:
        with open_store(self.settings, write=False) as con:
            return con.execute(sql).fetchall()

    def states(self, now: datetime = NOW) -> dict[str, int]:
        return dict(weather_status(self.settings, now).states)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    settings, _ = make_store(tmp_path / "home", "anna")
    with WeatherServer(now=NOW) as server:
        yield Town(Settings(settings.home, weather_url=server.url), server)


def days_of(server: WeatherServer) -> list[tuple[str, str, str, str]]:
    """Host, latitudes, first and last days of every request."""
    keys = ("latitude", "start_date", "end_date")
    return [(heard.host, *(heard.params[key] for key in keys)) for heard in server.heard]


def test_a_run_gets_the_weather_of_its_hours_and_place(town: Town) -> None:
    town.put(even_run())
    assert town.fetch() == WeatherFetched(requests=1, hours=24, runs=1, pending=0)
    found = town.rows(
        "SELECT middle_at, air_temp_c, provider, provisional FROM v_run_weather JOIN v_segment USING (run_id, segment_no)"
    )
    assert len(found) == 12
    for at, air_temp_c, provider, provisional in found:
        hour = at.replace(minute=0, second=0)
        share = (at - hour).total_seconds() / 3600
        before, after = temperature_c(hour, 48.2), temperature_c(hour + timedelta(hours=1), 48.2)
        assert air_temp_c == pytest.approx(before + share * (after - before))
        assert (provider, provisional) == ("open-meteo", False)


def test_only_the_cell_its_rounded_height_and_days_go_out(town: Town) -> None:
    town.put(even_run(position=(48.23456, 16.38765), altitude_m=187.0))
    town.fetch()
    params = town.server.heard[0].params
    assert (params["latitude"], params["longitude"], params["elevation"]) == ("48.2", "16.4", "190")
    assert "48.23" not in town.server.heard[0].target


def test_nothing_is_asked_twice(town: Town) -> None:
    town.put(even_run(), even_run(start_at=A_WEEK_AGO, position=GRAZ))
    town.fetch()
    assert town.fetch(NOW + timedelta(days=400)) == WeatherFetched()
    assert len(town.server.heard) == 1


def test_what_has_no_weather_or_is_made_up_asks_nobody(town: Town) -> None:
    indoor = even_run(position=None)
    lost = later(even_run(start_at=START + timedelta(days=1)), clock_wrong=True)
    made_up = later(even_run(start_at=START + timedelta(days=2)), simulated=True)
    town.put(indoor, lost, made_up)
    assert town.fetch() == WeatherFetched()
    assert town.server.heard == []
    assert town.states() == {"indoor": 1, "clock wrong": 1, "simulated": 1}
    assert [(one.run.state, one.why) for one in missing_weather(town.settings, NOW)] == [
        ("simulated", "simulated, without stored weather"),
        ("clock wrong", "its clock is wrong: correct it with cramplog runs edit --shift"),
    ]


def test_days_too_young_for_the_archive_come_from_the_forecast_and_a_week_later_from_the_archive(town: Town) -> None:
    yesterday = NOW - timedelta(days=1, hours=4)
    town.put(even_run(start_at=yesterday))
    town.fetch()
    assert town.states() == {"provisional": 1}
    warm = town.rows("SELECT air_temp_c FROM weather_hour WHERE hour_at = '2026-11-21 08:00'")
    assert town.fetch(NOW + timedelta(days=5)) == WeatherFetched()
    assert town.fetch(NOW + timedelta(days=8)).requests == 1
    assert days_of(town.server) == [
        ("forecast", "48.2", "2026-11-21", "2026-11-21"),
        ("archive", "48.2", "2026-11-21", "2026-11-21"),
    ]
    assert town.states() == {"known": 1}
    settled = town.rows("SELECT air_temp_c FROM weather_hour WHERE hour_at = '2026-11-21 08:00'")
    assert settled[0][0] == pytest.approx(warm[0][0] - 1.0)  # the server's forecast is a degree warmer


def test_what_the_archive_does_not_have_yet_comes_from_the_forecast(town: Town) -> None:
    town.server.archive_ends_at = NOW - timedelta(days=20)
    town.put(even_run(start_at=A_WEEK_AGO))
    assert town.fetch() == WeatherFetched(requests=2, hours=24, runs=1, pending=0)
    assert [asked[0] for asked in days_of(town.server)] == ["archive", "forecast"]
    assert town.states() == {"provisional": 1}


def test_what_nobody_has_is_asked_again_another_night_and_says_so(town: Town) -> None:
    town.server.archive_ends_at = NOW - timedelta(days=400)
    town.put(even_run())
    assert town.fetch().pending == 1
    assert town.fetch() == WeatherFetched(pending=1)
    assert [one.why for one in missing_weather(town.settings, NOW)] == ["the service has no value"]
    assert (town.states(), weather_status(town.settings, NOW).why) == ({"no value": 1}, None)
    town.server.archive_ends_at = None
    assert town.fetch(NOW + timedelta(days=31)).runs == 1
    assert town.rows("SELECT * FROM weather_try") == []


def test_a_silent_service_leaves_runs_pending_and_the_next_time_goes_on(town: Town) -> None:
    town.put(even_run())
    town.server.script.extend([hang_up()] * 4)
    fetched = town.fetch()
    assert (fetched.stop, fetched.pending, fetched.hours) == ("silent", 1, 0)
    assert str(weather_status(town.settings, NOW).why).startswith("the service does not answer: ")
    assert town.fetch().runs == 1


def test_a_full_hour_stops_until_then_and_nothing_is_asked_before(town: Town) -> None:
    town.put(even_run())
    town.server.script.append(error(429, "Hourly API request limit exceeded. Please try again in the next hour."))
    fetched = town.fetch()
    assert (fetched.stop, fetched.until) == ("later", datetime(2026, 11, 22, 13, tzinfo=UTC))
    assert town.fetch(NOW + timedelta(minutes=59)).stop == "later"
    assert len(town.server.heard) == 1
    assert town.fetch(NOW + timedelta(hours=1)).runs == 1


def test_the_place_the_service_refuses_costs_the_others_nothing(town: Town) -> None:
    town.put(
        even_run(),
        even_run(start_at=START + timedelta(days=1), position=GRAZ),
        even_run(start_at=START + timedelta(days=2), position=OSLO),
    )
    no = error(400, "No data is available for this location")
    town.server.script.extend([no, no])  # all three, then the first alone
    fetched = town.fetch()
    assert (fetched.stop, fetched.runs, fetched.pending) == (None, 2, 1)
    assert town.states() == {"known": 2, "refused": 1}
    assert [one.why for one in missing_weather(town.settings, NOW)] == [
        "refused: No data is available for this location (status 400)"
    ]
    asked = len(town.server.heard)
    assert town.fetch() == WeatherFetched(pending=1)
    assert len(town.server.heard) == asked
    assert town.fetch(NOW + timedelta(days=8)).runs == 1


def test_a_service_that_refuses_everything_is_not_asked_for_ever(town: Town) -> None:
    town.put(
        *(
            even_run(start_at=START - timedelta(days=40 * number), position=(10.0 + number, 20.0))
            for number in range(30)
        )
    )
    town.server.script.extend([error(400, "no")] * 100)
    assert town.fetch().stop == "refused"
    assert len(town.server.heard) == 20


def test_our_own_count_outlives_the_program_and_stops_before_the_service_does(town: Town) -> None:
    town.put(even_run())
    with open_store(town.settings, write=True) as con:
        con.execute(
            "INSERT INTO weather_call SELECT $now::TIMESTAMP - to_minutes(number), 'archive', 450, 'answered', 1, NULL, NULL"
            " FROM range(1, 11) AS numbers(number)",
            {"now": NOW.replace(tzinfo=None)},
        )
    fetched = town.fetch()
    assert (fetched.stop, fetched.until) == ("later", NOW + timedelta(minutes=50))
    assert town.server.heard == []
    assert town.fetch(NOW + timedelta(minutes=51)).runs == 1


def test_switched_off_asks_nobody_and_says_so(town: Town) -> None:
    town.put(even_run())
    off = Settings(town.settings.home, weather_url="off")
    assert fetch_weather(off, NOW) == WeatherFetched(pending=1, stop="off", why="fetching is switched off")
    assert town.server.heard == []


def test_hours_of_a_file_are_enough_and_ask_nobody(town: Town, tmp_path: Path) -> None:
    town.put(even_run())
    head = (
        "time_utc,latitude,longitude,elevation_m,air_temp_c,rel_humidity_pct,wind_ms,shortwave_wm2,direct_wm2,source\n"
    )
    hours = [f"2026-06-14T{hour:02d}:00:00Z,48.2,16.4,200,20,60,2,300,200,neighbour" for hour in range(5, 10)]
    (tmp_path / "june.csv").write_text(head + "\n".join(hours))
    home = Home(town.settings.home)
    assert home("weather", "--file", str(tmp_path / "june.csv")).exit_code == 0
    assert home.document("weather", "--status")["runs"] == {"known": 1}
    assert town.fetch() == WeatherFetched()


def test_of_a_files_hours_only_those_of_the_last_days_are_drafts(town: Town, tmp_path: Path) -> None:
    head = "time_utc,latitude,longitude,air_temp_c,rel_humidity_pct\n"
    hours = [f"2026-11-{day}T12:00:00Z,48.2,16.4,10,60" for day in (14, 16, 17, 18, 22)]
    (tmp_path / "november.csv").write_text(head + "\n".join(hours))
    import_weather(town.settings, [tmp_path / "november.csv"], NOW)
    assert town.rows("SELECT day(hour_at) FROM weather_hour WHERE provisional ORDER BY 1") == [(18,), (22,)]


def test_four_cells_around_a_corner_are_one_place_and_each_runs_weather_is_known(town: Town) -> None:
    corner = [(48.24, 16.44), (48.24, 16.46), (48.26, 16.44), (48.26, 16.46)]
    town.put(*(even_run(start_at=START + timedelta(days=day), position=place) for day, place in enumerate(corner)))
    assert town.fetch() == WeatherFetched(requests=1, hours=96, runs=4, pending=0)
    assert "," not in town.server.heard[0].params["latitude"]
    assert town.rows("SELECT count(DISTINCT run_id) FROM v_run_weather WHERE wbgt_c IS NOT NULL") == [(4,)]


def test_a_ridge_near_a_valley_that_is_known_gets_hours_of_its_own(town: Town) -> None:
    town.put(
        even_run(position=(47.0, 11.4), altitude_m=600.0),
        even_run(start_at=START + timedelta(days=1), position=(47.0, 11.4)),
    )
    town.fetch()
    hour_later = START + timedelta(hours=2)
    town.put(
        even_run(start_at=hour_later, position=(47.1, 11.4), altitude_m=1900.0),
        even_run(start_at=hour_later + timedelta(hours=2), position=(47.0, 11.5), altitude_m=700.0),
    )
    town.fetch()
    asked = [(heard.params["latitude"], heard.params["elevation"]) for heard in town.server.heard]
    assert asked[1:] == [("47.0,47.1", "700,1900")]
    town.put(even_run(start_at=hour_later + timedelta(hours=4), position=(47.0, 11.5), altitude_m=700.0))
    assert town.fetch() == WeatherFetched()


def test_simulated_hours_do_not_stand_in_for_a_real_run(town: Town) -> None:
    town.put(even_run())
    town.fetch()
    with open_store(town.settings, write=True) as con:
        con.execute("UPDATE weather_hour SET provider = 'simulated'")
    assert town.states() == {"pending": 1}


def test_the_nightly_takes_files_then_fetches_and_a_silent_service_fails_no_stage(town: Town) -> None:
    town.put(even_run(), even_run(start_at=START + timedelta(days=1)))
    town.server.script.extend([hang_up()] * 4)
    said = take_weather(town.settings, NOW)
    assert said.startswith("nothing new; 2 runs wait: the service does not answer: ")
    assert take_weather(town.settings, NOW) == "nothing new; 48 hours for 2 runs fetched"
    assert take_weather(town.settings, NOW) == "nothing new"


def test_the_verb_says_what_it_got_and_ends_with_the_code_of_what_stopped_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(town.settings.home)
    assert home("weather").stdout == "no run yet\nNext: cramplog ingest FOLDER\n"
    town.put(even_run(), later(even_run(start_at=START + timedelta(days=1)), clock_wrong=True))
    off = home("weather")
    assert (off.exit_code, off.stdout.splitlines()[0]) == (0, "1 run still without weather: fetching is switched off")
    monkeypatch.setenv("CRAMPLOG_WEATHER_URL", "http://127.0.0.1:9")
    silent = home("weather")
    assert (silent.exit_code, silent.stdout.splitlines()[0]) == (
        5, "1 run still without weather: the service does not answer: it cannot be reached",
    )  # fmt: skip
    monkeypatch.setenv("CRAMPLOG_WEATHER_URL", town.server.url)
    town.server.now = datetime.now(UTC)
    assert home("weather").stdout.splitlines() == [
        "1 request, 24 hours: weather added to 1 run",
        "Next: cramplog report",
    ]
    again = home.document("weather")
    assert (again["schema"], again["fetched"]["pending"], again["fetched"]["stop"]) == ("cramplog.weather/1", 0, None)
    assert home("weather").stdout.splitlines()[0] == "nothing to fetch: all outdoor runs have their weather"


def test_init_says_once_what_leaves_the_computer_and_how_to_stop_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    lines = home("init", "--runner", "anna").stdout.splitlines()
    said = " ".join(lines)
    assert "free for non-commercial use" in said
    assert "rounded to 0.1 degree" in said
    assert "CRAMPLOG_WEATHER_URL=off" in said
    assert all(len(line) <= 80 for line in lines[2:])
    assert "Open-Meteo" not in home("init", "--runner", "anna").stdout


def test_when_only_settled_values_are_wanted_a_silent_service_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=10)
    town.put(even_run(start_at=long_ago.replace(hour=6)))
    town.fetch(long_ago + timedelta(days=2))
    said = Home(town.settings.home)("weather")
    assert said.stdout.splitlines()[0] == "provisional weather stays for now: fetching is switched off"
    monkeypatch.setenv("CRAMPLOG_WEATHER_URL", town.server.url)
    town.server.now = datetime.now(UTC)
    assert Home(town.settings.home).document("weather")["fetched"]["requests"] == 1
    assert town.states(datetime.now(UTC)) == {"known": 1}


def test_status_and_missing_say_what_is_there_and_why_the_rest_waits(town: Town) -> None:
    home = Home(town.settings.home)
    town.put(
        even_run(),
        even_run(start_at=START + timedelta(days=1), position=GRAZ),
        even_run(start_at=START + timedelta(days=2), position=None),
    )
    town.server.script.extend([hang_up()] * 4)
    town.fetch()
    lines = home("weather", "--status").stdout.splitlines()
    assert lines[:3] == [
        "Weather of 3 runs",
        "  indoor            1  indoor runs need no weather",
        "  pending           2  fetching is switched off",
    ]
    assert lines[3].startswith("Last request 2026-11-22 12:00 UTC: silent, ")
    assert all(len(line) <= 80 for line in lines)
    missing = home.document("weather", "--missing")["runs"]
    assert [(one["state"], one["start_at"]) for one in missing] == [
        ("pending", "2026-06-15T05:30:00Z"),
        ("pending", "2026-06-14T05:30:00Z"),
    ]
    said = home("weather", "--status").stdout + home("weather", "--missing").stdout
    assert not any(word in said for word in ("48.2", "16.4", "47.1"))
    assert home("weather", "--status", "--missing").exit_code == 2


def test_a_run_over_midnight_and_the_archives_end_gets_both_its_days(town: Town) -> None:
    night = datetime(2026, 11, 16, 23, 20, tzinfo=UTC)  # the archive's last day here, and the forecast's first
    town.put(even_run(start_at=night, minutes=100))
    assert town.fetch() == WeatherFetched(requests=2, hours=48, runs=1, pending=0)
    assert [asked[::2] for asked in days_of(town.server)] == [("archive", "2026-11-16"), ("forecast", "2026-11-17")]
    assert town.rows("SELECT count(*) FROM v_run_weather WHERE wbgt_c IS NULL") == [(0,)]
