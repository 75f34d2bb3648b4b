"""Makes the exports that services hand out, small ones: Strava's, Garmin's and Apple Health's, and archives that do harm.

Names, headers and the order of elements are those of real exports; what is in them is written here.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.support.fit.writer import FitActivity, FitRecords, FitSession, write_fit

START = datetime(2025, 6, 1, 6, 30, tzinfo=UTC)

STRAVA_HEADER = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,"
    "Moving Time,Distance,Weather Observation Time,Weather Condition,Weather Temperature,Apparent Temperature,Dewpoint,"
    "Humidity,Weather Pressure,Wind Speed,Wind Gust,Wind Bearing,Precipitation Intensity,Bike,Gear"
)


def fit_run(heart_rate_bpm: int = 150, start: datetime = START) -> bytes:
    """Five minutes of running at 3 m/s."""
    seconds = np.arange(301)
    records = FitRecords(at_s=seconds, distance_m=seconds * 3.0, heart_rate_bpm=np.full(301, heart_rate_bpm))
    return write_fit(FitActivity((FitSession(start, 300.0, 300.0, records),), "a watch"))


def fit_of_type(file_type: int) -> bytes:
    """The beginning of a FIT file whose first message says what it is: 2 are settings, 15 is monitoring."""
    definition = bytes([0x40, 0, 0, 0, 0, 2, 0, 1, 0x00, 1, 2, 0x84])
    return (
        bytes([14, 0x20]) + struct.pack("<HI", 2132, 100) + b".FIT\x00\x00" + definition + bytes([0, file_type, 1, 0])
    )


def gpx_run(start: datetime = START, n: int = 120) -> bytes:
    """A point a second, 3 m apart, as Apple Health writes its routes."""
    points = "".join(
        f'<trkpt lon="16.0" lat="{48 + i * 2.7e-5:.7f}"><ele>200.0</ele>'
        f"<time>{start + timedelta(seconds=i):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for i in range(n)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Apple Health Export" '
        f'xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Route</name><trkseg>{points}</trkseg></trk></gpx>'
    ).encode()


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    path.write_bytes(zip_bytes(members))
    return path


def zip_bytes(members: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def strava_table(rows: Sequence[Mapping[str, str]], header: str = STRAVA_HEADER) -> bytes:
    """A table with those cells, each in the first column of its name, the rest empty."""
    names = header.split(",")
    lines = [header]
    for row in rows:
        cells = [""] * len(names)
        for name, text in row.items():
            cells[names.index(name)] = '"' + text.replace('"', '""') + '"'
        lines.append(",".join(cells))
    return ("\r\n".join(lines) + "\r\n").encode()


def strava_export() -> dict[str, bytes]:
    """Two runs with files, one entered by hand, and what else lies in such an export."""
    rows = [
        {"Activity ID": "1", "Activity Name": "Long run", "Activity Type": "Run", "Filename": "activities/1.fit.gz",
         "Activity Description": "Calf cramped at 25 km\nwalked home", "Activity Gear": "Old shoes",
         "Weather Temperature": "21.5", "Humidity": "0.62", "Weather Pressure": "1013.2", "Wind Speed": "3.1"},
        {"Activity ID": "2", "Activity Name": "Evening", "Activity Type": "Trail Run", "Filename": "activities/2.gpx"},
        {"Activity ID": "3", "Activity Name": "By hand", "Activity Type": "Run"},
    ]  # fmt: skip
    return {
        "activities.csv": strava_table(rows),
        "activities/1.fit.gz": gzip.compress(fit_run()),
        "activities/2.gpx": gpx_run(START + timedelta(days=1)),
        "profile.csv": b"Athlete ID,Email Address\n1,x@example.org\n",
        "media/1.jpg": b"\xff\xd8\xff\xe0 a photo",
        "comments.json": b"[]",
    }


def garmin_export() -> dict[str, bytes]:
    """A run, settings and a day's monitoring in an archive inside the archive."""
    part = {"a_1.fit": fit_run(), "a_2.fit": fit_of_type(2), "a_3.fit": fit_of_type(15)}
    return {
        "DI_CONNECT/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip": zip_bytes(part),
        "DI_CONNECT/DI-Connect-Fitness/x_summarizedActivities.json": b'[{"a": 1}]',
    }


def apple_export() -> dict[str, bytes]:
    """A run outside with its route, one on a treadmill, and the records of that day."""
    route = "workout-routes/route_2025-06-01_8.30am.gpx"
    return {
        "apple_health_export/export.xml": _apple_table(route),
        f"apple_health_export/{route}": gpx_run(),
        "apple_health_export/export_cda.xml": b"<ClinicalDocument/>",
    }


