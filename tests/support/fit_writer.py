"""Writes a FIT activity as a watch would: the sample cohort's files and the fixtures of the reading tests.

Numbers of messages, fields and enumerations are those of the FIT profile (fitparse.profile lists the same).
Records go through one numpy structure per session, so 500 runs of 600 records take seconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.units import SEMICIRCLE_DEG

FIT_EPOCH_S = 631065600  # 1989-12-31 00:00 UTC
DEVELOPMENT = 255  # the manufacturer number that belongs to nobody

SPORTS = {
    "generic": 0,
    "running": 1,
    "cycling": 2,
    "transition": 3,
    "swimming": 5,
    "walking": 11,
    "hiking": 17,
}
SUB_SPORTS = {
    "generic": 0,
    "treadmill": 1,
    "street": 2,
    "trail": 3,
    "track": 4,
    "indoor_cycling": 6,
    "road": 7,
}
TRIGGERS = {"manual": 0, "time": 1, "distance": 2, "session_end": 7}
EVENT_TYPES = {"start": 0, "stop": 1, "stop_all": 4}

_ENUM, _UINT8, _STRING, _UINT16, _SINT32, _UINT32 = 0x00, 0x02, 0x07, 0x84, 0x85, 0x86
_STRUCT_LETTER = {_ENUM: "B", _UINT8: "B", _UINT16: "H", _SINT32: "i", _UINT32: "I"}
_FILE_ID, _SESSION, _LAP, _RECORD, _EVENT, _DEVICE_INFO, _ACTIVITY = 0, 18, 19, 20, 21, 23, 34


@dataclass(frozen=True, slots=True)
class FitRecords:
    """Columns of equal length in the order they are written; NaN becomes FIT's "invalid".

    A column that is None or all NaN is left out. `at_s` are whole seconds from the session's start.
    `cadence_rpm` is what the watch stores: revolutions, or strides of one leg (half the steps), per minute;
    what is left after the whole number goes into fractional_cadence.
    """

    at_s: ArrayLike
    latitude: ArrayLike | None = None
    longitude: ArrayLike | None = None
    altitude_m: ArrayLike | None = None
    heart_rate_bpm: ArrayLike | None = None
    cadence_rpm: ArrayLike | None = None
    distance_m: ArrayLike | None = None
    speed_ms: ArrayLike | None = None
    power_w: ArrayLike | None = None
    temperature_c: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class FitLap:
    """A lap from `start_s` after the session's start; `trigger` is a key of TRIGGERS."""

    start_s: float
    elapsed_s: float
    timer_s: float
    distance_m: float | None = None
    trigger: str = "manual"


@dataclass(frozen=True, slots=True)
class FitEvent:
    """The timer started or stopped `at_s` after the session's start; `kind` is a key of EVENT_TYPES."""

    at_s: float
    kind: str


@dataclass(frozen=True, slots=True)
class FitSession:
    """One sport of the activity. Without events, the timer runs from the start to the end."""

    start_at: datetime
    elapsed_s: float
    timer_s: float
    records: FitRecords
    sport: str = "running"
    sub_sport: str = "generic"
    distance_m: float | None = None
    laps: tuple[FitLap, ...] = ()
    events: tuple[FitEvent, ...] | None = None


@dataclass(frozen=True, slots=True)
class FitActivity:
    """One file. `local_offset_s` is what the watch's own clock is ahead of UTC; None leaves it unsaid."""

    sessions: tuple[FitSession, ...]
    product_name: str
    manufacturer: int = DEVELOPMENT
    local_offset_s: int | None = None


def write_fit(activity: FitActivity) -> bytes:
    """The bytes of a FIT file with a 14-byte header and both CRCs; messages in the order of time."""
    created_s = _fit_time(activity.sessions[0].start_at, 0)
    body = [_file_id(activity, created_s), _device_info(activity, created_s)]
    first_lap = 0
    for session in activity.sessions:
        body.extend(_timeline(session))
    for number, session in enumerate(activity.sessions):
        body.append(_session(session, number, first_lap))
        first_lap += len(session.laps)
    body.append(_activity(activity))
    content = b"".join(body)
    header = struct.pack("<BBHI4s", 14, 0x20, 2132, len(content), b".FIT")
    whole = header + struct.pack("<H", fit_crc(header)) + content
    return whole + struct.pack("<H", fit_crc(whole))


