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
from tests.support.fit.encoding import (
    ENUM,
    FIT_EPOCH_S,
    SINT8,
    SINT32,
    STRING,
    UINT8,
    UINT16,
    UINT32,
    encoded_definition,
    encoded_message,
    encoded_text,
    fit_crc,
    raw_column,
    scaled,
)

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


def _fit_time(start_at: datetime, at_s: float) -> int:
    return round(start_at.timestamp() + at_s) - FIT_EPOCH_S


def _file_id(activity: FitActivity, created_s: int) -> bytes:
    return encoded_message(
        _FILE_ID,
        (0, ENUM, 4),  # an activity
        (1, UINT16, activity.manufacturer),
        (2, UINT16, 0),
        (4, UINT32, created_s),
        (8, STRING, encoded_text(activity.product_name)),
    )


def _device_info(activity: FitActivity, created_s: int) -> bytes:
    return encoded_message(
        _DEVICE_INFO,
        (253, UINT32, created_s),
        (0, UINT8, 0),  # the watch itself
        (2, UINT16, activity.manufacturer),
        (27, STRING, encoded_text(activity.product_name)),
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
    return encoded_message(_EVENT, (253, UINT32, stamp), (0, ENUM, 0), (1, ENUM, EVENT_TYPES[event.kind]))


def _lap(session: FitSession, lap: FitLap, number: int) -> bytes:
    return encoded_message(
        _LAP,
        (254, UINT16, number),
        (253, UINT32, _fit_time(session.start_at, lap.start_s + lap.elapsed_s)),
        (2, UINT32, _fit_time(session.start_at, lap.start_s)),
        (7, UINT32, scaled(lap.elapsed_s, 1000)),
        (8, UINT32, scaled(lap.timer_s, 1000)),
        (9, UINT32, scaled(lap.distance_m, 100)),
        (24, ENUM, TRIGGERS[lap.trigger]),
    )


def _session(session: FitSession, number: int, first_lap: int) -> bytes:
    return encoded_message(
        _SESSION,
        (254, UINT16, number),
        (253, UINT32, _fit_time(session.start_at, session.elapsed_s)),
        (2, UINT32, _fit_time(session.start_at, 0)),
        (5, ENUM, SPORTS[session.sport]),
        (6, ENUM, SUB_SPORTS[session.sub_sport]),
        (7, UINT32, scaled(session.elapsed_s, 1000)),
        (8, UINT32, scaled(session.timer_s, 1000)),
        (9, UINT32, scaled(session.distance_m, 100)),
        (25, UINT16, first_lap),
        (26, UINT16, len(session.laps)),
    )


def _activity(activity: FitActivity) -> bytes:
    last = activity.sessions[-1]
    end_s = _fit_time(last.start_at, last.elapsed_s)
    local_s = None if activity.local_offset_s is None else end_s + activity.local_offset_s
    return encoded_message(
        _ACTIVITY,
        (253, UINT32, end_s),
        (0, UINT32, round(1000 * sum(session.timer_s for session in activity.sessions))),
        (1, UINT16, len(activity.sessions)),
        (2, ENUM, 0 if len(activity.sessions) == 1 else 1),
        (5, UINT32, local_s),
    )


def _record_rows(session: FitSession) -> tuple[bytes, NDArray[np.void], NDArray[np.float64]]:
    """The definition, the rows as packed messages (header byte first), their seconds from the start."""
    records = session.records
    at_s = np.asarray(records.at_s, dtype=np.float64)
    stamps = np.round(at_s + session.start_at.timestamp()) - FIT_EPOCH_S
    whole, fraction = _cadence_parts(records.cadence_rpm)
    # field number, base type, numpy type, raw value as float with NaN, invalid
    fields = [
        (253, UINT32, "<u4", stamps, 0xFFFFFFFF),
        (0, SINT32, "<i4", raw_column(records.latitude, 1 / SEMICIRCLE_DEG), 0x7FFFFFFF),
        (1, SINT32, "<i4", raw_column(records.longitude, 1 / SEMICIRCLE_DEG), 0x7FFFFFFF),
        (78, UINT32, "<u4", raw_column(records.altitude_m, 5.0, 500.0), 0xFFFFFFFF),
        (3, UINT8, "u1", raw_column(records.heart_rate_bpm, 1.0), 0xFF),
        (4, UINT8, "u1", whole, 0xFF),
        (53, UINT8, "u1", fraction, 0xFF),
        (5, UINT32, "<u4", raw_column(records.distance_m, 100.0), 0xFFFFFFFF),
        (73, UINT32, "<u4", raw_column(records.speed_ms, 1000.0), 0xFFFFFFFF),
        (7, UINT16, "<u2", raw_column(records.power_w, 1.0), 0xFFFF),
        (13, SINT8, "i1", raw_column(records.temperature_c, 1.0), 0x7F),
    ]
    present = [(num, kind, form, raw, invalid) for num, kind, form, raw, invalid in fields if raw is not None]
    rows = np.zeros(len(at_s), dtype=[("header", "u1"), *((str(num), form) for num, _, form, _, _ in present)])
    for num, _, _, raw, invalid in present:
        rows[str(num)] = np.where(np.isnan(raw), invalid, raw)
    definition = [(num, np.dtype(form).itemsize, kind) for num, kind, form, _, _ in present]
    return encoded_definition(_RECORD, definition), rows, at_s


def _cadence_parts(
    cadence_rpm: ArrayLike | None,
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Whole revolutions, and the rest in 1/128 (None when there is none)."""
    in_128ths = raw_column(cadence_rpm, 128.0)
    if in_128ths is None:
        return None, None
    fraction = in_128ths % 128
    return in_128ths // 128, fraction if np.nansum(fraction) > 0 else None
