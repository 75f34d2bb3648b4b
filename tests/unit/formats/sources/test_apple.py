"""Workouts of Apple Health: cut out of the export's table, and read with their heart rates, routes and weather."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.formats.sources.apple import read_excerpts
from pipeline.formats.sources.apple_workout import decode_apple
from pipeline.formats.sources.find import find_sources
from pipeline.schema import ParsedRun, RecordedWeather
from tests.support.exports import apple_export, write_zip

NOW = datetime(2025, 7, 2, tzinfo=UTC)
TABLE = apple_export()["apple_health_export/export.xml"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[ParsedRun, ParsedRun]:
    """The run outside and the one on the treadmill."""
    path = write_zip(tmp_path_factory.mktemp("apple") / "export.zip", apple_export())
    (outside,), (inside,) = [read_runs(source.read(), NOW) for source in find_sources([path]).sources]
    return outside, inside


def in_steps(content: bytes, size: int) -> Iterator[bytes]:
    yield from (content[at : at + size] for at in range(0, len(content), size))


def test_a_run_with_a_route_has_places_and_the_heart_rates_that_the_route_lacks(
    runs: tuple[ParsedRun, ParsedRun],
) -> None:
    outside, _ = runs
    assert (outside.sport, outside.indoor, outside.start_at) == (
        "running",
        False,
        datetime(2025, 6, 1, 6, 30, tzinfo=UTC),
    )
    assert np.isfinite(outside.records["latitude"]).sum() == 120
    assert outside.records["elapsed_s"].size == 120  # a heart rate of a second joins the point of that second
    assert np.flatnonzero(outside.records["heart_rate_bpm"] == 150).tolist() == list(range(0, 60, 5))


def test_weather_comes_in_degrees_celsius_and_percent(runs: tuple[ParsedRun, ParsedRun]) -> None:
    assert runs[0].weather == (RecordedWeather("apple health", 0.0, 25.0, 67.0),)


def test_the_clock_is_that_of_the_run_and_not_that_of_the_export(runs: tuple[ParsedRun, ParsedRun]) -> None:
    assert runs[0].utc_offset_s == -4 * 3600


def test_a_treadmill_run_has_heart_rates_and_its_own_distances(runs: tuple[ParsedRun, ParsedRun]) -> None:
    _, inside = runs
    assert (inside.indoor, inside.sub_sport, inside.elapsed_s, inside.distance_m) == (True, "indoor", 300.0, 900.0)
    known = np.isfinite(inside.records["distance_m"])
    assert inside.records["distance_m"][known].tolist() == [180.0, 360.0, 540.0, 720.0, 900.0]
    assert inside.records["heart_rate_bpm"].tolist() == [140, 141, 142, 143, 144, 145]
    assert [(pause.elapsed_start_s, pause.elapsed_end_s) for pause in inside.pauses] == [(120.0, 150.0)]
    assert inside.device == "Apple Watch6,2"
    assert [note.kind for run in runs for note in run.notes] == []


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_it_does_not_matter_where_a_step_of_reading_ends(size: int) -> None:
    assert read_excerpts(lambda: in_steps(TABLE, size)) == read_excerpts(lambda: [TABLE])
    assert len(read_excerpts(lambda: [TABLE])) == 2


def test_the_same_workout_gives_the_same_document_from_the_next_export() -> None:
    later = TABLE.replace(b"0x2812", b"0x9f01").replace(b"2025-07-01 10:00", b"2025-08-01 10:00")
    assert read_excerpts(lambda: [later]) == read_excerpts(lambda: [TABLE])


def test_a_table_that_is_cut_gives_the_workouts_before_the_cut() -> None:
    assert len(read_excerpts(lambda: [TABLE[: TABLE.rfind(b"<WorkoutStatistics")]])) == 1


def test_attributes_in_another_order_are_read_too() -> None:
    record = (
        b'<Record type="HKQuantityTypeIdentifierHeartRate" value="141" endDate="2016-06-01 09:10:00 +0200"'
        b' startDate="2016-06-01 09:10:00 +0200" unit="count/min" sourceName="W"/>'
    )
    workout = b'<Workout endDate="2016-06-01 09:31:00 +0200" startDate="2016-06-01 09:00:00 +0200" sourceName="W"/>'
    (excerpt,) = read_excerpts(lambda: [record + workout])
    assert b'value="141"' in excerpt.document()


def test_records_and_workouts_that_say_nothing_are_passed_over() -> None:
    odd = (
        b'<HealthData><Record type="HKQuantityTypeIdentifierHeartRate" startDate="soon" value="x"/>'
        b'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" startDate="2025" endDate="2026"/>'
        b'<Workout startDate="2025-06-01 09:00:00 +0200" endDate="2025-06-01 08:00:00 +0200"/></HealthData>'
    )
    assert read_excerpts(lambda: [odd]) == ()


def test_a_workout_without_records_is_a_run_of_that_length() -> None:
    alone = (
        b'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" totalDistance="5.5"'
        b' totalDistanceUnit="km" startDate="2016-06-01 09:00:00 +0200" endDate="2016-06-01 09:31:00 +0200"/>'
    )
    (excerpt,) = read_excerpts(lambda: [alone])
    (run,) = read_runs(excerpt.document(), NOW)
    assert (run.elapsed_s, run.timer_s, run.distance_m, run.records["elapsed_s"].size) == (1860.0, 1800.0, 5500.0, 0)


@pytest.mark.parametrize(
    ("kind", "sport"),
    [("Running", "running"), ("CrossCountrySkiing", "cross_country_skiing"), ("SwimBikeRun", "multisport"),
     ("Cycling", "cycling"), ("Hiking", "hiking"), ("Yoga", "yoga")],
)  # fmt: skip
def test_each_kind_of_workout_is_its_own_sport(kind: str, sport: str) -> None:
    document = (
        f'<HealthData><Workout workoutActivityType="HKWorkoutActivityType{kind}" startDate="2025-06-01 09:00:00 +0200"'
        ' endDate="2025-06-01 09:31:00 +0200"/></HealthData>'
    )
    (decoded,) = decode_apple(document.encode())
    assert decoded.sport == sport


def test_a_route_that_cannot_be_read_does_not_cost_the_workout() -> None:
    workout = read_excerpts(lambda: [TABLE])[0]
    (decoded,) = decode_apple(workout.document(b"<gpx><trk></gpx>"))
    assert [note.kind for note in decoded.notes] == ["route"]
    assert decoded.elapsed_s == 119.0


@pytest.mark.parametrize("content", [b"<HealthData>", b"<HealthData/>", b"<HealthData><Workout/></HealthData>"])
def test_a_document_without_a_workout_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        decode_apple(content)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("HKWorkoutActivityTypeSecret")
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 20}">' for n in range(8))
    document = (
        f'<!DOCTYPE HealthData [<!ENTITY e0 "x"><!ENTITY s SYSTEM "{secret.as_uri()}">{bomb}]><HealthData>'
        '<Workout workoutActivityType="HKWorkoutActivityTypeRunning" startDate="2025-06-01 09:00:00 +0200"'
        ' endDate="2025-06-01 09:31:00 +0200" sourceName="&e8;">&s;</Workout></HealthData>'
    )
    try:
        (decoded,) = decode_apple(document.encode())
    except FileRefused:
        return
    assert "Secret" not in repr(decoded)
