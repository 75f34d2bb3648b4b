"""What exports say of files: kept by the file's content, told back, offered first where it speaks of cramps, never published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from models.fit.design import HAZARD_ROW_COLUMNS
from pipeline.schema import ExportDetails, ParsedRun, RecordedWeather
from pipeline.store.analyst.publish import publish, snapshot_paths
from pipeline.store.answers.details import run_details
from pipeline.store.answers.unanswered import unanswered_runs
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.fits.inputs import report_runs
from pipeline.store.runs.export_details import export_details_of, put_export_details
from pipeline.store.runs.find import run_by_id
from tests.support.stores import NOW, START, answer, even_run, make_store, put_runs

FULL = ExportDetails(
    title="Sunday long one",
    description="calf went hard after 25 km",
    sport="running",
    sub_sport="trail",
    gear="old shoes",
    weather=RecordedWeather("strava export", 900.0, 21.0, 55.0, None, 3.5, 0.0, 1013.0),
)
TITLE_ONLY = ExportDetails(title="Ride to work", sport="cycling")
MARKERS = ("secret-title", "secret-description", "secret-gear", "secret-words")


def written(name: str, day: int, **words: str) -> ParsedRun:
    """A run of that day, called so, with these words."""
    return replace(even_run(start_at=START + timedelta(days=day)), title=name, **words)  # type: ignore[arg-type]


def test_words_come_back_as_they_were_said_and_only_where_something_was_said(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    with open_store(settings, write=True) as con:
        put_export_details(con, {"a": FULL, "b": TITLE_ONLY}, NOW)
        assert export_details_of(con, ["a", "b", "c"]) == {"a": FULL, "b": TITLE_ONLY}
        assert export_details_of(con, ["b"]) == {"b": TITLE_ONLY}
        assert export_details_of(con, []) == {}


def test_a_later_export_has_the_last_word_on_its_files_and_on_no_others(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    renamed = ExportDetails(title="Hill repeats")
    with open_store(settings, write=True) as con:
        with transaction(con):
            put_export_details(con, {"a": FULL, "b": TITLE_ONLY}, NOW)
        with transaction(con):
            put_export_details(con, {"a": renamed}, NOW + timedelta(days=1))
        with transaction(con):
            put_export_details(con, {}, NOW + timedelta(days=2))
        assert export_details_of(con, ["a", "b"]) == {"a": renamed, "b": TITLE_ONLY}
        said = con.execute("SELECT file_sha256, said_at::DATE::VARCHAR FROM file_words ORDER BY ALL").fetchall()
    assert said == [("a", "2026-11-23"), ("b", "2026-11-22")]


def test_words_of_an_export_with_weather_at_the_very_start_keep_it(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "sam")
    words = {
        "cold": ExportDetails(weather=RecordedWeather("apple health", 0.0, 0.0)),
        "dry": ExportDetails(weather=RecordedWeather("strava export", 0.0, rel_humidity_pct=20.0)),
    }
    with open_store(settings, write=True) as con:
        put_export_details(con, words, NOW)
        assert export_details_of(con, ["cold", "dry"]) == words


def test_title_description_gear_and_words_are_in_no_byte_of_what_is_published(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = written("secret-title", 0, description="secret-description", gear="secret-gear")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        put_export_details(con, {"a": ExportDetails(title="secret-words")}, NOW)
        answer(con, run)
    publish(settings, NOW)
    kept = settings.store.read_bytes()
    published = b"".join(path.read_bytes() for path in snapshot_paths(settings))
    assert run.run_id.encode() in published
    assert {marker: (marker.encode() in kept, marker.encode() in published) for marker in MARKERS} == dict.fromkeys(
        MARKERS, (True, False)
    )


def test_a_run_without_words_is_called_what_its_richest_worded_recording_is_called(tmp_path: Path) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    counted = even_run(step_s=1.0)
    phone = replace(even_run(step_s=5.0), title="From the phone", gear="phone shoes")
    app = replace(even_run(step_s=10.0), title="From the app", description="hot")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [counted, phone, app])
        details = run_details(con, runner, run_by_id(con, counted.run_id))
        in_report = report_runs(con, runner.runner_id)["title"].to_list()
    assert {copy.run_id for copy in details.duplicates} == {phone.run_id, app.run_id}
    assert (details.title, details.description, details.gear) == ("From the phone", "hot", "phone shoes")
    assert in_report == ["From the phone"]


def offered_of(home: Path, runs: Sequence[ParsedRun], *answered: ParsedRun) -> list[tuple[str | None, bool]]:
    settings, (runner, other) = make_store(home, "sam", "anna")
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, runs)
        put_runs(con, other, [written("Somebody else's cramp", 40)])
        for run in answered:
            answer(con, run)
        return [(one.title, one.speaks_of_cramp) for one in unanswered_runs(con, runner.runner_id)]


def test_runs_whose_words_speak_of_cramps_are_offered_first_then_the_newest(tmp_path: Path) -> None:
    told = written("Calf cramp again", 4)
    runs = [
        written("Easy", 0, description="ended with a cramp in the left calf"),
        written("Krämpfe ab km 30", 1),
        written("Lunch run", 2),
        replace(written("", 3), title=None),
        told,
        written("Evening run", 5),
    ]
    assert offered_of(tmp_path / "home", runs, told) == [
        ("Krämpfe ab km 30", True),
        ("Easy", True),
        ("Evening run", False),
        (None, False),
        ("Lunch run", False),
    ]


def test_the_words_of_another_recording_count_as_the_runs_own(tmp_path: Path) -> None:
    watch = even_run(step_s=1.0)
    app = replace(even_run(step_s=10.0), title="Cramped at 30 km")
    assert offered_of(tmp_path / "home", [watch, app, written("Newer", 1)]) == [
        ("Cramped at 30 km", True),
        ("Newer", False),
    ]


@pytest.mark.parametrize("words", [{}, {"description": "cramps from km 30 on"}])
def test_words_change_no_training_row(tmp_path: Path, words: dict[str, str]) -> None:
    settings, (runner,) = make_store(tmp_path / "home", "sam")
    run = written("A run", 0, **words)
    with open_store(settings, write=True, with_records=True, with_tracks=True) as con:
        put_runs(con, runner, [run])
        answer(con, run)
        columns = [row[0] for row in con.execute("DESCRIBE v_hazard_row").fetchall()]
        rows = con.execute("SELECT onset, minutes, pace_faster_pct, wbgt_c FROM v_hazard_row").fetchall()
    assert rows == [(0.0, 5.0, None, None)] * 12
    assert columns == list(HAZARD_ROW_COLUMNS)
    assert not {"title", "description", "gear", "words", "speaks_of_cramp"} & {*columns}
