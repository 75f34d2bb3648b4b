"""Laws of GPX and TCX: what is written comes back, times, laps, pauses and values; what is cut is a beginning of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.schema import ParsedRun
from tests.support.reading import only_run
from tests.support.track_writer import Floats, Points, WrittenLap, write_gpx, write_tcx

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NOW = datetime(2025, 6, 2, tzinfo=UTC)

patient = settings(deadline=None, max_examples=40)  # the first example pays for imports


@dataclass(frozen=True)
class Recording:
    """A run as it was: its stretches between pauses, and those pauses in seconds after the start."""

    stretches: tuple[Points, ...]

    @property
    def pauses(self) -> list[tuple[float, float]]:
        return [(float(a.at_s[-1]), float(b.at_s[0])) for a, b in pairwise(self.stretches)]

    def column(self, name: str) -> Floats:
        return np.concatenate([one.columns[name] for one in self.stretches])

    @property
    def at_s(self) -> Floats:
        return np.concatenate([one.at_s for one in self.stretches]).astype(np.float64)


def _recording(seed: int) -> Recording:
    """Some stretches of rising seconds with believable values, a fifth of them not measured, and pauses between."""
    rng = np.random.default_rng(seed)
    stretches, second, way_m = [], 0, 0.0
    for _ in range(rng.integers(1, 5)):
        at_s = second + np.concatenate([[0], np.cumsum(rng.integers(1, 8, rng.integers(1, 30)))])
        distance_m = way_m + 3.0 * (at_s - at_s[0])
        columns = {
            "latitude": 52.5 + distance_m / 111_195,
            "longitude": np.full(at_s.size, 13.4),
            "distance_m": distance_m,
            "altitude_m": _some(rng, at_s.size, 0, 40),
            "heart_rate_bpm": _some(rng, at_s.size, 30, 250),
            "cadence_rpm": _some(rng, at_s.size, 0, 115),
            "power_w": _some(rng, at_s.size, 0, 3000),
            "speed_ms": np.full(at_s.size, 3.0),
        }
        stretches.append(Points(at_s, columns))
        second, way_m = int(at_s[-1] + rng.integers(4, 50)), float(distance_m[-1])
    return Recording(tuple(stretches))


def _some(rng: np.random.Generator, n: int, low: int, high: int) -> Floats:
    return np.where(rng.random(n) < 0.2, np.nan, rng.integers(low, high + 1, n).astype(np.float64))


recordings = st.integers(0, 2**32).map(_recording)


_run = partial(only_run, now=NOW)


def _laps(recording: Recording) -> tuple[WrittenLap, ...]:
    """A lap for each two stretches: a pause within it, and one before the next lap."""
    pairs = [recording.stretches[i : i + 2] for i in range(0, len(recording.stretches), 2)]
    return tuple(
        WrittenLap(int(pair[0].at_s[0]), pair, float(sum(one.at_s[-1] - one.at_s[0] for one in pair))) for pair in pairs
    )


def _assert_same(run: ParsedRun, recording: Recording) -> None:
    assert run.start_at == START
    assert run.notes == ()
    np.testing.assert_array_equal(run.records["elapsed_s"], recording.at_s)
    for name in ("altitude_m", "heart_rate_bpm", "power_w", "latitude", "longitude"):
        np.testing.assert_array_equal(run.records[name], recording.column(name), err_msg=name)
    assert [(pause.elapsed_start_s, pause.elapsed_end_s) for pause in run.pauses] == recording.pauses
    paused_s = sum(end - start for start, end in recording.pauses)
    assert run.timer_s == recording.at_s[-1] - paused_s


@patient
@given(recordings)
def test_a_written_gpx_comes_back_whole(recording: Recording) -> None:
    _assert_same(_run(write_gpx(START, recording.stretches)), recording)


@patient
@given(recordings)
def test_a_written_tcx_comes_back_whole(recording: Recording) -> None:
    run = _run(write_tcx(START, _laps(recording)))
    _assert_same(run, recording)
    np.testing.assert_array_equal(run.records["distance_m"], recording.column("distance_m"))
    written = _laps(recording)
    assert [(lap.elapsed_start_s, lap.timer_s) for lap in run.laps] == [(lap.start_s, lap.timer_s) for lap in written]


@patient
@given(recordings, st.floats(0, 1))
@pytest.mark.parametrize("form", ["gpx", "tcx"])
def test_of_a_cut_file_the_points_before_the_cut_are_kept(form: str, recording: Recording, share: float) -> None:
    is_gpx = form == "gpx"
    content = write_gpx(START, recording.stretches) if is_gpx else write_tcx(START, _laps(recording))
    kept = content[: int(share * len(content))]
    whole = kept.count(b"</trkpt>" if is_gpx else b"</Trackpoint>")
    if whole < 2:
        return
    run = _run(kept)
    n_read = run.records["elapsed_s"].size
    assert 0 <= n_read - whole <= 1  # of a point cut in two its time may be there
    np.testing.assert_array_equal(run.records["elapsed_s"], recording.at_s[:n_read])
    for name in ("heart_rate_bpm", "altitude_m"):
        read, written = run.records[name], recording.column(name)[:n_read]
        known = ~np.isnan(read)
        np.testing.assert_array_equal(read[known], written[known])  # no half of a number
        np.testing.assert_array_equal(read[:whole], written[:whole])


@patient
@given(recordings, st.data())
def test_lost_tags_cost_no_more_points_than_they_touch(recording: Recording, data: st.DataObject) -> None:
    tags = write_gpx(START, recording.stretches).split(b"<")
    body = [i for i, tag in enumerate(tags) if tag.startswith((b"/trkpt", b"/ele", b"/time", b"/extensions"))]
    lost = data.draw(st.sets(st.sampled_from(body), max_size=5))
    content = b"<".join(tag for i, tag in enumerate(tags) if i not in lost)
    assert _run(content).records["elapsed_s"].size >= recording.at_s.size - len(lost)


@patient
@given(st.binary(max_size=300), st.sampled_from([b"<gpx>", b"<TrainingCenterDatabase>", b"<gpx><trk><trkseg>"]))
def test_any_bytes_after_a_root_are_read_or_refused(noise: bytes, root: bytes) -> None:
    try:
        runs = read_runs(root + noise, NOW)
    except FileRefused:
        return
    assert all(run.elapsed_s > 0 for run in runs)
