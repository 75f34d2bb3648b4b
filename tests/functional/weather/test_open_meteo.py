"""The weather service asked over real sockets: what leaves this machine, what comes back, and every way it can fail."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from pipeline.errors import CramplogError, TryAgain, WrongInput
from pipeline.schema import WEATHER_COLUMNS
from pipeline.weather.place import WeatherPlace
from pipeline.weather.service.address import Service
from pipeline.weather.service.client import OpenMeteo, Patience
from pipeline.weather.service.refusals import WeatherLater, WeatherRefused, WeatherSilent
from pipeline.weather.service.request import CellDays, Request
from tests.support.weather.server import (
    Answer,
    WeatherServer,
    body,
    cut,
    error,
    hang_up,
    recorded,
    silence,
    streamed_error,
    trickle,
    weather,
)

NOW = datetime(2026, 6, 30, 14, 20, 30, tzinfo=UTC)
KEY = "k-7f3a-secret"
VIENNA = CellDays("48.2,16.4", 48.2, 16.4, 171.4, date(2026, 6, 13), date(2026, 6, 15))
SYDNEY = CellDays("-33.9,151.2", -33.9, 151.2, 12.0, date(2026, 5, 1), date(2026, 5, 1))
NOWHERE_KNOWN = CellDays("47.1,15.4", 47.1, 15.4, None, date(2026, 5, 2), date(2026, 5, 2))

MINUTE = "Minutely API request limit exceeded. Please try again in one minute."
HOUR = "Hourly API request limit exceeded. Please try again in the next hour."
DAY = "Daily API request limit exceeded. Please try again tomorrow."


class Waiting:
    """A clock that stands still but for what is slept, and remembers every sleep in seconds."""

    def __init__(self) -> None:
        self.at = NOW
        self.slept_s: list[float] = []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.at += timedelta(seconds=seconds)


def fetch(
    server: WeatherServer, *asked: CellDays, host: Any = "archive", waiting: Waiting | None = None, **patience: Any
) -> list[WeatherPlace]:
    waiting = waiting or Waiting()
    service = Service(f"{server.url}/v1/archive", f"{server.url}/v1/forecast", KEY)
    with OpenMeteo(service, Patience(**patience), waiting.now, waiting.sleep) as open_meteo:
        return open_meteo.fetch(Request(host, asked or (VIENNA,)), NOW)


def served(*script: Answer, archive_ends_at: datetime | None = None) -> WeatherServer:
    return WeatherServer(*script, now=NOW, archive_ends_at=archive_ends_at)


# What leaves this machine.


def test_only_tenths_of_a_degree_reach_the_service_with_the_height_the_days_and_nothing_of_the_runner() -> None:
    with served() as server:
        fetch(server, VIENNA, SYDNEY)
    (heard,) = server.heard
    assert heard.path == "/v1/archive"
    assert heard.params == {
        "latitude": "48.2,-33.9",
        "longitude": "16.4,151.2",
        "elevation": "171,12",
        "start_date": "2026-06-13,2026-05-01",
        "end_date": "2026-06-15,2026-05-01",
        "hourly": "temperature_2m,relative_humidity_2m,dew_point_2m,apparent_temperature,precipitation,"
        "wind_speed_10m,shortwave_radiation,direct_radiation,surface_pressure",
        "wind_speed_unit": "ms",
        "timeformat": "unixtime",
    }
    assert set(heard.headers) == {"host", "accept", "accept-encoding", "connection", "user-agent", "x-api-key"}
    assert heard.headers["user-agent"] == "cramplog/0.1.0"


def test_a_place_finer_than_its_cell_cannot_even_be_asked_for() -> None:
    with pytest.raises(ValueError, match="never a position inside it"):
        CellDays("48.2,16.4", 48.2134, 16.4, 171.0, date(2026, 6, 13), date(2026, 6, 13))


def test_where_one_height_is_unknown_none_is_sent_for_nan_would_turn_off_the_terrain() -> None:
    with served() as server:
        places = fetch(server, VIENNA, NOWHERE_KNOWN)
    assert "elevation" not in server.heard[0].params
    assert [place.elevation_m for place in places] == [200.0, 200.0]


def test_the_key_goes_out_in_a_header_and_never_in_the_address() -> None:
    with served() as server:
        fetch(server)
    assert server.heard[0].headers["x-api-key"] == KEY
    assert KEY not in server.heard[0].target


def test_without_a_key_no_header_for_one_is_sent() -> None:
    with served() as server, OpenMeteo(Service(f"{server.url}/v1/archive", "")) as open_meteo:
        open_meteo.fetch(Request("archive", (VIENNA,)), NOW)
    assert "x-api-key" not in server.heard[0].headers


@pytest.mark.parametrize(
    "answer",
    [error(400, f"bad key {KEY}"), error(403, f"The API key {KEY} is invalid."), error(500, KEY), cut()],
    ids=["refused", "locked out", "broken", "cut"],
)
def test_no_log_and_no_error_says_the_key_or_the_place(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with served(answer) as server, pytest.raises(CramplogError) as raised:
        fetch(server, tries=1)
    said = [*caplog.messages, *traceback.format_exception(raised.value), repr(raised.value), raised.value.hint]
    assert not [line for line in said if KEY in line or "48.2" in line or "16.4" in line]


def test_what_went_out_is_not_logged_when_all_is_well_either(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with served() as server:
        fetch(server)
    assert caplog.messages
    assert not [line for line in caplog.messages if KEY in line or "48.2" in line or "latitude" in line]


def test_a_proxy_for_the_world_is_none_for_a_service_on_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with served() as server:
        assert len(fetch(server, tries=1)) == 1


def test_a_proxy_that_cannot_be_used_is_the_users_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "smoke://signals:1")
    with pytest.raises(WrongInput, match="proxy"):
        OpenMeteo(Service("https://example.org/v1/archive", ""))


# What comes back.


def test_each_requested_cell_gets_its_hours_in_order_under_the_requested_cell() -> None:
    with served() as server:
        vienna, sydney = fetch(server, VIENNA, SYDNEY)
    assert (vienna.cell, sydney.cell) == ("48.2,16.4", "-33.9,151.2")
    assert (vienna.latitude, vienna.longitude) == (48.23, 16.43)
    assert (len(vienna.hour_at), str(vienna.hour_at[0]), str(vienna.hour_at[-1])) == (
        72,
        "2026-06-13T00:00:00",
        "2026-06-15T23:00:00",
    )
    assert (len(sydney.hour_at), str(sydney.hour_at[0])) == (24, "2026-05-01T00:00:00")
    assert (vienna.provider, vienna.model, vienna.elevation_m) == ("open-meteo", "best_match", 171.0)
    assert not vienna.notes


def test_fifty_places_go_in_one_request_and_come_back_each_to_its_own() -> None:
    norths = [f"{tenths / 10}" for tenths in range(400, 450)]
    asked = [CellDays(f"{north},16.4", float(north), 16.4, 100.0, SYDNEY.first, SYDNEY.last) for north in norths]
    with served() as server:
        places = fetch(server, *asked)
    assert [place.cell for place in places] == [f"{north},16.4" for north in norths]
    assert [round(float(place.columns["air_temp_c"][15]), 1) for place in (places[0], places[-1])] == [23.0, 22.0]
    assert len(server.heard) == 1
    assert len(server.heard[0].target) < 3000


def test_every_column_comes_in_our_units_and_with_wbgt() -> None:
    with served() as server:
        (vienna,) = fetch(server)
    noon = {name: float(vienna.columns[name][15]) for name in WEATHER_COLUMNS}
    assert noon.pop("wbgt_c") == pytest.approx(20.9, abs=0.5)  # wet bulb 16.3 and more in the sun, globe about 32
    assert noon == {
        "air_temp_c": 21.4,
        "rel_humidity_pct": 60.0,
        "dew_point_c": 13.4,
        "wind_ms": 2.5,
        "shortwave_wm2": 495.0,
        "direct_wm2": 353.6,
        "precip_mm": 0.0,
        "pressure_hpa": 990.0,
    }


def test_hours_the_archive_does_not_have_yet_are_not_there_and_young_ones_are_provisional() -> None:
    recent = CellDays("48.2,16.4", 48.2, 16.4, 171.0, date(2026, 6, 25), date(2026, 6, 27))
    with served(archive_ends_at=datetime(2026, 6, 26, 5, tzinfo=UTC)) as server:
        (place,) = fetch(server, recent)
    assert (len(place.hour_at), str(place.hour_at[-1])) == (30, "2026-06-26T05:00:00")
    assert place.provisional


def test_a_place_without_one_value_keeps_its_turn_and_has_no_hour() -> None:
    with served(archive_ends_at=datetime(2026, 5, 30, tzinfo=UTC)) as server:
        vienna, sydney = fetch(server, VIENNA, SYDNEY)
    assert (vienna.cell, len(vienna.hour_at)) == ("48.2,16.4", 0)
    assert (sydney.cell, len(sydney.hour_at)) == ("-33.9,151.2", 24)


def test_the_forecast_gives_the_last_days_and_sixteen_ahead_all_provisional() -> None:
    ahead = CellDays("48.2,16.4", 48.2, 16.4, 171.0, date(2026, 4, 1), date(2026, 7, 16))
    with served() as server:
        (place,) = fetch(server, ahead, host="forecast")
    assert server.heard[0].path == "/v1/forecast"
    assert (len(place.hour_at), place.provisional) == (107 * 24, True)
    assert place.columns["air_temp_c"][15] == 22.4


def test_a_forecast_of_long_past_days_is_provisional_too() -> None:
    past = CellDays("48.2,16.4", 48.2, 16.4, 171.0, date(2026, 5, 1), date(2026, 5, 1))
    with served() as server:
        assert fetch(server, past, host="forecast")[0].provisional
        assert not fetch(server, past)[0].provisional


def test_a_grid_point_far_off_or_much_higher_is_kept_and_said() -> None:
    def elsewhere(reply: Any) -> Any:
        return {**reply, "latitude": 48.9, "elevation": 900.0}

    with served(weather(elsewhere)) as server:
        (place,) = fetch(server)
    assert [note.kind for note in place.notes] == ["weather_far", "weather_other_height"]
    assert (place.cell, len(place.hour_at)) == ("48.2,16.4", 72)


def test_a_reply_without_a_height_is_read() -> None:
    with served(weather(lambda reply: {name: value for name, value in reply.items() if name != "elevation"})) as server:
        (place,) = fetch(server)
    assert (place.elevation_m, len(place.hour_at), place.notes) == (None, 72, ())


def test_single_nulls_become_unknown_values() -> None:
    def gappy(reply: Any) -> Any:
        reply["hourly"]["wind_speed_10m"][3] = None
        return reply

    with served(weather(gappy)) as server:
        (place,) = fetch(server)
    assert np.flatnonzero(np.isnan(place.columns["wind_ms"])).tolist() == [3]
    assert np.flatnonzero(np.isnan(place.columns["air_temp_c"])).size == 0


def test_wind_in_km_h_is_turned_into_m_s_should_the_service_ever_answer_so() -> None:
    def in_km_h(reply: Any) -> Any:
        reply["hourly_units"]["wind_speed_10m"] = "km/h"
        reply["hourly"]["wind_speed_10m"] = [9.0] * 72
        return reply

    with served(weather(in_km_h)) as server:
        assert fetch(server)[0].columns["wind_ms"][0] == 2.5


def test_a_zipped_answer_is_unzipped() -> None:
    with served() as server:
        plain = fetch(server)[0]
        _, document = server.reply_to(server.heard[0])
        server.script.append(body(gzip.compress(json.dumps(document).encode()), Content_Encoding="gzip"))
        zipped = fetch(server)[0]
    np.testing.assert_array_equal(zipped.columns["air_temp_c"], plain.columns["air_temp_c"])


def test_adelaides_recorded_summer_is_read_to_the_half_hour() -> None:
    days = CellDays("-34.8,138.6", -34.8, 138.6, 12.0, date(2025, 1, 9), date(2025, 1, 12))
    with served(recorded("openmeteo_archive_adelaide.json")) as server:
        (place,) = fetch(server, days)
    assert (place.cell, len(place.hour_at)) == ("-34.8,138.6", 72)
    # Its own label is 00:00 of 9:30; the service read its hours at 9:00.
    assert str(place.hour_at[0]) == "2025-01-09T15:00:00"
    assert not place.notes


# Every way it can fail.

BETTER_LATER: dict[str, Callable[[], Answer]] = {
    "overload": lambda: error(503, "The service is overloaded"),
    "gateway": lambda: body(b"<html>Bad gateway</html>", 502),
    "streamed error": streamed_error,
    "cut in the body": cut,
    "no byte": hang_up,
    "html with status 200": lambda: body(b"<html>Log in to the hotel's network</html>"),
    "an error with status 200": lambda: error(200, "something"),
    "an empty body": lambda: body(b""),
    "no hours": lambda: weather(lambda reply: {**reply, "hourly": None}),
    "a column too short": lambda: weather(
        lambda reply: {**reply, "hourly": {**reply["hourly"], "precipitation": [0.0]}}
    ),
    "two places for one": lambda: weather(lambda reply: [reply, reply]),
    "broken zip": lambda: body(b"no zip at all", Content_Encoding="gzip"),
    "too many at once": lambda: error(429, "Too many concurrent requests"),
}


@pytest.mark.parametrize("fault", BETTER_LATER)
def test_a_passing_fault_is_tried_again_and_the_weather_comes(fault: str) -> None:
    waiting = Waiting()
    with served(BETTER_LATER[fault](), BETTER_LATER[fault]()) as server:
        (place,) = fetch(server, waiting=waiting)
    assert (len(place.hour_at), len(server.heard)) == (72, 3)
    assert all(0.5 <= slept_s <= 8.0 for slept_s in waiting.slept_s)
    assert len(waiting.slept_s) == 2


@pytest.mark.parametrize("fault", BETTER_LATER)
def test_a_fault_that_stays_is_given_up_after_four_tries(fault: str) -> None:
    waiting = Waiting()
    with served(*(BETTER_LATER[fault]() for _ in range(9))) as server, pytest.raises(WeatherSilent) as raised:
        fetch(server, waiting=waiting)
    assert len(server.heard) == 4
    assert len(waiting.slept_s) == 3
    assert raised.value.exit_code == 5
    assert "nothing is lost" in raised.value.hint


def test_hours_of_other_days_than_asked_are_not_taken() -> None:
    with served() as server:
        fetch(server, VIENNA)
        _, of_june = server.reply_to(server.heard[0])
        server.script.extend(weather(lambda _: of_june) for _ in range(4))
        with pytest.raises(WeatherSilent, match="other days"):
            fetch(server, SYDNEY)


def test_a_server_that_never_answers_is_left_after_the_read_limit() -> None:
    with served(silence(), silence()) as server, pytest.raises(WeatherSilent, match="does not answer"):
        fetch(server, read_s=0.1, tries=2)
    assert len(server.heard) == 2


def test_a_server_that_sends_a_byte_now_and_then_is_left_after_the_whole_limit() -> None:
    with served(trickle(0.05)) as server, pytest.raises(WeatherSilent, match="too slowly"):
        fetch(server, whole_s=0.3, tries=1)


def test_nobody_listening_is_said_as_such() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1/archive"
        with (
            OpenMeteo(Service(address, ""), sleep=Waiting().sleep) as open_meteo,
            pytest.raises(WeatherSilent, match="cannot be reached"),
        ):
            open_meteo.fetch(Request("archive", (VIENNA,)), NOW)


@pytest.mark.parametrize(
    "reason",
    ["Parameter 'end_date' is out of allowed range from 1940-01-01 to 2026-11-22", "No data for this location"],
)
def test_a_request_the_service_cannot_mean_is_never_sent_again(reason: str) -> None:
    waiting = Waiting()
    with served(error(400, reason)) as server, pytest.raises(WeatherRefused) as raised:
        fetch(server, waiting=waiting)
    assert (len(server.heard), waiting.slept_s) == (1, [])
    assert raised.value.reason == f"{reason} (status 400)"


def test_the_recorded_refusal_is_understood() -> None:
    with served(recorded("error_400_out_of_range.json")) as server, pytest.raises(WeatherRefused, match="1940-01-01"):
        fetch(server)


def test_a_full_minute_is_waited_out_in_place() -> None:
    waiting = Waiting()
    with served(error(429, MINUTE)) as server:
        (place,) = fetch(server, waiting=waiting)
    assert len(place.hour_at) == 72
    (slept_s,) = waiting.slept_s
    assert 31.0 <= slept_s <= 35.0  # 14:20:30 to the next minute, and one to five seconds


def test_the_recorded_full_minute_is_understood() -> None:
    waiting = Waiting()
    with served(recorded("error_429_minutely.json")) as server:
        fetch(server, waiting=waiting)
    assert len(waiting.slept_s) == 1


def test_minutes_that_stay_full_are_left_for_later() -> None:
    waiting = Waiting()
    with served(*(error(429, MINUTE) for _ in range(9))) as server, pytest.raises(WeatherLater) as raised:
        fetch(server, waiting=waiting)
    assert len(server.heard) == 4
    assert raised.value.until == datetime(2026, 6, 30, 14, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "until"),
    [
        (HOUR, datetime(2026, 6, 30, 15, 0, tzinfo=UTC)),
        (DAY, datetime(2026, 7, 1, 0, 0, tzinfo=UTC)),
        ("Monthly API request limit exceeded.", datetime(2026, 7, 1, 0, 0, tzinfo=UTC)),
        ("Slow down", datetime(2026, 6, 30, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_full_hour_day_or_month_is_left_at_once_until_it_ends(reason: str, until: datetime) -> None:
    waiting = Waiting()
    with served(error(429, reason)) as server, pytest.raises(WeatherLater) as raised:
        fetch(server, waiting=waiting)
    assert (raised.value.until, len(server.heard), waiting.slept_s) == (until, 1, [])
    assert isinstance(raised.value, TryAgain)


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_stops_at_once_and_says_what_to_look_at(status: int) -> None:
    with served(error(status, "The supplied API key is invalid.")) as server, pytest.raises(WeatherSilent) as raised:
        fetch(server)
    assert len(server.heard) == 1
    assert "weather_key belongs to weather_url" in raised.value.message


def test_an_address_that_is_no_weather_service_stops_at_once() -> None:
    with (
        served(body(b"not found", 404)) as server,
        pytest.raises(WeatherSilent, match="check the address in weather_url"),
    ):
        fetch(server)
    assert len(server.heard) == 1


def test_a_redirect_is_not_followed() -> None:
    with served() as other, served(body(b"", 302, Location=f"{other.url}/v1/archive")) as server:
        with pytest.raises(WeatherSilent, match="status 302"):
            fetch(server)
        assert other.heard == []


def test_a_unit_we_do_not_know_is_refused_and_not_asked_for_again() -> None:
    def in_fathoms(reply: Any) -> Any:
        reply["hourly_units"]["precipitation"] = "fathoms"
        return reply

    with served(weather(in_fathoms)) as server, pytest.raises(WeatherSilent, match="unit 'fathoms'"):
        fetch(server)
    assert len(server.heard) == 1


def test_fahrenheit_under_a_celsius_label_is_refused() -> None:
    def hot(reply: Any) -> Any:
        reply["hourly"]["temperature_2m"] = [86.0] * 72
        return reply

    with served(weather(hot)) as server, pytest.raises(WeatherSilent, match="not plausible for air"):
        fetch(server)


def test_words_of_a_stranger_are_cut_short_and_cannot_move_the_cursor() -> None:
    with served(error(400, "\x1b[2J" + "x" * 5000)) as server, pytest.raises(WeatherRefused) as raised:
        fetch(server)
    assert raised.value.reason == "[2J" + "x" * 197 + " (status 400)"


def test_two_requests_share_one_connection_and_are_never_under_way_at_once() -> None:
    with served() as server:
        service = Service(f"{server.url}/v1/archive", f"{server.url}/v1/forecast")
        with OpenMeteo(service) as open_meteo:
            for _ in range(3):
                open_meteo.fetch(Request("archive", (VIENNA,)), NOW)
    assert (len(server.heard), server.most_at_once, server.connections) == (3, 1, 1)


def test_weight_is_counted_as_the_service_counts_it() -> None:
    fortnight = CellDays("48.2,16.4", 48.2, 16.4, None, date(2026, 1, 1), date(2026, 1, 14))
    five_years = CellDays("48.2,16.4", 48.2, 16.4, None, date(2021, 1, 1), date(2025, 12, 31))
    assert Request("archive", (fortnight, SYDNEY)).weight == 2.0
    assert Request("archive", (five_years,)).weight == pytest.approx(117.39, abs=0.01)
