"""Weather files as people save them: the service's CSV and JSON, our plain table, and their faults."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FileRefused
from pipeline.schema import WEATHER_COLUMNS
from pipeline.weather.files.read import is_weather_file, read_weather
from pipeline.weather.place import WeatherPlace

NOW = datetime(2025, 9, 1, tzinfo=UTC)

ONE_PLACE = """latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
48.2,16.4,171.0,0,GMT,GMT

time,temperature_2m (°C),relative_humidity_2m (%),dew_point_2m (°C),precipitation (mm),wind_speed_10m (m/s),\
shortwave_radiation (W/m²),direct_radiation (W/m²),surface_pressure (hPa)
2025-07-15T11:00,29.1,52,18.3,0.00,2.10,780.0,610.0,995.1
2025-07-15T12:00,30.0,50,18.4,0.20,2.00,800.0,620.0,995.0
2025-07-15T13:00,30.4,NaN,NaN,NaN,NaN,NaN,NaN,NaN
"""

TWO_PLACES = """location_id,latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
0,48.2,16.4,171.0,7200,Europe/Vienna,GMT+2
1,-33.9,151.2,NaN,0,GMT,GMT

location_id,time,temperature_2m (°C),wind_speed_10m (km/h)
0,2025-07-15T14:00,30.0,7.2
0,2025-07-15T15:00,30.5,3.6
1,2025-07-15T14:00,12.0,36.0

