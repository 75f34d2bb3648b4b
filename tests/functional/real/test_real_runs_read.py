"""Real recordings, where the folder of them is at hand: what is read of each, repaired, refused."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import numpy as np
import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.schema import RECORD_COLUMNS, ParsedRun
from tests.support.folders import REAL_RUNS

NOW = datetime(2026, 1, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REAL_RUNS.is_dir(), reason="the folder of real recordings is not here"),
]

# File: rows and notes of each session. Rows are the manifest's records without those merged or left out.
READ: dict[str, list[tuple[int, set[str]]]] = {
    "2013-02-06-12-11-14.fit": [(583, {"same_second"})],
    "3173437224.tcx": [(3507, set())],
    "activity-activity-filecrc.fit": [(14, {"checksum", "same_session"})],
    "activity-small-fenix2-run.fit": [(2809, {"position_jump", "distance"})],
    "activity-unexpected-eof.fit": [(14, {"damaged"})],
    "activity_5039744860.gpx": [(96, set())],
    "compressed-speed-distance.fit": [(755, {"clock_wrong"})],
    "coros-pace-2-cycling-misaligned-fields.fit": [(11272, {"misaligned_field"})],
    "korita-zbevnica.gpx": [(513, {"no_time"})],
    "running-with-developer-data.fit": [(1681, set())],
    "sample.fit": [(4276, set())],
    "triathlon_summary_first.fit": [
        (676, set()),
        (156, {"distance_offset"}),
        (1566, {"distance_offset"}),
        (70, {"distance_offset"}),
        (1575, {"distance_offset"}),
    ],
}
REFUSED = {"MANIFEST.csv": "unknown"}


def _manifest() -> dict[str, dict[str, str]]:
    with (REAL_RUNS / "MANIFEST.csv").open(newline="") as lines:
        return {row["file"]: row for row in csv.DictReader(lines)}


def _runs(name: str) -> list[ParsedRun]:
    return read_runs((REAL_RUNS / name).read_bytes(), NOW)


def test_every_file_of_the_folder_is_expected_here() -> None:
    assert {path.name for path in REAL_RUNS.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_run_file_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(FileRefused) as refused:
        _runs(name)
    assert refused.value.code == REFUSED[name]


@pytest.mark.parametrize("name", READ)
def test_every_session_is_read_with_its_rows_and_notes(name: str) -> None:
    runs = _runs(name)
    assert [(len(run.records["elapsed_s"]), {note.kind for note in run.notes}) for run in runs] == READ[name]


@pytest.mark.parametrize("name", READ)
def test_times_and_distances_agree_with_the_manifest(name: str) -> None:
    told, runs = _manifest()[name], _runs(name)
    whole_s = (runs[-1].start_at - runs[0].start_at).total_seconds() + runs[-1].elapsed_s
    assert whole_s == pytest.approx(float(told["duration_s"]), abs=4)
    assert runs[0].start_at == datetime.fromisoformat(told["start_time"])
    if told["distance_m"]:
        assert sum(run.distance_m or 0 for run in runs) == pytest.approx(float(told["distance_m"]), abs=3)


@pytest.mark.parametrize("name", READ)
def test_every_run_keeps_the_laws_of_time_and_speed(name: str) -> None:
    for run in _runs(name):
        records = run.records
        assert tuple(records) == RECORD_COLUMNS
        assert (np.diff(records["elapsed_s"]) > 0).all()
        assert (records["moving_s"] <= records["timer_s"]).all()
        assert (records["timer_s"] <= records["elapsed_s"]).all()
        assert 0 < run.moving_s <= run.timer_s <= run.elapsed_s
        limit_ms = 12 if run.sport == "running" else 40
        assert not (records["speed_ms"] > limit_ms).any()
