"""The committed sample cohort keeps its promises, and `make sample` would make it again.

Records are counted here by walking the FIT messages, so that 230,000 records take a second and no reader is believed.
"""

from __future__ import annotations

import csv
import re
import struct
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.formats.read import read_runs
from pipeline.units import parse_duration_s
from pipeline.vocabulary import MUSCLES, SEVERITIES, SIDES
from sample_data import build
from sample_data.cohort import COHORT
from tests.support.fit.walk import messages, record_moments, unpacked

SAMPLE = Path(build.__file__).parent
NOW = datetime(2026, 11, 22, tzinfo=UTC)
RUN_FILES = sorted(path for path in (SAMPLE / "runs").rglob("*") if path.is_file())
DAMAGED = [path for path in RUN_FILES if path.name.startswith("damaged-")]
WHOLE = [path for path in RUN_FILES if path not in DAMAGED]


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((SAMPLE / name).read_text(encoding="utf-8").splitlines()))


def _cramps() -> list[dict[str, str]]:
    """Cramps of mild or more."""
    return [row for row in _rows("cramps.csv") if row["severity"] != "tightness"]


def _file_of(row: dict[str, str]) -> Path:
    """The recording a row of answers names by its run's start."""
    stem = row["run"].replace("-", "").replace(":", "")
    (found,) = [path for path in RUN_FILES if path.parent.name == row["runner"] and path.name.startswith(stem)
                and "-again" not in path.name]  # fmt: skip
    return found


def _is_fit(path: Path) -> bool:
    return ".fit" in path.suffixes and path.stat().st_size > 0


