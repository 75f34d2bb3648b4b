"""GPX tracks through gpxpy, with Garmin's and Cluetrust's extensions, as DecodedRuns. Called by read.

Each segment of a track is a stretch between pauses. Tracks that follow one another are one run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import gpxpy
import numpy as np
from gpxpy.gpx import GPX, GPXException, GPXTrack, GPXTrackPoint, GPXXMLSyntaxException

from pipeline.errors import FileRefused
from pipeline.formats.decoded import DECODED_COLUMNS, SIMULATED_MARK, DecodedRun
from pipeline.formats.sport import sport_of_word
from pipeline.schema import ParseNote, Records

JOIN_WITHIN_S = 2 * 3600.0  # a track that begins this soon after the one before it is the same run

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
# Names without their namespace: gpxtpx:hr, gpxdata:hr, ns3:TrackPointExtension/ns3:cad, pwr:PowerInWatts ...
_EXTENSIONS = {
    "hr": "heart_rate_bpm",
    "cad": "cadence_rpm",
    "cadence": "cadence_rpm",
    "runcadence": "cadence_rpm",
    "atemp": "device_temp_c",
    "temp": "device_temp_c",
    "power": "power_w",
    "powerinwatts": "power_w",
    "watts": "power_w",
    "speed": "speed_ms",
    "distance": "distance_m",
}


@dataclass(frozen=True, slots=True)
class _Track:
    """A track's points that have a time, as columns, a segment each; empty segments are left out."""

    sport: str | None
    sub_sport: str | None
    title: str | None
    segments: tuple[Records, ...]

    @property
    def start_s(self) -> float:
        return float(self.segments[0]["time_s"][0])

    @property
    def end_s(self) -> float:
        return float(self.segments[-1]["time_s"][-1])


def decode_gpx(content: bytes) -> tuple[DecodedRun, ...]:
    """The runs of the file, in the order of the file.

    Raises FileRefused for text that is no GPX (naming the line where known), for a planned route (no times)
    and for a file of waypoints.
    """
    gpx = _parse(content)
    tracks = [_track(track) for track in gpx.tracks]
    timed = [track for track in tracks if track.segments]
    if not timed:
        raise _refusal(gpx)
    notes = _notes(gpx)
    return tuple(_decoded(gpx, group, no, notes) for no, group in enumerate(_joined(timed)))


def _parse(content: bytes) -> GPX:
    text = _DECLARATION.sub(lambda found: "\n" * found.group().count("\n"), _text(content), count=1)
    try:
        return gpxpy.parse(text)
    except GPXXMLSyntaxException as error:
        line = getattr(error.__cause__, "lineno", None)
        where = f" at line {line}" if line else ""
        raise FileRefused("damaged", f"not readable as GPX{where}", "export it again") from error
    except (GPXException, ValueError) as error:
        raise FileRefused("damaged", "a position, height or time in it is not a number", "export it again") from error


def _text(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # old Windows programs; only names are lost to a wrong guess
        return content.decode("cp1252", errors="replace")


def _refusal(gpx: GPX) -> FileRefused:
    if gpx.routes or any(track.segments for track in gpx.tracks):
        return FileRefused("planned", "a planned route: its points have no times", "give the recorded run")
    what = "holds only waypoints" if gpx.waypoints else "holds no track"
    return FileRefused("no_records", what, "give the recorded run")


def _track(track: GPXTrack) -> _Track:
    sport, sub_sport = sport_of_word(track.type)
    segments = (_columns([point for point in segment.points if point.time]) for segment in track.segments)
    timed = tuple(columns for columns in segments if columns["time_s"].size)
    return _Track(sport, sub_sport, track.name, timed)


def _columns(points: list[GPXTrackPoint]) -> Records:
    table = np.full((len(points), len(DECODED_COLUMNS)), np.nan)
    for i, point in enumerate(points):
        row = _row(point)
        table[i] = [row.get(name, np.nan) for name in DECODED_COLUMNS]
    return {name: table[:, i].copy() for i, name in enumerate(DECODED_COLUMNS)}


def _row(point: GPXTrackPoint) -> dict[str, float]:
    row = {"latitude": point.latitude, "longitude": point.longitude, "time_s": _seconds(point.time)}
    if point.elevation is not None:
        row["altitude_m"] = point.elevation
    if point.speed is not None:  # GPX 1.0
        row["speed_ms"] = point.speed
    for extension in point.extensions:
        for element in extension.iter():
            column = _EXTENSIONS.get(_local_name(element.tag))
            if column:
                row[column] = _number(element.text)
    return row


def _seconds(instant: datetime | None) -> float:
    """Seconds since 1970; a time without zone is taken for UTC, as the standard says GPX times are."""
    if instant is None:
        return float("nan")
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _local_name(tag: object) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _joined(tracks: list[_Track]) -> list[list[_Track]]:
    """Tracks that are pieces of one run: same sport, one soon after the other."""
    groups = [[tracks[0]]]
    for before, track in pairwise(tracks):
        if track.sport == before.sport and 0 <= track.start_s - before.end_s <= JOIN_WITHIN_S:
            groups[-1].append(track)
        else:
            groups.append([track])
    return groups


def _decoded(gpx: GPX, group: list[_Track], session_no: int, notes: tuple[ParseNote, ...]) -> DecodedRun:
    segments = [columns for track in group for columns in track.segments]
    ends = [(float(a["time_s"][-1]), float(b["time_s"][0])) for a, b in pairwise(segments)]
    creator = gpx.creator or ""
    return DecodedRun(
        session_no=session_no,
        sport=group[0].sport,
        sub_sport=group[0].sub_sport,
        start_s=None,
        columns={name: np.concatenate([columns[name] for columns in segments]) for name in DECODED_COLUMNS},
        stops=tuple((stop, start) for stop, start in ends if start > stop),
        device=creator or None,
        title=group[0].title or gpx.name,
        simulated=creator.startswith(SIMULATED_MARK),
        notes=notes,
    )


def _notes(gpx: GPX) -> tuple[ParseNote, ...]:
    times = [point.time for track in gpx.tracks for segment in track.segments for point in segment.points]
    notes = []
    if timeless := sum(time is None for time in times):
        notes.append(ParseNote("no_time", "points without a time were left out", timeless))
    if naive := sum(time is not None and time.tzinfo is None for time in times):
        notes.append(ParseNote("no_zone", "times without a zone were taken for UTC", naive))
    return tuple(notes)