def fit_crc(content: bytes) -> int:
    """The FIT protocol's 16-bit checksum (CRC-16/ARC: polynomial 0x8005 reflected, start 0)."""
    crc = 0
    for byte in content:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def _fit_time(start_at: datetime, at_s: float) -> int:
    return round(start_at.timestamp() + at_s) - FIT_EPOCH_S


def _message(number: int, *fields: tuple[int, int, int | bytes | None]) -> bytes:
    """A definition and its one message; a field is (number, base type, value), left out when None."""
    present = [(num, kind, value) for num, kind, value in fields if value is not None]
    definition, content = [], b""
    for num, kind, value in present:
        raw = value if isinstance(value, bytes) else struct.pack("<" + _STRUCT_LETTER[kind], value)
        definition.append((num, len(raw), kind))
        content += raw
    return _definition(number, definition) + b"\x00" + content


def _definition(number: int, fields: list[tuple[int, int, int]]) -> bytes:
    head = struct.pack("<BBBHB", 0x40, 0, 0, number, len(fields))
    return head + b"".join(struct.pack("BBB", *field) for field in fields)


def _text(value: str) -> bytes:
    return value.encode() + b"\x00"


def _scaled(value: float | None, scale: float) -> int | None:
    return None if value is None else round(value * scale)


def _file_id(activity: FitActivity, created_s: int) -> bytes:
    return _message(
        _FILE_ID,
        (0, _ENUM, 4),  # an activity
        (1, _UINT16, activity.manufacturer),
        (2, _UINT16, 0),
        (4, _UINT32, created_s),
        (8, _STRING, _text(activity.product_name)),
    )


def _device_info(activity: FitActivity, created_s: int) -> bytes:
    return _message(
        _DEVICE_INFO,
        (253, _UINT32, created_s),
        (0, _UINT8, 0),  # the watch itself
        (2, _UINT16, activity.manufacturer),
        (27, _STRING, _text(activity.product_name)),
    )


def _timeline(session: FitSession) -> Iterator[bytes]:
    """Events, records and laps in the order of time; within a second: start, records, stop, lap."""
    defined, rows, at_s = _record_rows(session)
    events = session.events
    if events is None:
        events = (FitEvent(0.0, "start"), FitEvent(session.elapsed_s, "stop_all"))
    marks: list[tuple[float, Literal["left", "right"], bytes]]
    marks = [(event.at_s, "left" if event.kind == "start" else "right", _event(session, event)) for event in events]
    marks += [(lap.start_s + lap.elapsed_s, "right", _lap(session, lap, i)) for i, lap in enumerate(session.laps)]
    clock = np.maximum.accumulate(at_s) if len(at_s) else at_s  # a fixture's records may run backwards
    done = 0
    for when, side, message in sorted(marks, key=lambda mark: (mark[0], mark[1])):
        upto = int(np.searchsorted(clock, when, side=side))
        if upto > done:
            yield defined + rows[done:upto].tobytes()
            done = upto
        yield message
    if done < len(rows):
        yield defined + rows[done:].tobytes()


def _event(session: FitSession, event: FitEvent) -> bytes:
    stamp = _fit_time(session.start_at, event.at_s)
    return _message(_EVENT, (253, _UINT32, stamp), (0, _ENUM, 0), (1, _ENUM, EVENT_TYPES[event.kind]))


def _lap(session: FitSession, lap: FitLap, number: int) -> bytes:
    return _message(
        _LAP,
        (254, _UINT16, number),
        (253, _UINT32, _fit_time(session.start_at, lap.start_s + lap.elapsed_s)),
        (2, _UINT32, _fit_time(session.start_at, lap.start_s)),
        (7, _UINT32, _scaled(lap.elapsed_s, 1000)),
        (8, _UINT32, _scaled(lap.timer_s, 1000)),
        (9, _UINT32, _scaled(lap.distance_m, 100)),
        (24, _ENUM, TRIGGERS[lap.trigger]),
    )


