"""What `cramplog runs RUN` says of a run, line by line: what a file carries is named with its unit and its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.actions.runs.runs import ShownRun
from pipeline.actions.tagging.moments import LapPress
from pipeline.cli.lines.run_facts import facts_of
from pipeline.schema import Device, FieldSummary, RecordedWeather
from pipeline.store.answers.details import RunDetails
from pipeline.store.runs.find import RunRow
from pipeline.units import METRIC, Units

START = datetime(2026, 6, 14, 5, 30)
RUN = RunRow(
    run_id="4f0c2a1" + "0" * 57, run_no=1, runner_id="r1", sport="running", indoor=False, start_at=START,
    start_local=START + timedelta(hours=2), tz="Europe/Vienna", elapsed_s=3700.0, timer_s=3600.0, moving_s=3500.0,
    distance_m=10_500.0, race=False, planned_s=None, answer="unanswered", duplicate_of=None, simulated=False,
    clock_wrong=False, records=3601, tz_rule="", utc_offset_s=7200, sport_said=None, indoor_said=None, shift_s=0.0,
)  # fmt: skip
DETAILS = RunDetails(
    runner="anna", run=RUN, laps=3, pauses=1, air_temp_c=None, wbgt_c=None, weather_from=(), cramps=(), answers=(),
    notes=(), duplicates=(), title=None, description=None, gear=None, fields=(), devices=(), carried_weather=(),
)  # fmt: skip


def lines(presses: tuple[LapPress, ...] = (), units: Units = METRIC, **known: Any) -> list[str]:
    """The lines of that run with this known of it."""
    shown = ShownRun(replace(DETAILS, **known), presses)
    return [f"{name}: {words}" for name, words in facts_of(shown, units)]


def test_elapsed_timer_and_moving_time_stand_apart() -> None:
    assert "time: 0:58:20 moving, 1:00:00 timer, 1:01:40 elapsed" in lines()


def test_a_plain_recording_has_no_line_for_what_it_does_not_carry() -> None:
    names = [line.split(":")[0] for line in lines()]
    assert names == ["id", "start", "distance", "time", "planned", "holds", "weather", "answer"]


def test_fields_beyond_the_usual_are_named_with_their_units() -> None:
    fields = (
        FieldSummary("vertical_oscillation", "mm", "fit", 3601),
        FieldSummary("core_temperature", "°C", "developer", 900),
        FieldSummary("Stryd\x1b[31m Form", None, "developer", 3601),
    )
    assert "fields: vertical_oscillation (mm), core_temperature (°C), Stryd [31m Form" in lines(fields=fields)


def test_the_watch_and_its_sensors_are_named_once_each() -> None:
    strap = Device(1, "heart_rate", "garmin", "hrm_pro", "9.10")
    said = lines(devices=(Device(0, None, "garmin", "fenix7", None), strap, replace(strap, device_no=4)))
    assert [line for line in said if line.startswith("device")] == [
        "device: garmin fenix7",
        "device: heart rate: garmin hrm_pro, software 9.10",
    ]


@pytest.mark.parametrize(
    ("known", "units", "said"),
    [
        ({}, METRIC, "weather: not known"),
        (
            {"air_temp_c": 24.0, "wbgt_c": 21.4, "weather_from": ("open-meteo",)},
            METRIC,
            "weather: 24 °C on average, WBGT 21 °C",
        ),
        (
            {
                "air_temp_c": 24.0,
                "weather_from": ("watch",),
                "carried_weather": (RecordedWeather("watch", 60.0, 24.0),),
            },
            METRIC,
            "weather: 24 °C on average (from the watch)",
        ),
        (
            {
                "air_temp_c": 24.0,
                "weather_from": ("strava export",),
                "carried_weather": (RecordedWeather("strava export", 0.0, 24.0),),
            },
            Units(temperature="F"),
            "weather: 75 °F on average (from the strava export)",
        ),
    ],
)
def test_weather_that_came_with_the_run_names_its_source(known: dict[str, Any], units: Units, said: str) -> None:
    assert said in lines(units=units, **known)


def test_words_of_the_runner_are_one_line_and_cut_when_long() -> None:
    said = lines(title="Long\nrun", description="word " * 100, gear="blue shoes")
    assert said[1] == "title: Long run"
    assert said[2] == "written: " + "word " * 39 + "word…"
    assert said[3] == "gear: blue shoes"


def test_a_lap_closed_by_hand_says_how_to_tag_it_and_intervals_only_that_they_are() -> None:
    press = LapPress(7, 2470.0, START + timedelta(seconds=2500))
    tag = "by hand; if one was a cramp: cramplog tag 4f0c2a1 --at"
    assert f"pressed: lap7 at 0:41:10 (08:11), {tag} lap7" in lines((press,))
    assert f"pressed: lap7 at 0:41:10 (08:11), lap8 at 0:41:10 (08:11), {tag} lap7" in lines(
        (press, replace(press, lap=8))
    )
    many = tuple(LapPress(lap, 300.0 * lap, START + timedelta(seconds=300 * lap)) for lap in range(1, 9))
    assert f"pressed: lap1 at 0:05:00 (07:35) to lap8 at 0:40:00 (08:10), 8 laps, {tag} lap1" in lines(many)
