"""Laws of reading: what is written comes back, and whatever comes in, only the plausible goes out."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.columns import clean_columns
from pipeline.formats.decoded import DECODED_COLUMNS
from pipeline.formats.read import read_runs
from pipeline.schema import ParsedRun, Records
from tests.support.fit.writer import FitActivity, FitEvent, FitRecords, FitSession, write_fit
from tests.support.maimed.plausible import breaches, breaches_of_values

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NOW = datetime(2025, 6, 2, tzinfo=UTC)
ON_FOOT_MS = 12.0
NAN = float("nan")

patient = settings(deadline=None)  # the first example pays for imports


def _quiet_run(seed: int) -> FitSession:
    """A run without faults: rising seconds, believable values, some of them unknown."""
    rng = np.random.default_rng(seed)
    at_s = np.concatenate([[0], np.cumsum(rng.integers(1, 8, rng.integers(1, 40)))])

    def column(low: int, high: int, steps: int = 1) -> NDArray[np.float64]:
        values = rng.integers(low * steps, high * steps + 1, at_s.size) / steps
        return np.where(rng.random(at_s.size) < 0.2, NAN, values)

    way_cm = np.concatenate([[0], np.cumsum(rng.integers(0, 600, at_s.size - 1) * np.diff(at_s))])
    records = FitRecords(
        at_s=at_s,
        latitude=52.5 + way_cm / 100 / 111_195,
        longitude=np.full(at_s.size, 13.4),
        altitude_m=500 + np.cumsum(rng.integers(-50, 51, at_s.size)) / 5,
        heart_rate_bpm=column(30, 250),
        cadence_rpm=column(0, 115, 2),
        distance_m=way_cm / 100,
        speed_ms=column(0, 12, 1000),
        power_w=column(0, 3000),
        temperature_c=column(-40, 60),
    )
    length = float(at_s[-1])
    return FitSession(START, elapsed_s=length, timer_s=length, records=records, distance_m=float(way_cm[-1] / 100))


def _wild_columns(seed: int) -> Records:
    """Columns as a damaged file gives them: any order, any value, repeated seconds, a clock far off."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 60))
    wild = [NAN, 0.0, -1.0, 1e9, -1e9, np.inf, 52.5, 13.4, 180.0]

    def column(low: float, high: float, wildness: float) -> NDArray[np.float64]:
        values = low + (high - low) * np.cumsum(rng.random(n)) / max(n, 1)
        return np.where(rng.random(n) < wildness, rng.choice(wild, n), values)

    wildness = float(rng.choice([0.0, 0.05, 0.5]))
    columns = {name: column(0.0, 300.0, wildness) for name in DECODED_COLUMNS}
    columns["latitude"] = column(52.5, 52.5 + 0.02 * rng.random(), wildness)
    columns["longitude"] = column(13.4, 13.4 + 0.02 * rng.random(), wildness)
    columns["distance_m"] = column(0.0, 4000.0 * rng.random(), wildness)
    times = np.cumsum(rng.choice([0.0, 0.4, 1.0, 5.0, -1.0, -90.0], n, p=[0.1, 0.1, 0.4, 0.3, 0.05, 0.05]))
    far = rng.choice([NAN, -1e9, 1e8, -3600.0], n)
    columns["time_s"] = 1.7e9 + np.where(rng.random(n) < wildness / 5, far, times)
    return columns


_quiet_runs = st.integers(0, 2**32).map(_quiet_run)
_wild = st.integers(0, 2**32).map(_wild_columns)


def _read(session: FitSession) -> ParsedRun:
    (run,) = read_runs(write_fit(FitActivity((session,), "a watch")), NOW)
    return run


@patient
@given(_quiet_runs)
def test_what_was_written_comes_back_value_for_value(session: FitSession) -> None:
    records, written = _read(session).records, session.records
    np.testing.assert_array_equal(records["elapsed_s"], written.at_s)
    np.testing.assert_array_equal(records["distance_m"], written.distance_m)
    np.testing.assert_allclose(records["altitude_m"], written.altitude_m, atol=1e-9, rtol=0)
    np.testing.assert_array_equal(records["heart_rate_bpm"], written.heart_rate_bpm)
    np.testing.assert_array_equal(records["power_w"], written.power_w)
    np.testing.assert_array_equal(records["device_temp_c"], written.temperature_c)
    np.testing.assert_allclose(records["latitude"], np.asarray(written.latitude), atol=5e-8, rtol=0)
    if not np.isnan(np.asarray(written.speed_ms)).all():
        np.testing.assert_array_equal(records["speed_ms"], written.speed_ms)


@patient
@given(_quiet_runs)
def test_a_run_without_faults_is_read_without_notes(session: FitSession) -> None:
    assert _read(session).notes == ()


@patient
@given(_quiet_runs, st.data())
def test_timer_time_is_elapsed_time_without_the_pauses(session: FitSession, data: st.DataObject) -> None:
    stop = data.draw(st.integers(1, int(session.elapsed_s)))
    start = data.draw(st.integers(stop, int(session.elapsed_s)))
    still = np.clip(np.asarray(session.records.at_s), None, stop)  # nobody moves after the stop
    records = FitRecords(at_s=session.records.at_s, distance_m=still)
    events = (FitEvent(0, "start"), FitEvent(stop, "stop"), FitEvent(start, "start"))
    run = _read(FitSession(START, session.elapsed_s, session.timer_s, records, events=events))
    assert run.timer_s == session.elapsed_s - (start - stop)
    assert run.moving_s <= run.timer_s


@patient
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x0e\x20\x54\x08\xff\x00\x00\x00.FIT\x00\x00", b"<gpx>"]))
def test_any_bytes_are_read_or_refused(content: bytes, head: bytes) -> None:
    try:
        runs = read_runs(head + content, NOW)
    except FileRefused:
        return
    assert [breach for run in runs for breach in breaches(run)] == []


@patient
@given(_quiet_runs, st.data())
def test_a_maimed_file_gives_a_plausible_run_or_is_refused(session: FitSession, data: st.DataObject) -> None:
    content = bytearray(write_fit(FitActivity((session,), "a watch")))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(14, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(15, len(content)))
    try:
        runs = read_runs(bytes(content[:cut]), NOW)
    except FileRefused:
        return
    assert [breach for run in runs for breach in breaches(run)] == []


@settings(patient, max_examples=200)
@given(_wild)
@example(_wild_columns(54291))  # the one record left after a misread one has no time
def test_cleaning_what_is_clean_changes_nothing(columns: Records) -> None:
    once, _ = clean_columns(columns, ON_FOOT_MS)
    twice, notes = clean_columns(once, ON_FOOT_MS)
    assert notes == ()
    for name, values in once.items():
        np.testing.assert_array_equal(twice[name], values)


@settings(patient, max_examples=200)
@given(_wild)
def test_only_the_plausible_leaves_cleaning(columns: Records) -> None:
    cleaned, _ = clean_columns(columns, ON_FOOT_MS)
    seconds: NDArray[np.float64] = np.floor(cleaned["time_s"])
    assert (np.diff(seconds) >= 1).all()
    cleaned["cadence_spm"] = cleaned["cadence_rpm"]
    assert list(breaches_of_values(cleaned, ON_FOOT_MS)) == []
