"""The FIT writer against fitparse, an independent reader: every value comes back."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.support.fit.encoding import fit_crc
from tests.support.fit.plain_fitparse import fit_messages
from tests.support.fit.writer import (
    FitActivity,
    FitEvent,
    FitLap,
    FitRecords,
    FitSession,
    write_fit,
)

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)
NAN = float("nan")


def _at(hour: int, minute: int, second: int = 0) -> int:
    """An instant of the day as FIT stores it: seconds since 1989-12-31."""
    return 1_117_670_400 + hour * 3600 + minute * 60 + second


def _messages(content: bytes, name: str) -> list[dict[str, object]]:
    return [values for _, values in fit_messages(content, name)]


def _run(**columns: object) -> FitSession:
    records = FitRecords(at_s=[0, 1, 6], **columns)  # type: ignore[arg-type]
    return FitSession(START, elapsed_s=6.0, timer_s=6.0, records=records, distance_m=18.25)


def _file(*sessions: FitSession, local_offset_s: int | None = None) -> bytes:
    return write_fit(FitActivity(sessions, product_name="cramplog simulated", local_offset_s=local_offset_s))


def test_every_record_field_comes_back() -> None:
    content = _file(
        _run(
            latitude=[52.5, 52.50001, NAN],
            longitude=[-13.4, -13.39999, NAN],
            altitude_m=[34.2, NAN, -12.4],
            heart_rate_bpm=[120, 121, NAN],
            cadence_rpm=[85.5, 86, NAN],
            distance_m=[0.0, 3.12, 18.25],
            speed_ms=[0.0, 3.125, 3.05],
            power_w=[NAN, 250, 260],
            temperature_c=[-3, 21, NAN],
        )
    )
    rows = _messages(content, "record")
    assert [row["timestamp"] for row in rows] == [_at(6, 30, s) for s in (0, 1, 6)]
    latitude = [row["position_lat"] for row in rows]
    assert latitude[:2] == [626349397, 626349517]  # 52.5 * 2**31 / 180, and 1e-5 degree further
    assert latitude[2] is None
    assert rows[0]["position_long"] == -159868227
    assert [row["enhanced_altitude"] for row in rows] == pytest.approx([34.2, None, -12.4])
    assert [row["heart_rate"] for row in rows] == [120, 121, None]
    assert [row["cadence"] for row in rows] == [85, 86, None]
    assert [row["fractional_cadence"] for row in rows] == [0.5, 0.0, None]
    assert [row["distance"] for row in rows] == [0.0, 3.12, 18.25]
    assert [row["enhanced_speed"] for row in rows] == [0.0, 3.125, 3.05]
    assert [row["power"] for row in rows] == [None, 250, 260]
    assert [row["temperature"] for row in rows] == [-3, 21, None]


def test_a_column_without_values_takes_no_room() -> None:
    plain = _file(_run(heart_rate_bpm=[120, 121, 122]))
    with_empty = _file(_run(heart_rate_bpm=[120, 121, 122], power_w=[NAN, NAN, NAN]))
    assert plain == with_empty
    assert set(_messages(plain, "record")[0]) == {"timestamp", "heart_rate"}


def test_session_laps_and_events_come_back() -> None:
    session = FitSession(
        START,
        elapsed_s=700.5,
        timer_s=600.25,
        records=FitRecords(at_s=np.arange(0, 700, 5)),
        sport="running",
        sub_sport="treadmill",
        distance_m=1800.75,
        laps=(FitLap(0, 400, 300, 900.5, "distance"), FitLap(400, 300.5, 300.25, 900.25, "session_end")),
        events=(
            FitEvent(0, "start"),
            FitEvent(200, "stop"),
            FitEvent(300, "start"),
            FitEvent(700, "stop_all"),
        ),
    )
    content = _file(session, local_offset_s=7200)
    (read,) = _messages(content, "session")
    assert (read["sport"], read["sub_sport"], read["start_time"]) == (
        "running",
        "treadmill",
        _at(6, 30),
    )
    assert (read["total_elapsed_time"], read["total_timer_time"], read["total_distance"]) == (
        700.5,
        600.25,
        1800.75,
    )
    assert (read["first_lap_index"], read["num_laps"]) == (0, 2)
    laps = _messages(content, "lap")
    assert [lap["lap_trigger"] for lap in laps] == ["distance", "session_end"]
    assert [lap["start_time"] for lap in laps] == [
        _at(6, 30),
        _at(6, 36, 40),
    ]
    assert [lap["total_timer_time"] for lap in laps] == [300.0, 300.25]
    events = _messages(content, "event")
    assert [event["event"] for event in events] == ["timer"] * 4
    assert [event["event_type"] for event in events] == ["start", "stop", "start", "stop_all"]
    assert events[1]["timestamp"] == _at(6, 33, 20)


def test_the_file_says_who_made_it_and_what_the_local_clock_was() -> None:
    content = _file(_run(), local_offset_s=-5 * 3600)
    (file_id,) = _messages(content, "file_id")
    assert (file_id["manufacturer"], file_id["product_name"]) == ("development", "cramplog simulated")
    assert file_id["type"] == "activity"
    (device,) = _messages(content, "device_info")
    assert device["product_name"] == "cramplog simulated"
    (activity,) = _messages(content, "activity")
    assert activity["timestamp"] == _at(6, 30, 6)
    assert activity["local_timestamp"] == _at(1, 30, 6)


def test_messages_stand_in_the_order_of_time() -> None:
    session = FitSession(
        START,
        elapsed_s=20,
        timer_s=15,
        records=FitRecords(at_s=[0, 5, 15, 20]),
        laps=(FitLap(0, 15, 10, trigger="manual"), FitLap(15, 5, 5, trigger="session_end")),
        events=(
            FitEvent(0, "start"),
            FitEvent(5, "stop_all"),
            FitEvent(10, "start"),
            FitEvent(20, "stop_all"),
        ),
    )
    names = [name for name, _ in fit_messages(_file(session))]
    assert names[:6] == ["file_id", "device_info", "event", "record", "record", "event"]
    assert names[6:] == ["event", "record", "lap", "record", "event", "lap", "session", "activity"]


def test_several_sessions_in_one_file() -> None:
    swim = _run(heart_rate_bpm=[100, 101, 102])
    ride = FitSession(START + timedelta(seconds=60), 6.0, 6.0, FitRecords(at_s=[0, 1, 6]), sport="cycling")
    content = _file(swim, ride)
    assert [session["sport"] for session in _messages(content, "session")] == ["running", "cycling"]
    seconds = [_at(6, 30, 0), _at(6, 30, 1), _at(6, 30, 6), _at(6, 31, 0), _at(6, 31, 1), _at(6, 31, 6)]
    assert [row["timestamp"] for row in _messages(content, "record")] == seconds


def test_the_header_has_fourteen_bytes_and_both_checksums() -> None:
    content = _file(_run())
    size, _, _, data_size, mark, header_crc = struct.unpack("<BBHI4sH", content[:14])
    assert (size, data_size, mark) == (14, len(content) - 16, b".FIT")
    assert fit_crc(b"123456789") == 0xBB3D  # the published check value of CRC-16/ARC
    assert header_crc == fit_crc(content[:12])
    assert fit_crc(content) == 0  # a checksum appended to its own content leaves nothing
    assert fit_messages(content)[-1][0] == "activity"  # fitparse, which checks both, came to the end