def test_sample_holds_at_most_8_megabytes_and_350_000_records() -> None:
    files = [path for path in SAMPLE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    records = sum(len(record_moments(path)) for path in RUN_FILES if _is_fit(path))
    records += sum(unpacked(path).count(b"<trkpt ") for path in RUN_FILES if path.suffix == ".gpx")
    assert sum(path.stat().st_size for path in files) <= 8_000_000
    assert 150_000 < records <= 350_000


def test_twelve_runners_have_20_to_70_runs_each_and_one_has_six() -> None:
    runs = Counter(path.parent.name for path in WHOLE if "-again" not in path.name)
    assert sorted(runs) == sorted(row["name"] for row in _rows("runners.csv"))
    assert len(runs) == 12
    assert runs.pop("julia") == 6
    assert all(20 <= n <= 70 for n in runs.values()), runs


def test_three_runs_are_recorded_every_second_and_the_others_every_4_to_7() -> None:
    every_second = []
    for path in filter(_is_fit, WHOLE):
        step = float(np.median(np.diff(record_moments(path))))
        if step == 1.0:
            every_second.append(path.parent.name)
        else:
            assert 4.0 <= step <= 7.0, path.name
    assert every_second == ["anna", "felix", "karl"]


def test_every_file_says_that_it_is_simulated() -> None:
    for path in RUN_FILES:
        content = unpacked(path)
        if path.suffix == ".gpx":
            assert b'creator="cramplog simulated"' in content, path.name
        elif content:
            assert b"cramplog simulated" in content[:120], path.name
            manufacturers = {struct.unpack_from("<H", content, at + 1)[0]
                             for number, at in messages(content) if number == 0}  # fmt: skip
            assert manufacturers == {255}, path.name
    assert all(path.name.startswith("simulated-") for path in (SAMPLE / "weather").iterdir())


def test_three_files_are_damaged_and_say_so_in_their_names() -> None:
    names = [re.sub(r"\d{8}T\d{6}Z", "START", path.name) for path in DAMAGED]
    assert sorted(names) == [
        "damaged-empty.fit", "damaged-route-without-times.gpx", "damaged-truncated-START.fit.gz",
    ]  # fmt: skip


def test_thirty_to_sixty_cramps_are_told_in_the_words_of_the_schema() -> None:
    cramps = _cramps()
    assert 30 <= len(cramps) <= 60
    for row in _rows("cramps.csv"):
        assert row["muscle"] in MUSCLES
        assert row["side"] in SIDES
        assert row["severity"] in SEVERITIES
    assert any(row["severity"] == "tightness" for row in _rows("cramps.csv"))


def test_two_runners_never_cramp_and_hanna_cramps_on_the_bike_too() -> None:
    assert {"emma", "ivan"}.isdisjoint(row["runner"] for row in _rows("cramps.csv"))
    sports = {read_runs(_file_of(row).read_bytes(), NOW)[0].sport for row in _cramps() if row["runner"] == "hanna"}
    assert sports == {"cycling", "running"}


def test_about_a_fifth_of_the_runs_is_unanswered() -> None:
    answered = {(row["runner"], row["run"]) for name in ("cramps.csv", "answers.csv") for row in _rows(name)}
    runs = [path for path in WHOLE if "-again" not in path.name]
    assert 0.14 <= 1.0 - len(answered) / len(runs) <= 0.26


def test_no_run_is_told_both_with_and_without_a_cramp() -> None:
    clean = {(row["runner"], row["run"]) for row in _rows("answers.csv")}
    assert clean.isdisjoint((row["runner"], row["run"]) for row in _rows("cramps.csv"))
    assert {row["at"] for row in _rows("answers.csv")} == {"none"}


def test_every_answer_and_plan_names_one_recording() -> None:
    for name in ("cramps.csv", "answers.csv", "runs.csv"):
        for row in _rows(name):
            assert _file_of(row) in WHOLE


def test_every_cramp_lies_inside_its_runs_timer() -> None:
    for row in _rows("cramps.csv"):
        (run,) = read_runs(_file_of(row).read_bytes(), NOW)
        assert 0.0 < parse_duration_s(row["at"]) < run.timer_s


def test_the_run_kept_twice_is_the_same_run_as_fit_and_as_gpx() -> None:
    (again,) = [path for path in WHOLE if "-again" in path.name]
    (as_gpx,) = read_runs(again.read_bytes(), NOW)
    (as_fit,) = read_runs(again.with_name(again.name.replace("-again.gpx", ".fit.gz")).read_bytes(), NOW)
    assert as_gpx.start_at == as_fit.start_at
    assert as_gpx.timer_s == pytest.approx(as_fit.timer_s, abs=2.0)  # GPX loses a second at each pause
    assert as_gpx.distance_m == pytest.approx(as_fit.distance_m, rel=0.005)


def test_recordings_hold_laps_pauses_a_treadmill_rides_and_two_time_zones() -> None:
    by_runner = {name: [path for path in WHOLE if path.parent.name == name] for name in ("carla", "hanna", "emma")}
    runs = [run for paths in by_runner.values() for path in paths for run in read_runs(path.read_bytes(), NOW)]
    assert all(run.simulated for run in runs)
    assert all(len(run.laps) > 1 for run in runs)
    assert sum(len(run.pauses) > 0 for run in runs) > 20
    assert sum(run.indoor for run in runs) == 4
    assert sum(run.sport == "cycling" for run in runs) == 8
    assert {run.utc_offset_s for run in runs} == {3600, 7200, -21600}  # Vienna, and a journey to Denver in July


def test_a_cramped_runner_slows_down_and_stops() -> None:
    """karl cramped at about 1:26 of his spring race; his watch has no auto-pause, so standing is in the records."""
    (run,) = read_runs((SAMPLE / "runs/karl/20260419T070852Z.fit.gz").read_bytes(), NOW)
    speed, moving = run.records["speed_ms"], run.records["moving_s"]
    onset_s = 86 * 60
    before = np.median(speed[(moving > onset_s - 600) & (moving < onset_s - 60)])
    after = np.median(speed[(moving > onset_s + 60) & (moving < onset_s + 500)])
    assert after < 0.85 * before
    assert (speed == 0).sum() >= 10


def test_a_second_build_of_one_runner_has_the_same_content(tmp_path: Path) -> None:
    julia = [runner for runner in COHORT if runner.name == "julia"]
    files = build.sample_files(julia)
    build.write(files, tmp_path)
    _assert_as_committed(tmp_path, [name for name in files if name.startswith("runs/")])


@pytest.mark.slow
@pytest.mark.release
def test_a_second_build_of_everything_has_the_same_content(tmp_path: Path) -> None:
    files = build.sample_files()
    build.write(files, tmp_path)
    kept = {str(path.relative_to(SAMPLE)) for room in ("runs", "weather") for path in (SAMPLE / room).rglob("*.*")}
    assert kept == {name for name in files if "/" in name}
    _assert_as_committed(tmp_path, list(files))


def _assert_as_committed(folder: Path, names: list[str]) -> None:
    """Equal after unpacking: another zlib may pack the same content into other bytes."""
    assert len(names) >= 6
    for name in names:
        assert unpacked(folder / name) == unpacked(SAMPLE / name), name


def test_readme_counts_what_is_there() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    cramps = Counter(row["runner"] for row in _cramps())
    for runner in COHORT:
        runs = sum(path.parent.name == runner.name and "-again" not in path.name for path in WHOLE)
        assert f"| {runner.name} | {build.TRUTHS[runner.name].u:+.1f} | {runs} | {cramps[runner.name]} |" in readme
    assert f"{len(_cramps())} cramps" in readme
