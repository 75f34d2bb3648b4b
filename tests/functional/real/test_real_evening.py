"""The evening path on real recordings: every one taken, a cramp tagged, a report that says how little it knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Home
from tests.support.folders import SHARED

RUNS, WEATHER = SHARED / "real_runs", SHARED / "real_weather"

pytestmark = pytest.mark.skipif(not RUNS.is_dir(), reason="the real recordings (../shared/real_runs) are not here")

NEW = {
    "2013-02-06-12-11-14.fit": 583,  # seven records shared a second with another
    "3173437224.tcx": 3507,
    "activity-small-fenix2-run.fit": 2809,
    "activity_5039744860.gpx": 96,
    "compressed-speed-distance.fit": 755,
    "coros-pace-2-cycling-misaligned-fields.fit": 11272,
    "korita-zbevnica.gpx": 513,
    "running-with-developer-data.fit": 1681,
    "sample.fit": 4276,
    "triathlon_summary_first.fit": 4043,
}
TWICE = {"activity-activity-filecrc.fit", "activity-unexpected-eof.fit"}  # the same session, whole and cut
LEFT_ALONE = "12 files to look at; 1 other file is left alone as no recording"  # MANIFEST.csv


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, dict[str, object]]]:
    """A runner's store with all of it, and what was said of each file."""
    home = Home(tmp_path_factory.mktemp("evening") / "home")
    assert home("init", "--runner", "sam", "--home-tz", "Europe/London").exit_code == 0
    taken = home("ingest", str(RUNS), "--json")
    assert (taken.exit_code, LEFT_ALONE in taken.stderr) == (0, True)
    files = {Path(one["path"]).name: one for one in json.loads(taken.stdout)["files"]}
    return home, files


def test_every_recording_is_taken_whole_and_no_other_file(
    evening: tuple[Home, dict[str, dict[str, object]]],
) -> None:
    _, files = evening
    assert set(files) == {*NEW, *TWICE}
    assert {name: files[name]["records"] for name in NEW} == NEW
    assert {files[name]["outcome"] for name in NEW} == {"new"}
    assert {files[name]["outcome"] for name in TWICE} == {"new", "known"}


def test_a_triathlon_is_five_linked_sessions(evening: tuple[Home, dict[str, dict[str, object]]]) -> None:
    home, files = evening
    assert len(files["triathlon_summary_first.fit"]["runs"]) == 5  # type: ignore[arg-type]
    legs = home.document("sql", "SELECT sport FROM v_run WHERE start_at::DATE = DATE '2023-09-02' ORDER BY start_at")
    assert [row[0] for row in legs["rows"]] == ["swimming", "transition", "cycling", "transition", "running"]


def test_a_clock_of_1990_is_kept_and_counts_nowhere(evening: tuple[Home, dict[str, dict[str, object]]]) -> None:
    home, _ = evening
    rows = home.document("sql", "SELECT run_id, clock_wrong, indoor FROM v_run WHERE year(start_at) = 1990")["rows"]
    assert [row[1:] for row in rows] == [[True, True]]


@pytest.mark.skipif(not WEATHER.is_dir(), reason="the recorded weather replies (../shared/real_weather) are not here")
def test_weather_replies_are_taken_and_error_replies_named(evening: tuple[Home, dict[str, dict[str, object]]]) -> None:
    home, _ = evening
    words = [part for path in sorted(WEATHER.iterdir()) for part in ("--file", str(path))]
    taken = home("weather", *words, "--json")
    assert taken.exit_code == 1
    outcomes = {Path(one["path"]).name: one for one in json.loads(taken.stdout)["files"]}
    failed = {name: one["reason"] for name, one in outcomes.items() if one["outcome"] == "failed"}
    assert set(failed) == {"error_400_out_of_range.json", "error_429_minutely.json"}
    assert "out of allowed range" in failed["error_400_out_of_range.json"]
    assert {one["hours"] for one in outcomes.values() if one["outcome"] == "new"} == {72}


def test_the_report_says_how_little_it_knows(evening: tuple[Home, dict[str, dict[str, object]]]) -> None:
    home, _ = evening
    cramp = ("--at", "km7.5", "--muscle", "calf", "--side", "left", "--severity", "moderate")
    assert home("tag", "2020-09-24", *cramp).exit_code == 0
    assert home("tag", "--none", "--from", "2000-01-01", "--yes").exit_code == 0
    assert home("report").exit_code == 0
    page = (home.path / "reports" / "sam.html").read_text()
    assert "not enough data yet" in page
    assert "7 of 10 answered runs" in page
    assert "of 100 runs like it" not in page
    assert "See a doctor" in page
    assert "Simulated" not in page