def _apple_table(route: str) -> bytes:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!DOCTYPE HealthData [",
        "<!ELEMENT HealthData (Record*)>",
        "]>",
    ]
    lines += ['<HealthData locale="en_GB">', ' <ExportDate value="2025-07-01 10:00:00 +0200"/>']
    watch = 'sourceName="Watch of A" device="&lt;&lt;HKDevice: 0x2812&gt;, name:Apple Watch, hardware:Watch6,2, software:10&gt;"'
    for minute in range(6):  # an hour after the run outside: the treadmill
        lines.append(_record("HeartRate", watch, "count/min", f"09:0{minute}:00", f"09:0{minute}:00", 140 + minute))
        lines.append(_record("StepCount", watch, "count", f"09:0{minute}:00", f"09:0{minute}:59", 170))
    for minute in range(5):
        times = f"09:0{minute}:00", f"09:0{minute + 1}:00"
        lines.append(_record("DistanceWalkingRunning", watch, "km", *times, 0.18))
        lines.append(_record("DistanceWalkingRunning", 'sourceName="Phone"', "km", *times, 0.17))
    for second in range(0, 60, 5):
        lines.append(_record("HeartRate", watch, "count/min", f"08:30:{second:02}", f"08:30:{second:02}", 150))
    outside = "2025-06-01 08:30:00 +0200", "2025-06-01 08:31:59 +0200"
    lines += [
        _workout(watch, 2.0, *outside),
        '  <MetadataEntry key="HKIndoorWorkout" value="0"/>',
        '  <MetadataEntry key="HKTimeZone" value="America/New_York"/>',
        '  <MetadataEntry key="HKWeatherTemperature" value="77 degF"/>',
        '  <MetadataEntry key="HKWeatherHumidity" value="6700 %"/>',
        f'  <WorkoutRoute sourceName="Watch of A"><FileReference path="/{route}"/></WorkoutRoute>',
        " </Workout>",
        _workout(watch, 4.5, "2025-06-01 09:00:00 +0200", "2025-06-01 09:05:00 +0200"),
        '  <MetadataEntry key="HKIndoorWorkout" value="1"/>',
        '  <WorkoutEvent type="HKWorkoutEventTypePause" date="2025-06-01 09:02:00 +0200"/>',
        '  <WorkoutEvent type="HKWorkoutEventTypeResume" date="2025-06-01 09:02:30 +0200"/>',
        '  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="0.9" unit="km"/>',
        " </Workout>",
        "</HealthData>",
    ]
    return "\n".join(lines).encode()


def _record(kind: str, source: str, unit: str, start: str, end: str, value: float) -> str:
    return (
        f' <Record type="HKQuantityTypeIdentifier{kind}" {source} unit="{unit}" creationDate="2025-06-01 12:00:00 +0200"'
        f' startDate="2025-06-01 {start} +0200" endDate="2025-06-01 {end} +0200" value="{value}"/>'
    )


def _workout(source: str, minutes: float, start: str, end: str) -> str:
    return (
        f' <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="{minutes}" durationUnit="min" {source}'
        f' startDate="{start}" endDate="{end}">'
    )


def raw_zip(members: Sequence[tuple[str, bytes, int]]) -> bytes:
    """An archive of streams that are packed already: name, stream, and the size it claims to unpack to."""
    body, table = bytearray(), bytearray()
    for name, packed, unpacked_bytes in members:
        called = name.encode()
        sizes = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(packed), unpacked_bytes, len(called), 0)
        table += b"PK\x01\x02\x14\x00" + sizes + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + called
        body += b"PK\x03\x04" + sizes + called + packed
    n = min(len(members), 0xFFFF)
    return bytes(body + table) + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, n, n, len(table), len(body), 0)


def overlapping_zip(n_members: int, unpacked_bytes: int) -> bytes:
    """A table whose members are all the same bytes of the file."""
    packed = zlib.compress(bytes(unpacked_bytes), 9)[2:-4]
    crc = zlib.crc32(bytes(unpacked_bytes))
    sizes = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, crc, len(packed), unpacked_bytes, 5, 0)
    table = b"".join(
        b"PK\x01\x02\x14\x00" + sizes + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"%05d" % no for no in range(n_members)
    )
    local = b"PK\x03\x04" + sizes + b"00000" + packed
    return (
        local + table + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, n_members, n_members, len(table), len(local), 0)
    )
