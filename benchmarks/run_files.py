"""An archive of simulated one-hour runs, one record a second, as different watches write them: FIT, and some GPX and TCX.

Called by the benchmarks of ingest. Every file is another run; the same number always gives the same bytes. fitparse reads
17 to 23 fields per record; for real watches it was 13 to 29.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from fastcrc.crc16 import arc
from numpy.typing import NDArray

from tests.support.fit.encoding import FIT_EPOCH_S
from tests.support.fit.raw import definition, message

N_RECORDS = 3600
FIRST = datetime(2015, 1, 1, 6, tzinfo=UTC)
APART = timedelta(hours=17)  # no two runs overlap
SHAPES = (("plain", 45), ("dynamics", 25), ("developer", 10), ("big-endian", 8), ("compressed", 7), ("many laps", 5))
_FIRST_YEARS = ("plain", "compressed")
DAMAGED_EVERY = 50  # one in this many
_RUN = 1  # the sport
# name, field number, base type, numpy type, step of the raw value
_USUAL = (
    ("latitude", 0, 0x85, "i4", 180 / 2**31),
    ("longitude", 1, 0x85, "i4", 180 / 2**31),
    ("altitude", 78, 0x86, "u4", 0.2),
    ("heart rate", 3, 0x02, "u1", 1.0),
    ("cadence", 4, 0x02, "u1", 1.0),
    ("distance", 5, 0x86, "u4", 0.01),
    ("speed", 73, 0x86, "u4", 0.001),
    ("temperature", 13, 0x01, "i1", 1.0),
    ("fraction", 53, 0x02, "u1", 1 / 128),
    ("activity", 42, 0x00, "u1", 1.0),
    # Fields without a name in the profile; every maker has some.
    ("unknown 88", 88, 0x84, "u2", 1.0),
    ("unknown 107", 107, 0x02, "u1", 1.0),
    ("unknown 135", 135, 0x02, "u1", 1.0),
    ("unknown 136", 136, 0x02, "u1", 1.0),
)
# Watches of the first years: narrower fields.
_NARROW = {"altitude": ("altitude", 2, 0x84, "u2", 0.2), "speed": ("speed", 6, 0x84, "u2", 0.001)}
_DYNAMICS = (
    ("power", 7, 0x84, "u2", 1.0),
    ("oscillation", 39, 0x84, "u2", 0.1),
    ("stance", 41, 0x84, "u2", 0.1),
    ("step", 85, 0x84, "u2", 0.1),
    ("stance share", 40, 0x84, "u2", 0.01),
    ("ratio", 83, 0x84, "u2", 0.01),
    ("balance", 84, 0x84, "u2", 0.01),
    ("breath", 108, 0x84, "u2", 0.01),
)


@dataclass(frozen=True, slots=True)
class Hour:
    """One run: its start, and values per second by name, shape (N_RECORDS,)."""

    start_at: datetime
    columns: dict[str, NDArray[np.float64]]


def an_hour(number: int) -> Hour:
    """Returns the run with this number: along the Danube, with changing speed and barometer noise."""
    rng = np.random.default_rng(number)
    at_s = np.arange(N_RECORDS, dtype=np.float64)

    def around(middle: float, swing: float, period_s: float, jitter: float) -> NDArray[np.float64]:
        return middle + swing * np.sin((at_s + 60 * number) / period_s) + rng.normal(0, jitter, N_RECORDS)

    speed = around(3.0, 0.3, 200, 0.08)
    distance_m = np.cumsum(speed)
    return Hour(
        FIRST + number * APART,
        {
            "latitude": 48.2 + distance_m * 8.99e-6 + rng.normal(0, 2e-6, N_RECORDS),
            "longitude": 16.4 + rng.normal(0, 2e-6, N_RECORDS),
            "altitude": around(660, 20, 500, 0.2),  # FIT counts it from -500 m
            "heart rate": around(145, 10, 300, 0.5),
            "cadence": around(86, 2, 150, 0.5),
            "distance": distance_m,
            "speed": speed,
            "temperature": around(21, 2, 900, 0.1),
            "fraction": np.where(rng.random(N_RECORDS) < 0.5, 0.5, 0.0),
            "activity": np.full(N_RECORDS, 1.0),
            "unknown 88": np.full(N_RECORDS, 300.0),
            "unknown 107": np.full(N_RECORDS, 1.0),
            "unknown 135": around(82, 4, 80, 1),
            "unknown 136": around(145, 10, 300, 0.5),
            "power": around(260, 30, 200, 8),
            "oscillation": around(86, 5, 100, 2),
            "stance": around(245, 10, 100, 4),
            "step": around(1050, 60, 100, 15),
            "stance share": around(34, 2, 100, 0.3),
            "ratio": around(8, 0.5, 100, 0.1),
            "balance": around(50, 1, 100, 0.3),
            "breath": around(38, 4, 300, 0.5),
        },
    )


def fit_recording(shape: str, number: int) -> bytes:
    """Returns this run as a FIT file of one of SHAPES."""
    hour = an_hour(number)
    big = shape == "big-endian"
    body = [_message(0, [(0, 1, 0x00), (1, 2, 0x84), (4, 4, 0x86)], [4, 255, _stamp(hour, 0)], big)]
    body.append(_message(21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)], [_stamp(hour, 0), 0, 0], big))
    body.append(_records(shape, hour, big))
    body.append(_laps(hour, 60 if shape == "many laps" else 12, big))
    body.append(_message(21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)], [_stamp(hour, N_RECORDS), 0, 4], big))
    lasted = 1000 * (N_RECORDS - 1)
    values = [_stamp(hour, N_RECORDS), _stamp(hour, 0), lasted, lasted, round(100 * hour.columns["distance"][-1]), _RUN]
    fields = [(253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (8, 4, 0x86), (9, 4, 0x86), (5, 1, 0x00)]
    body.append(_message(18, fields, values, big))
    return _with_header(b"".join(body))


def damaged(content: bytes, number: int) -> bytes:
    """Returns the file truncated, with a zeroed block, with a few random bytes, or random bytes only."""
    rng = random.Random(number)
    at = rng.randrange(len(content) // 4, len(content) - 1000)
    kinds: tuple[Callable[[], bytes], ...] = (
        lambda: content[:at],
        lambda: content[:at] + bytes(512) + content[at + 512 :],
        lambda: content[:at] + rng.randbytes(8) + content[at + 8 :],
        lambda: rng.randbytes(5000),
    )
    return kinds[number // DAMAGED_EVERY % len(kinds)]()


def gpx_recording(number: int) -> bytes:
    """Returns this run as a GPX file with heart rate and cadence."""
    points = [
        f'<trkpt lat="{row[0]:.7f}" lon="{row[1]:.7f}"><ele>{row[2] - 500:.1f}</ele><time>{row[3]}</time><extensions>'
        f"<g:TrackPointExtension><g:hr>{row[4]:.0f}</g:hr><g:cad>{row[5]:.0f}</g:cad></g:TrackPointExtension>"
        "</extensions></trkpt>"
        for row in _rows(an_hour(number))
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="benchmark"'
    spaces = (
        ' xmlns="http://www.topografix.com/GPX/1/1" xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
    )
    return "\n".join([head + spaces, "<trk><type>running</type><trkseg>", *points, "</trkseg></trk></gpx>"]).encode()


def tcx_recording(number: int) -> bytes:
    """Returns this run as a TCX file with one lap."""
    hour = an_hour(number)
    points = [
        f"<Trackpoint><Time>{row[3]}</Time><Position><LatitudeDegrees>{row[0]:.7f}</LatitudeDegrees>"
        f"<LongitudeDegrees>{row[1]:.7f}</LongitudeDegrees></Position><AltitudeMeters>{row[2] - 500:.1f}</AltitudeMeters>"
        f"<DistanceMeters>{row[6]:.2f}</DistanceMeters><HeartRateBpm><Value>{row[4]:.0f}</Value></HeartRateBpm>"
        f"<Cadence>{row[5]:.0f}</Cadence></Trackpoint>"
        for row in _rows(hour)
    ]
    begun = f"{hour.start_at:%Y-%m-%dT%H:%M:%SZ}"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase'
    space = ' xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities><Activity Sport="Running">'
    lap = f'<Id>{begun}</Id><Lap StartTime="{begun}"><TotalTimeSeconds>{N_RECORDS - 1}</TotalTimeSeconds>'
    more = f"<DistanceMeters>{hour.columns['distance'][-1]:.1f}</DistanceMeters><TriggerMethod>Manual</TriggerMethod><Track>"
    end = "</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
    return "\n".join([head + space, lap + more, *points, end]).encode()


def write_archive(folder: Path, first: int, count: int) -> list[str]:
    """Writes `count` FIT files from this number on, in all SHAPES, one in DAMAGED_EVERY damaged; returns the shape of each."""
    folder.mkdir(parents=True)
    drawn = random.Random(1).choices([name for name, _ in SHAPES], [share for _, share in SHAPES], k=first + count)
    for number in range(first, first + count):
        content = fit_recording(drawn[number], number)
        if number % DAMAGED_EVERY == 7:
            content = damaged(content, number)
        (folder / f"{number:06d}.fit").write_bytes(content)
    return drawn[first:]


def write_some(folder: Path, kind: str, first: int, count: int) -> None:
    """Writes `count` GPX or TCX files."""
    folder.mkdir(parents=True)
    make = {"gpx": gpx_recording, "tcx": tcx_recording}[kind]
    for number in range(first, first + count):
        (folder / f"{number:06d}.{kind}").write_bytes(make(number))


def _records(shape: str, hour: Hour, big: bool) -> bytes:
    usual = [_NARROW.get(field[0], field) if shape in _FIRST_YEARS else field for field in _USUAL]
    fields = [*usual, *(_DYNAMICS if shape in ("dynamics", "developer") else ())]
    standard = fields if shape != "developer" else usual
    developed = fields[len(standard) :]
    types = [(number, np.dtype(form).itemsize, base) for _, number, base, form, _ in standard]
    head = b"" if not developed else _developers(developed)
    packed = shape == "compressed"
    stamp = [] if packed else [(253, 4, 0x86)]
    developer = [(n, np.dtype(form).itemsize, 0) for n, (_, _, _, form, _) in enumerate(developed)]
    head += definition(1, 20, [*stamp, *types], developer, big)
    order = ">" if big else "<"
    layout = [("header", "u1"), *([] if packed else [("time", order + "u4")])]
    rows = np.zeros(N_RECORDS, dtype=[*layout, *((name, order + form) for name, _, _, form, _ in fields)])
    stamps = _stamp(hour, 0) + np.arange(N_RECORDS)
    rows["header"] = 0x80 | 1 << 5 | (stamps & 0x1F) if packed else 1
    if not packed:
        rows["time"] = stamps
    for name, _, _, _, step in fields:
        rows[name] = np.rint(hour.columns[name] / step)
    return head + rows.tobytes()


def _developers(fields: list[tuple[str, int, int, str, float]]) -> bytes:
    """Returns the messages in which an app describes its fields."""
    body = _message(207, [(3, 1, 0x02), (1, 16, 0x0D)], [0, list(range(16))], False)
    for number, (name, _, base, _, _) in enumerate(fields):
        values = [0, number, base, name.encode(), b"units"]
        body += _message(206, [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 16, 7), (8, 8, 7)], values, False)
    return body


def _laps(hour: Hour, laps: int, big: bool) -> bytes:
    """Returns laps of equal length, each ended manually."""
    fields = [(253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86), (8, 4, 0x86), (24, 1, 0)]
    types = [(base, size) for _, size, base in fields]
    lap_s = N_RECORDS // laps
    times = [(_stamp(hour, (lap + 1) * lap_s), _stamp(hour, lap * lap_s)) for lap in range(laps)]
    return definition(0, 19, fields, (), big) + b"".join(
        message(0, types, [end, begun, 1000 * lap_s, 1000 * lap_s, 0], big) for end, begun in times
    )


def _message(number: int, fields: list[tuple[int, int, int]], values: list[object], big: bool) -> bytes:
    types = [(base, size) for _, size, base in fields]
    return definition(0, number, fields, (), big) + message(0, types, values, big)  # type: ignore[arg-type]


def _stamp(hour: Hour, at_s: int) -> int:
    return round(hour.start_at.timestamp()) + at_s - FIT_EPOCH_S


def _with_header(body: bytes) -> bytes:
    head = bytes([14, 0x20]) + (2132).to_bytes(2, "little") + len(body).to_bytes(4, "little") + b".FIT"
    content = head + arc(head).to_bytes(2, "little") + body
    return content + arc(content).to_bytes(2, "little")


def _rows(hour: Hour) -> list[tuple[Any, ...]]:
    """Returns position, altitude, time, heart rate, cadence and distance, one tuple per record."""
    names = ("latitude", "longitude", "altitude", "heart rate", "cadence", "distance")
    north, east, height, beats, strides, distances = (hour.columns[name].tolist() for name in names)
    stamps = [f"{hour.start_at + timedelta(seconds=at_s):%Y-%m-%dT%H:%M:%SZ}" for at_s in range(N_RECORDS)]
    return list(zip(north, east, height, stamps, beats, strides, distances, strict=True))