location_id,time,temperature_2m_max (°C)
0,2025-07-15,31.0
1,2025-07-15,13.0
"""

PLAIN = """time_utc,latitude,longitude,elevation_m,air_temp_c,rel_humidity_pct,wind_ms,source,model
2025-07-15T12:00:00Z,48.2,16.4,171,30.0,50,2.0,station,
2025-07-15T15:00:00+02:00,48.2,16.4,171,31.0,48,2.0,station,
2025-07-15T12:00:00Z,47.1,15.4,,28.0,,2.5,,cosmo
"""


def table(header: str, *rows: str, offset_s: int = 0) -> bytes:
    names = "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation"
    place = f"{names}\n48.2,16.4,171,{offset_s},X,X"
    return "\n".join([place, "", header, *rows, ""]).encode()


def reply(hourly: dict[str, list[Any]], units: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "latitude": 48.2,
        "longitude": 16.4,
        "utc_offset_seconds": 0,
        "elevation": 171.0,
        "hourly_units": {"time": "iso8601", **units},
        "hourly": hourly,
        **more,
    }


def read_one(content: bytes, name: str = "weather.csv") -> WeatherPlace:
    (place,) = read_weather(content, name, NOW)
    return place


def hours_of(place: WeatherPlace) -> list[str]:
    return [str(hour) for hour in place.hour_at.astype("datetime64[m]")]


def refusal(content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_weather(content, "weather.csv", NOW)
    return caught.value


def kinds(place: WeatherPlace) -> dict[str, int]:
    return {note.kind: note.n for note in place.notes}


# --- the service's CSV ---


def test_a_download_becomes_hours_with_every_column() -> None:
    place = read_one(ONE_PLACE.encode())
    assert tuple(place.columns) == WEATHER_COLUMNS
    assert all(values.shape == (3,) and values.dtype == np.float64 for values in place.columns.values())
    assert hours_of(place) == ["2025-07-15T11:00", "2025-07-15T12:00", "2025-07-15T13:00"]
    assert (place.latitude, place.longitude, place.elevation_m) == (48.2, 16.4, 171.0)
    assert (place.cell, place.provider, place.model) == ("48.2,16.4", "open-meteo", None)
    noon = {name: values[1] for name, values in place.columns.items()}
    assert noon.pop("wbgt_c") == pytest.approx(29.1, abs=0.3)
    assert noon == {
        "air_temp_c": 30.0,
        "rel_humidity_pct": 50.0,
        "dew_point_c": 18.4,
        "wind_ms": 2.0,
        "shortwave_wm2": 800.0,
        "direct_wm2": 620.0,
        "precip_mm": 0.2,
        "pressure_hpa": 995.0,
    }


def test_nan_stays_unknown() -> None:
    last = {name: values[2] for name, values in read_one(ONE_PLACE.encode()).columns.items()}
    assert last.pop("air_temp_c") == 30.4
    assert all(np.isnan(value) for value in last.values())


def test_several_locations_become_several_places_and_days_are_passed_over() -> None:
    vienna, sydney = read_weather(TWO_PLACES.encode(), "w.csv", NOW)
    assert hours_of(vienna) == ["2025-07-15T12:00", "2025-07-15T13:00"]
    assert vienna.columns["wind_ms"].tolist() == pytest.approx([2.0, 1.0])
    assert hours_of(sydney) == ["2025-07-15T14:00"]
    assert (sydney.cell, sydney.elevation_m) == ("-33.9,151.2", None)


@pytest.mark.parametrize(
    ("title", "written", "column", "value"),
    [
        ("wind_speed_10m (km/h)", "36", "wind_ms", 10.0),
        ("wind_speed_10m (mp/h)", "10", "wind_ms", 4.4704),
        ("wind_speed_10m (kn)", "10", "wind_ms", 5.1444),
        ("windspeed_10m (m/s)", "7.5", "wind_ms", 7.5),
        ("precipitation (inch)", "0.1", "precip_mm", 2.54),
        ("dew_point_2m (°F)", "50", "dew_point_c", 10.0),
        ("surface_pressure (Pa)", "99500", "pressure_hpa", 995.0),
    ],
)
def test_units_of_the_header_are_converted(title: str, written: str, column: str, value: float) -> None:
    place = read_one(table(f"time,temperature_2m (°C),{title}", f"2025-07-15T12:00,20.0,{written}"))
    assert place.columns[column][0] == pytest.approx(value, abs=1e-4)


def test_fahrenheit_of_the_header_is_converted() -> None:
    place = read_one(table("time,temperature_2m (°F)", "2025-07-15T12:00,86.0"))
    assert place.columns["air_temp_c"][0] == pytest.approx(30.0)


def test_temperatures_only_fahrenheit_can_mean_are_refused() -> None:
    refused = refusal(table("time,temperature_2m (°C)", "2025-07-15T12:00,86.0", "2025-07-15T13:00,59.0"))
    assert refused.code == "weather_unit"
    assert "86" in refused.message
    assert "°F" in refused.hint


@pytest.mark.parametrize("unit", [" (furlong/h)", ""])
def test_an_unknown_or_unsaid_unit_is_refused(unit: str) -> None:
    refused = refusal(table(f"time,temperature_2m (°C),wind_speed_10m{unit}", "2025-07-15T12:00,20.0,3"))
    assert refused.code == "weather_unit"
    assert "wind_ms" in refused.message


@pytest.mark.parametrize(
    ("offset_s", "label", "utc"),
    [
        (7200, "2025-07-15T14:00", "2025-07-15T12:00"),
        (-18000, "2025-07-15T14:00", "2025-07-15T19:00"),
        (34200, "2025-01-10T00:00", "2025-01-09T15:00"),  # Adelaide: of 9:30 the service applies 9:00
        (-12600, "2025-07-15T14:00", "2025-07-15T17:00"),  # Newfoundland: of -3:30 it applies -3:00
        (20700, "2025-07-15T14:00", "2025-07-15T09:00"),  # Nepal: of 5:45 it applies 5:00
        (34200, "1736433000", "2025-01-09T15:00"),  # the same hour of Adelaide in unix seconds: 14:30 UTC
        (0, "1752580800", "2025-07-15T12:00"),
    ],
)
def test_labels_become_utc_by_the_files_own_offset(offset_s: int, label: str, utc: str) -> None:
    place = read_one(table("time,temperature_2m (°C)", f"{label},20.0", offset_s=offset_s))
    assert hours_of(place) == [utc]


def test_broken_lines_are_left_out_and_named() -> None:
    place = read_one(
        table(
            "time,temperature_2m (°C),precipitation (mm)",
            "2025-07-15T12:00,20.0,0",
            "2025-07-15T13:00,21.0",
            "2025-07-15T25:00,21.0,0",
            "2025-07-15T14:00,warm,0",
            "2025-07-15T15:00,22.0,0",
        )
    )
    assert hours_of(place) == ["2025-07-15T12:00", "2025-07-15T15:00"]
    (note,) = place.notes
    assert (note.kind, note.n) == ("weather_line_skipped", 3)
    assert note.detail == "lines 6, 7, 8 could not be read"


def test_a_thousand_broken_lines_make_one_short_note() -> None:
    lines = ["x"] * 1000
    place = read_one(table("time,temperature_2m (°C)", "2025-07-15T12:00,20.0", *lines))
    (note,) = place.notes
    assert note.n == 1000
    assert note.detail == "lines 6, 7, 8, 9, 10 and 995 more could not be read"


def test_hours_come_sorted_each_once_the_first_kept() -> None:
    place = read_one(
        table(
            "time,temperature_2m (°C)",
            "2025-07-15T13:00,21.0",
            "2025-07-15T12:00,20.0",
            "2025-07-15T13:00,25.0",
        )
    )
    assert hours_of(place) == ["2025-07-15T12:00", "2025-07-15T13:00"]
    assert place.columns["air_temp_c"].tolist() == [20.0, 21.0]
    assert kinds(place) == {"weather_double_hour": 1}


def test_quarter_hours_and_hours_without_a_value_are_left_out() -> None:
    place = read_one(
        table(
            "time,temperature_2m (°C)",
            "2025-07-15T12:00,20.0",
            "2025-07-15T12:15,20.2",
            "2025-07-15T13:00,NaN",
        )
    )
    assert hours_of(place) == ["2025-07-15T12:00"]
    assert kinds(place) == {"weather_off_hour": 1, "weather_empty_hour": 1}


@pytest.mark.parametrize(
    ("title", "written", "column", "kept"),
    [
        ("relative_humidity_2m (%)", 103.0, "rel_humidity_pct", 100.0),
        ("relative_humidity_2m (%)", 106.0, "rel_humidity_pct", None),
        ("relative_humidity_2m (%)", -1.0, "rel_humidity_pct", None),
        ("dew_point_2m (°C)", 20.4, "dew_point_c", 20.4),
        ("dew_point_2m (°C)", 20.6, "dew_point_c", None),
        ("wind_speed_10m (m/s)", 61.0, "wind_ms", None),
        ("wind_speed_10m (m/s)", -0.1, "wind_ms", None),
        ("shortwave_radiation (W/m²)", -0.2, "shortwave_wm2", 0.0),
        ("shortwave_radiation (W/m²)", 1401.0, "shortwave_wm2", None),
        ("direct_radiation (W/m²)", -3.0, "direct_wm2", 0.0),
        ("direct_radiation (W/m²)", 1401.0, "direct_wm2", None),
        ("shortwave_radiation (W/m²)", -11.0, "shortwave_wm2", None),
        ("direct_radiation (W/m²)", -300.0, "direct_wm2", None),
        ("precipitation (mm)", 501.0, "precip_mm", None),
        ("surface_pressure (hPa)", 299.0, "pressure_hpa", None),
        ("precipitation (mm)", -0.1, "precip_mm", None),
        ("surface_pressure (hPa)", 99500.0, "pressure_hpa", None),
    ],
)
def test_what_weather_cannot_be_becomes_unknown_and_is_counted(
    title: str, written: float, column: str, kept: float | None
) -> None:
    place = read_one(table(f"time,temperature_2m (°C),{title}", f"2025-07-15T12:00,20.0,{written}"))
    if kept is None:
        assert np.isnan(place.columns[column][0])
        assert kinds(place) == {"weather_implausible": 1}
    else:
        assert place.columns[column][0] == kept
        assert place.notes == ()


def test_a_frost_no_place_has_becomes_unknown() -> None:
    place = read_one(table("time,temperature_2m (°C),precipitation (mm)", "2025-07-15T12:00,-61,0"))
    assert np.isnan(place.columns["air_temp_c"][0])


def test_humidity_as_a_fraction_is_refused() -> None:
    rows = [f"2025-07-15T{hour:02d}:00,20.0,0.{hour}" for hour in range(10, 20)]
    refused = refusal(table("time,temperature_2m (°C),relative_humidity_2m (%)", *rows))
    assert "percent" in refused.hint


def test_humidity_and_dew_point_stand_in_for_each_other() -> None:
    damp = read_one(table("time,temperature_2m (°C),relative_humidity_2m (%)", "2025-07-15T12:00,20.0,50"))
    assert damp.columns["dew_point_c"][0] == pytest.approx(9.3, abs=0.1)
    dewy = read_one(table("time,temperature_2m (°C),dew_point_2m (°C)", "2025-07-15T12:00,20.0,9.3"))
    assert dewy.columns["rel_humidity_pct"][0] == pytest.approx(50.0, abs=0.5)


def test_hours_whose_wbgt_has_no_solution_are_counted() -> None:
    title = ONE_PLACE.splitlines()[3]
    place = read_one(
        table(title, "2025-07-15T11:00,-38.2,75,,0,23.4,640,200,950", "2025-07-15T12:00,20,75,,0,2,640,200,950")
    )
    assert np.isnan(place.columns["wbgt_c"]).tolist() == [True, False]
    assert kinds(place) == {"weather_wbgt_unsolved": 1}


# --- the service's JSON ---

TEMPERATURE = {"temperature_2m": "°C"}


def test_a_reply_becomes_hours() -> None:
    hourly = {
        "time": ["2025-07-15T12:00", "2025-07-15T13:00"],
        "temperature_2m": [30.0, None],
        "rain": [0, 0],
    }
    hourly["wind_speed_10m"] = [7.2, 3.6]
    content = json.dumps(reply(hourly, {"temperature_2m": "°C", "wind_speed_10m": "km/h", "rain": "mm"})).encode()
    place = read_one(content)
    assert hours_of(place) == ["2025-07-15T12:00", "2025-07-15T13:00"]
    assert place.columns["wind_ms"].tolist() == pytest.approx([2.0, 1.0])
    assert place.columns["air_temp_c"][0] == 30.0
    assert np.isnan(place.columns["air_temp_c"][1])


def test_a_reply_in_unix_seconds_is_utc() -> None:
    hourly = {"time": [1752580800], "temperature_2m": [30]}
    whole = reply(hourly, {"time": "unixtime", **TEMPERATURE}, utc_offset_seconds=7200)
    assert hours_of(read_one(json.dumps(whole).encode())) == ["2025-07-15T12:00"]


def test_a_reply_for_several_locations_is_an_array() -> None:
    one = reply({"time": ["2025-07-15T12:00"], "temperature_2m": [30.0]}, TEMPERATURE)
    other = {**one, "latitude": -33.9, "longitude": 151.2, "location_id": 1}
    other.pop("elevation")
    places = read_weather(json.dumps([one, other]).encode(), "w.json", NOW)
    assert [(place.cell, place.elevation_m) for place in places] == [
        ("48.2,16.4", 171.0),
        ("-33.9,151.2", None),
    ]


def test_an_error_reply_is_refused_with_the_services_reason() -> None:
    refused = refusal(b'{"error":true,"reason":"Daily API request limit exceeded. Please try again tomorrow."}')
    assert refused.code == "weather_service_error"
    assert "Daily API request limit exceeded" in refused.message


GOOD = reply({"time": ["2025-07-15T12:00"], "temperature_2m": [30.0]}, TEMPERATURE)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "weather_empty"),
        (b"\n \n", "weather_empty"),
        (b"\x0e\x10\xd9\x07\x00\x00\x00\x00.FIT", "weather_unknown"),
        (b"<?xml version='1.0'?><gpx></gpx>", "weather_unknown"),
        (b"runner,muscle\nA,calf\n", "weather_unknown"),
        (b"time,temperature_2m (\xc2\xb0C)\n2025-07-15T12:00,20.0\n", "weather_unknown"),  # no place
        (b'{"type": "FeatureCollection"}', "weather_no_hours"),
        (b"[1, 2]", "weather_unknown"),
        (b"[" * 100_000, "weather_broken"),
        (
            json.dumps(GOOD).encode()[:-20] + b"Unexpected error while streaming data: timeout",
            "weather_broken",
        ),
        (json.dumps({**GOOD, "hourly_units": {}}).encode(), "weather_broken"),
        (json.dumps({**GOOD, "latitude": None}).encode(), "weather_broken"),
        (json.dumps({**GOOD, "latitude": 95.0}).encode(), "weather_no_place"),
        (json.dumps({**GOOD, "hourly_units": {"time": "iso8601"}}).encode(), "weather_unit"),
        (json.dumps({**GOOD, "hourly_units": {"time": "stardate", **TEMPERATURE}}).encode(), "weather_unit"),
        (json.dumps(reply({"time": ["2025-07-15T12:00"]}, {})).encode(), "weather_no_temperature"),
        (
            json.dumps(reply({"time": ["2025-07-15T12:00"], "temperature_2m": [None]}, TEMPERATURE)).encode(),
            "weather_no_hours",
        ),
        (
            json.dumps(reply({"time": ["2025-07-15T12:00"], "temperature_2m": [1, 2]}, TEMPERATURE)).encode(),
            "weather_broken",
        ),
        (
            json.dumps(reply({"time": ["2025-07-15T12:00"], "temperature_2m": ["warm"]}, TEMPERATURE)).encode(),
            "weather_broken",
        ),
        (
            json.dumps(reply({"time": ["yesterday"], "temperature_2m": [1]}, TEMPERATURE)).encode(),
            "weather_broken",
        ),
        (table("time,wind_speed_10m (m/s)", "2025-07-15T12:00,3"), "weather_no_temperature"),
        (table("time,temperature_2m (°C)", "x,y"), "weather_no_hours"),
        (ONE_PLACE.replace("48.2,16.4", "north,16.4").encode(), "weather_broken"),
        (ONE_PLACE.replace("48.2,16.4", "NaN,16.4").encode(), "weather_no_place"),
        (gzip.compress(ONE_PLACE.encode())[:-30], "weather_broken"),
        (b"\x1f\x8bnot gzip at all", "weather_broken"),
    ],
)
def test_what_is_no_weather_is_refused_in_words(content: bytes, code: str) -> None:
    refused = refusal(content)
    assert refused.code == code
    assert refused.message


def test_a_small_file_that_unpacks_to_a_giant_is_refused() -> None:
    assert refusal(gzip.compress(b" " * (64 * 2**20 + 1), 1)).code == "weather_too_big"


# --- our plain table ---


def test_a_plain_table_gives_a_place_a_position() -> None:
    vienna, graz = read_weather(PLAIN.encode(), "station.csv", NOW)
    assert hours_of(vienna) == ["2025-07-15T12:00", "2025-07-15T13:00"]
    assert (vienna.provider, vienna.model, vienna.elevation_m) == ("station", None, 171.0)
    assert vienna.columns["dew_point_c"][0] == pytest.approx(18.4, abs=0.1)
    assert (graz.provider, graz.model, graz.elevation_m) == ("file", "cosmo", None)
    assert np.isnan(graz.columns["rel_humidity_pct"][0])


def test_a_plain_table_needs_zones_and_columns() -> None:
    assert refusal(PLAIN.replace("12:00:00Z", "12:00:00").encode()).code == "weather_no_zone"
    missing = refusal(PLAIN.replace("air_temp_c", "temp").encode())
    assert missing.code == "weather_no_column"
    assert "air_temp_c" in missing.message
    assert "dew_point_c" in refusal(PLAIN.replace("rel_humidity_pct", "rh").encode()).message
    assert refusal(PLAIN.replace(",30.0,", ",86.0,").encode()).code == "weather_unit"
    fractions = PLAIN.replace(",50,", ",0.5,").replace(",48,", ",0.48,")
    assert "percent" in refusal(fractions.encode()).hint


def test_pressure_in_pascal_and_wind_in_km_h_of_a_plain_table_become_unknown() -> None:
    table = (
        PLAIN.replace("elevation_m", "pressure_hpa").replace(",171,", ",99500,").replace(",2.0,station", ",72,station")
    )
    vienna, _ = read_weather(table.encode(), "station.csv", NOW)
    assert np.isnan(vienna.columns["pressure_hpa"]).all()
    assert np.isnan(vienna.columns["wind_ms"]).all()
    assert sorted((note.detail.split()[0], note.n) for note in vienna.notes) == [("pressure_hpa", 2), ("wind_ms", 2)]


def test_a_broken_position_in_a_plain_table_costs_its_line_only() -> None:
    places = read_weather(PLAIN.replace("47.1,15.4", "here,15.4").encode(), "station.csv", NOW)
    assert [place.cell for place in places] == ["48.2,16.4"]
    assert places[0].notes[0].detail == "line 4 could not be read"


# --- the file itself ---


def same_values(one: WeatherPlace, other: WeatherPlace) -> bool:
    return bool(np.array_equal(one.hour_at, other.hour_at)) and all(
        np.array_equal(one.columns[name], other.columns[name], equal_nan=True) for name in WEATHER_COLUMNS
    )


@pytest.mark.parametrize(
    "saved_as",
    [
        lambda text: gzip.compress(text.encode()),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: ("\n" + text).encode(),
    ],
    ids=["gzip", "byte order mark", "spreadsheet's encoding", "windows lines", "leading empty line"],
)
def test_how_a_file_was_saved_changes_nothing(saved_as: Callable[[str], bytes]) -> None:
    assert same_values(read_one(saved_as(ONE_PLACE)), read_one(ONE_PLACE.encode()))


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("simulated-vienna.csv", "simulated"),
        ("weather/simulated-vienna.csv.gz", "simulated"),
        ("open-meteo-48.20N16.40E171m.csv", "open-meteo"),
        ("simulated-cohort/real.csv", "open-meteo"),
    ],
)
def test_the_sample_cohorts_weather_is_known_by_its_name(name: str, provider: str) -> None:
    assert read_one(ONE_PLACE.encode(), name).provider == provider


def test_hours_of_the_last_five_days_and_to_come_are_provisional() -> None:
    day_after = datetime(2025, 7, 16, 12, tzinfo=UTC)
    week_after = datetime(2025, 7, 22, 12, tzinfo=UTC)
    week_before = datetime(2025, 7, 8, tzinfo=UTC)
    content = ONE_PLACE.encode()
    assert read_weather(content, "w.csv", day_after)[0].provisional
    assert read_weather(content, "w.csv", week_before)[0].provisional
    assert not read_weather(content, "w.csv", week_after)[0].provisional
    assert not read_weather(content, "simulated-w.csv", day_after)[0].provisional


@pytest.mark.parametrize(
    ("head", "weather"),
    [
        (ONE_PLACE.encode(), True),
        (TWO_PLACES.encode()[:100], True),
        (PLAIN.encode(), True),
        (gzip.compress(ONE_PLACE.encode())[:200], True),
        (json.dumps(GOOD).encode(), True),
        (json.dumps([GOOD, GOOD]).encode(), True),
        (b'{"error":true,"reason":"x"}', True),
        (b"", False),
        (b'{"runner": "A"}', False),
        (b"<?xml version='1.0'?><gpx>", False),
        (b"\x0e\x10\xd9\x07\x00\x00\x00\x00.FIT", False),
        (gzip.compress(b"\x0e\x10\xd9\x07\x00\x00\x00\x00.FIT"), False),
        (b"\x1f\x8bnonsense", False),
        (b"runner,run,at,muscle\nA,last,2:00:00,calf\n", False),
    ],
)
def test_an_inbox_tells_weather_from_runs(head: bytes, weather: bool) -> None:
    assert is_weather_file(head) is weather


@pytest.mark.parametrize("whole", [ONE_PLACE.encode(), PLAIN.encode(), json.dumps([GOOD, GOOD]).encode()])
def test_a_file_cut_anywhere_is_read_or_refused_never_a_crash(whole: bytes) -> None:
    for length in range(0, len(whole), 3):
        with suppress(FileRefused):
            assert all(len(place.hour_at) for place in read_weather(whole[:length], "w.csv", NOW))


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: (ONE_PLACE + text).encode())))
def test_any_bytes_are_read_or_refused_never_a_crash(content: bytes) -> None:
    is_weather_file(content)
    with suppress(FileRefused):
        assert all(len(place.hour_at) for place in read_weather(content, "w.csv", NOW))


def test_a_year_is_read_with_its_wbgt_in_under_two_seconds() -> None:
    first = np.datetime64("2024-09-01T00:00", "m")
    rows = []
    for hour in range(8760):
        turn = hour % 24
        air, sun = 12 + 8 * np.sin(turn / 4), 60 * max(0, 8 - abs(turn - 12))
        rows.append(f"{first + 60 * hour},{air:.1f},60,5.0,0.0,2.5,{sun},0,990")
    content = table(ONE_PLACE.splitlines()[3], *rows)
    started = time.process_time()
    place = read_one(content)
    assert time.process_time() - started < 2.0
    assert len(place.hour_at) == 8760
    assert np.isnan(place.columns["wbgt_c"]).sum() <= 5
