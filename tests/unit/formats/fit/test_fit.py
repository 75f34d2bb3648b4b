"""FIT activities of our own writing, whole and maimed, through the reader."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.schema import RECORD_COLUMNS, ParsedRun
from tests.support.fit.encoding import fit_crc
from tests.support.fit.writer import FitActivity, FitEvent, FitLap, FitRecords, FitSession, write_fit
from tests.support.reading import only_run

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NOW = datetime(2025, 6, 2, tzinfo=UTC)
SECONDS = np.arange(601)


def _records(**columns: object) -> FitRecords:
    """Ten minutes at 3 m/s, a record a second."""
    usual = FitRecords(
        at_s=SECONDS,
        latitude=52.5 + SECONDS * 3 / 111_195,
        longitude=np.full(601, 13.4),
        altitude_m=np.full(601, 35.0),
        heart_rate_bpm=np.full(601, 150),
        cadence_rpm=np.full(601, 85.5),
        distance_m=SECONDS * 3.0,
        speed_ms=np.full(601, 3.0),
        temperature_c=np.full(601, 21),
    )
    return replace(usual, **columns)  # type: ignore[arg-type]


def _session(**fields: object) -> FitSession:
    usual = FitSession(START, 600.0, 600.0, _records(), distance_m=1800.0)
    return replace(usual, **fields)  # type: ignore[arg-type]


def _file(*sessions: FitSession, product: str = "a watch", local_offset_s: int | None = None) -> bytes:
    return write_fit(FitActivity(sessions or (_session(),), product, local_offset_s=local_offset_s))


_run = partial(only_run, now=NOW)


def _kinds(run: ParsedRun) -> set[str]:
    return {note.kind for note in run.notes}


def test_a_whole_run_comes_back_as_it_was_run() -> None:
    run = _run(_file())
    assert (run.sport, run.sub_sport, run.indoor, run.start_at) == ("running", None, False, START)
    assert (run.elapsed_s, run.timer_s, run.moving_s, run.distance_m) == (600.0, 600.0, 600.0, 1800.0)
    assert (run.device, run.title, run.simulated, run.clock_wrong) == ("a watch", None, False, False)
    assert (run.pauses, run.notes) == ((), ())
    assert tuple(run.records) == RECORD_COLUMNS
    assert run.records["elapsed_s"].tolist() == list(range(601))
    assert run.records["moving_s"].tolist() == list(range(601))
    assert run.records["distance_m"][600] == 1800.0
    assert np.allclose(run.records["latitude"], 52.5 + SECONDS * 3 / 111_195, atol=1e-7)
    assert set(run.records["heart_rate_bpm"]) == {150.0}
    assert np.isnan(run.records["power_w"]).all()


def test_cadence_on_foot_is_steps_and_on_wheels_revolutions() -> None:
    assert set(_run(_file()).records["cadence_spm"]) == {171.0}
    assert set(_run(_file(_session(sport="cycling"))).records["cadence_spm"]) == {85.5}


def test_a_file_that_counts_steps_already_is_not_doubled() -> None:
    run = _run(_file(_session(records=_records(cadence_rpm=np.full(601, 172)))))
    assert set(run.records["cadence_spm"]) == {172.0}


def test_the_watch_says_its_local_clock() -> None:
    assert _run(_file(local_offset_s=-5 * 3600)).utc_offset_s == -18000
    assert _run(_file(local_offset_s=20_700)).utc_offset_s == 20_700  # Nepal, 5 h 45 min
    assert _run(_file()).utc_offset_s is None
    assert _run(_file(local_offset_s=40 * 3600)).utc_offset_s is None  # no place on earth


def test_the_mark_of_a_simulated_file_is_seen() -> None:
    assert _run(_file(product="cramplog simulated")).simulated


def test_a_treadmill_run_is_indoors() -> None:
    assert _run(_file(_session(sub_sport="treadmill"))).indoor
    assert _run(_file(_session(records=_records(latitude=None, longitude=None)))).indoor


def test_timer_stops_are_pauses() -> None:
    running = np.concatenate([np.arange(0, 201), np.arange(320, 601)])
    at_s = running.astype(float)
    way = np.where(at_s <= 200, at_s, at_s - 120) * 3.0
    events = (
        FitEvent(0, "start"),
        FitEvent(200, "stop_all"),
        FitEvent(320, "start"),
        FitEvent(600, "stop_all"),
    )
    records = FitRecords(at_s=at_s, distance_m=way)
    run = _run(_file(_session(records=records, events=events, timer_s=480.0)))
    assert [(p.elapsed_start_s, p.elapsed_end_s, p.kind) for p in run.pauses] == [(200.0, 320.0, "timer")]
    assert (run.elapsed_s, run.timer_s, run.moving_s) == (600.0, 480.0, 480.0)
    assert run.records["timer_s"][[200, 201, 301]].tolist() == [200.0, 200.0, 300.0]


def test_laps_count_from_the_start_and_keep_their_trigger() -> None:
    laps = (FitLap(0, 400, 400, 1200.0, "distance"), FitLap(400, 200, 200, 600.0, "session_end"))
    run = _run(_file(_session(laps=laps)))
    assert [(lap.lap_no, lap.elapsed_start_s, lap.elapsed_s, lap.distance_m) for lap in run.laps] == [
        (0, 0.0, 400.0, 1200.0),
        (1, 400.0, 200.0, 600.0),
    ]
    assert [lap.trigger for lap in run.laps] == ["distance", "session_end"]


def test_laps_survive_a_watch_that_crashed_before_it_wrote_its_session() -> None:
    content = _file(_session(laps=(FitLap(0, 200, 200), FitLap(200, 400, 400))))
    run = _run(content[: content.rindex(b"\x40\x00\x00\x12\x00")])  # where the session is defined
    assert [lap.elapsed_start_s for lap in run.laps] == [0.0, 200.0]
    assert len(run.records["elapsed_s"]) == 601


def test_each_session_gets_its_own_records_laps_and_distance() -> None:
    ride = _session(sport="cycling", laps=(FitLap(0, 600, 600),))
    later = START + timedelta(seconds=700)
    run_after = _session(start_at=later, records=_records(distance_m=1800 + SECONDS * 3.0), laps=(FitLap(0, 300, 300),))
    first, second = read_runs(_file(ride, run_after), NOW)
    assert [(r.session_no, r.sport, r.start_at) for r in (first, second)] == [
        (0, "cycling", START),
        (1, "running", later),
    ]
    assert [len(r.records["elapsed_s"]) for r in (first, second)] == [601, 601]
    assert [len(r.laps) for r in (first, second)] == [1, 1]
    assert second.records["distance_m"][[0, 600]].tolist() == [0.0, 1800.0]
    assert "distance_offset" in _kinds(second)
    assert first.run_id != second.run_id


def test_a_cut_file_keeps_the_records_before_the_cut() -> None:
    content = _file()
    run = _run(content[: int(len(content) * 0.6)])
    n = len(run.records["elapsed_s"])
    assert 0.55 * 601 < n < 0.61 * 601
    assert run.elapsed_s == n - 1
    assert "damaged" in _kinds(run)


def test_a_changed_byte_is_seen_by_the_checksum_and_costs_no_record() -> None:
    content = bytearray(_file())
    content[-500] ^= 1
    run = _run(bytes(content))
    assert "checksum" in _kinds(run)
    assert len(run.records["elapsed_s"]) >= 600


def test_a_file_its_watch_never_closed_is_read_to_its_end() -> None:
    content = _file()
    unclosed = content[:4] + b"\x00\x00\x00\x00" + content[8:-2] + b"\x00" * 300
    run = _run(unclosed)
    assert len(run.records["elapsed_s"]) == 601
    assert "unclosed" in _kinds(run)


def test_zeros_in_the_middle_invent_nothing() -> None:
    content = bytearray(_file())
    content[8000:8512] = bytes(512)
    run = _run(bytes(content))
    assert 0.9 * 601 < len(run.records["elapsed_s"]) <= 601
    assert run.start_at == START
    assert run.elapsed_s == 600.0
    known = ~np.isnan(run.records["distance_m"])
    assert (np.diff(run.records["distance_m"][known]) >= 0).all()


def test_chained_files_are_read_and_a_copy_is_taken_once() -> None:
    other = _file(_session(start_at=START + timedelta(hours=2)))
    assert [run.start_at.hour for run in read_runs(_file() + other, NOW)] == [6, 8]
    run = _run(_file() + _file())
    assert "same_session" in _kinds(run)


def test_bytes_after_the_end_are_no_damage() -> None:
    assert _run(_file() + b"\x01\x02\x03 a maker's own").notes == ()


def test_a_misaligned_field_costs_only_itself() -> None:
    """COROS writes a 4-byte type in 1 byte; fitparse 1.2.0 gives up on the whole file."""
    content = bytearray(_file())
    at = content.index(bytes([3, 1, 0x02]))  # heart rate: field 3, 1 byte, uint8
    content[at + 2] = 0x86  # uint32
    run = _run(bytes(content[:-2]) + struct.pack("<H", fit_crc(bytes(content[:-2]))))
    assert _kinds(run) == {"misaligned_field"}
    assert np.isnan(run.records["heart_rate_bpm"]).all()
    assert run.records["distance_m"][600] == 1800.0


def test_a_session_without_records_is_kept_when_it_says_how_long_it_was() -> None:
    swim = _session(sport="swimming", records=FitRecords(at_s=[]), distance_m=1000.0, timer_s=590.0)
    run_after = _session(start_at=START + timedelta(seconds=700))
    first, second = read_runs(_file(swim, run_after), NOW)
    assert (first.sport, first.elapsed_s, first.timer_s, first.moving_s) == ("swimming", 600.0, 590.0, 590.0)
    assert first.records["elapsed_s"].size == 0
    assert second.records["elapsed_s"].size == 601


def test_a_file_without_records_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        read_runs(_file(_session(records=FitRecords(at_s=[]))), NOW)
    assert refused.value.code == "no_records"


def test_a_course_is_a_plan_and_refused() -> None:
    activity, course = (
        b"\x00\x04\xff\x00\x00\x00",
        b"\x00\x06\xff\x00\x00\x00",
    )  # header, type, maker, product
    with pytest.raises(FileRefused) as refused:
        read_runs(_file().replace(activity, course, 1), NOW)
    assert refused.value.code == "planned"


def test_a_header_and_nothing_behind_it_is_refused() -> None:
    with pytest.raises(FileRefused):
        read_runs(_file()[:14], NOW)


def test_a_lost_start_event_does_not_hide_the_run() -> None:
    """A stop without a start while records go on: the start event was lost, not the runner."""
    events = (FitEvent(0, "start"), FitEvent(100, "stop_all"))
    run = _run(_file(_session(events=events)))
    assert run.pauses == ()
    assert run.moving_s == 600.0
    assert "timer_event" in _kinds(run)


def test_a_clock_before_2003_or_days_ahead_is_marked_wrong() -> None:
    early = _run(_file(_session(start_at=datetime(1990, 7, 18, tzinfo=UTC))))
    ahead = _run(_file(_session(start_at=NOW + timedelta(hours=25))))
    soon = _run(_file(_session(start_at=NOW + timedelta(hours=23))))
    assert [run.clock_wrong for run in (early, ahead, soon)] == [True, True, False]
    assert "clock_wrong" in _kinds(early)


def test_the_same_session_has_one_id_whatever_is_read_beside_it() -> None:
    plain = _run(_file())
    assert plain.run_id == _run(_file(_session(records=_records(power_w=np.full(601, 250))))).run_id
    assert plain.run_id == _run(_file(product="another name", local_offset_s=3600)).run_id
    later = _run(_file(_session(start_at=START + timedelta(seconds=1))))
    other_heart = _run(_file(_session(records=_records(heart_rate_bpm=np.full(601, 151)))))
    assert len({plain.run_id, later.run_id, other_heart.run_id}) == 3


def test_the_id_is_the_hash_that_identity_promises() -> None:
    """Stored runs are known again by it: a change of what is hashed would double everybody's runs."""
    records = FitRecords(at_s=[0, 1, 7], heart_rate_bpm=[120, np.nan, 122], distance_m=[0.0, 3.25, 20.5])
    unknown = -(2**63)
    start_ms = 1_748_759_400_000  # 2025-06-01 06:30 UTC
    words = b"cramplog run 1|1748759400|running|"
    columns = [
        [start_ms, start_ms + 1000, start_ms + 7000],
        [120, unknown, 122],
        [unknown] * 3,  # latitude
        [unknown] * 3,  # longitude
        [0, 325, 2050],
    ]
    hashed = words + b"".join(struct.pack("<3q", *column) for column in columns)
    run = _run(_file(_session(records=records, elapsed_s=7.0, timer_s=7.0)))
    assert run.run_id == hashlib.sha256(hashed).hexdigest()