def _session(session: FitSession, number: int, first_lap: int) -> bytes:
    return _message(
        _SESSION,
        (254, _UINT16, number),
        (253, _UINT32, _fit_time(session.start_at, session.elapsed_s)),
        (2, _UINT32, _fit_time(session.start_at, 0)),
        (5, _ENUM, SPORTS[session.sport]),
        (6, _ENUM, SUB_SPORTS[session.sub_sport]),
        (7, _UINT32, _scaled(session.elapsed_s, 1000)),
        (8, _UINT32, _scaled(session.timer_s, 1000)),
        (9, _UINT32, _scaled(session.distance_m, 100)),
        (25, _UINT16, first_lap),
        (26, _UINT16, len(session.laps)),
    )


def _activity(activity: FitActivity) -> bytes:
    last = activity.sessions[-1]
    end_s = _fit_time(last.start_at, last.elapsed_s)
    local_s = None if activity.local_offset_s is None else end_s + activity.local_offset_s
    return _message(
        _ACTIVITY,
        (253, _UINT32, end_s),
        (0, _UINT32, round(1000 * sum(session.timer_s for session in activity.sessions))),
        (1, _UINT16, len(activity.sessions)),
        (2, _ENUM, 0 if len(activity.sessions) == 1 else 1),
        (5, _UINT32, local_s),
    )


def _record_rows(session: FitSession) -> tuple[bytes, NDArray[np.void], NDArray[np.float64]]:
    """The definition, the rows as packed messages (header byte first), their seconds from the start."""
    records = session.records
    at_s = np.asarray(records.at_s, dtype=np.float64)
    stamps = np.round(at_s + session.start_at.timestamp()) - FIT_EPOCH_S
    whole, fraction = _cadence_parts(records.cadence_rpm)
    # field number, base type, numpy type, raw value as float with NaN, invalid
    fields = [
        (253, _UINT32, "<u4", stamps, 0xFFFFFFFF),
        (0, _SINT32, "<i4", _raw(records.latitude, 1 / SEMICIRCLE_DEG), 0x7FFFFFFF),
        (1, _SINT32, "<i4", _raw(records.longitude, 1 / SEMICIRCLE_DEG), 0x7FFFFFFF),
        (78, _UINT32, "<u4", _raw(records.altitude_m, 5.0, 500.0), 0xFFFFFFFF),
        (3, _UINT8, "u1", _raw(records.heart_rate_bpm, 1.0), 0xFF),
        (4, _UINT8, "u1", whole, 0xFF),
        (53, _UINT8, "u1", fraction, 0xFF),
        (5, _UINT32, "<u4", _raw(records.distance_m, 100.0), 0xFFFFFFFF),
        (73, _UINT32, "<u4", _raw(records.speed_ms, 1000.0), 0xFFFFFFFF),
        (7, _UINT16, "<u2", _raw(records.power_w, 1.0), 0xFFFF),
        (13, 0x01, "i1", _raw(records.temperature_c, 1.0), 0x7F),
    ]
    present = [(num, kind, form, raw, invalid) for num, kind, form, raw, invalid in fields if raw is not None]
    rows = np.zeros(len(at_s), dtype=[("header", "u1"), *((str(num), form) for num, _, form, _, _ in present)])
    for num, _, _, raw, invalid in present:
        rows[str(num)] = np.where(np.isnan(raw), invalid, raw)
    definition = [(num, np.dtype(form).itemsize, kind) for num, kind, form, _, _ in present]
    return _definition(_RECORD, definition), rows, at_s


def _raw(column: ArrayLike | None, scale: float, offset: float = 0.0) -> NDArray[np.float64] | None:
    """The integers FIT stores, (value + offset) * scale, as floats with NaN; None without any value."""
    if column is None:
        return None
    raw = np.round((np.asarray(column, dtype=np.float64) + offset) * scale)
    return None if np.isnan(raw).all() else raw


def _cadence_parts(
    cadence_rpm: ArrayLike | None,
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Whole revolutions, and the rest in 1/128 (None when there is none)."""
    in_128ths = _raw(cadence_rpm, 128.0)
    if in_128ths is None:
        return None, None
    fraction = in_128ths % 128
    return in_128ths // 128, fraction if np.nansum(fraction) > 0 else None
