"""GPX text to tracks of columns, through gpxpy. Called by gpx, which makes runs of them.

gpxpy holds every point as an object, some 25 bytes of memory for each byte of text; a long text goes through it in
pieces. Text that it refuses is gpx_mending's, and then tried again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.formats.tracks.gpx_mending import mended_gpx
from pipeline.formats.tracks.values import Floats, TrackValues, field_name, seconds_since_1970
from pipeline.formats.tracks.xml_text import local_name
from pipeline.schema import ParseNote, Records

if TYPE_CHECKING:  # gpxpy takes longer to load than a FIT file to read, and most files are FIT
    from gpxpy.gpx import GPX, GPXTrackPoint

PIECE = 2_000_000  # bytes of text that go through gpxpy at once

_ROOT = re.compile(rb"\s*<gpx\b[^<>]*[^/<>]>")
_POINT_END, _AFTER_POINT = b"</trkpt>", b"</trkseg></trk></gpx>"
# gpxpy searches for namespaces in a way that takes hours where this is found
_ENDLESS = re.compile(rb"\sxmlns[^=]{300}")
# Names without their namespace: gpxtpx:hr, gpxdata:hr, ns3:TrackPointExtension/ns3:cad, pwr:PowerInWatts ...
_EXTENSIONS = {
    "hr": "heart_rate_bpm",
    "cad": "cadence_rpm",
    "cadence": "cadence_rpm",
    "runcadence": "cadence_rpm",
    "atemp": "device_temp_c",
    "temp": "device_temp_c",
    "temperature": "device_temp_c",
    "power": "power_w",
    "powerinwatts": "power_w",
    "watts": "power_w",
    "speed": "speed_ms",
    "distance": "distance_m",
}


@dataclass(frozen=True, slots=True)
class GpxPart:
    """Points that have a time, one after the other without a pause; `fields` are as long as the columns."""

    columns: Records
    fields: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class GpxTrack:
    """A track: a list of parts for each segment, which a cut between two pieces may have parted."""

    kind: str | None
    title: str | None
    description: str | None
    segments: list[list[GpxPart]]


@dataclass(slots=True)
class GpxFile:
    """What a file holds, as far as it has been read."""

    creator: str = ""
    title: str | None = None
    description: str | None = None
    tracks: list[GpxTrack] = field(default_factory=list)
    holds_waypoints: bool = False
    holds_plan: bool = False  # a route, or track points, whether with times or without
    n_timeless: int = 0
    n_zoneless: int = 0


def read_gpx(text: bytes) -> tuple[GpxFile, tuple[ParseNote, ...]]:
    """The file, and what had to be mended in it."""
    from gpxpy.gpx import GPXException

    if not _ENDLESS.search(text):
        try:
            file = _read(text)
        except (GPXException, ValueError):
            pass
        else:
            if file.holds_plan or file.holds_waypoints or b"trkpt" not in text:
                return file, ()
    mended, notes = mended_gpx(text)
    return _read(mended.encode()), notes


def _read(text: bytes) -> GpxFile:
    import gpxpy

    # gpxpy reads extensions and the type in GPX 1.1 only, whatever the file calls itself
    version = "1.1" if b"extensions>" in text else None
    file = GpxFile()
    for number, piece in enumerate(_pieces(text)):
        _take(file, gpxpy.parse(piece.decode(), version), goes_on=number > 0)
    return file


def _pieces(text: bytes) -> Iterator[bytes]:
    """GPX documents, cut after points: each but the first goes on in the track and segment of the one before."""
    root = _ROOT.match(text)
    at, begin = 0, b""
    while root and (end := text.find(_POINT_END, at + PIECE)) > 0:
        end += len(_POINT_END)
        yield begin + text[at:end] + _AFTER_POINT
        at, begin = end, root.group() + b"<trk><trkseg>"
    yield begin + text[at:]


def _take(file: GpxFile, gpx: GPX, *, goes_on: bool) -> None:
    if not goes_on:
        file.creator, file.title, file.description = gpx.creator or "", gpx.name, gpx.description
    file.holds_waypoints |= bool(gpx.waypoints)
    file.holds_plan |= bool(gpx.routes)
    for number, track in enumerate(gpx.tracks):
        segments = [[_part(file, segment.points)] for segment in track.segments]
        if goes_on and number == 0 and file.tracks:
            file.tracks[-1].segments[-1] += segments[0]
            file.tracks[-1].segments.extend(segments[1:])
        else:
            file.tracks.append(GpxTrack(track.type, track.name, track.description or track.comment, segments))


def _part(file: GpxFile, points: list[GPXTrackPoint]) -> GpxPart:
    told_s = np.array([seconds_since_1970(point.time) for point in points])
    timed = [point for point, at_s in zip(points, told_s, strict=True) if at_s >= 0]
    file.holds_plan |= bool(points)
    file.n_timeless += len(points) - len(timed)
    file.n_zoneless += sum(point.time is not None and point.time.tzinfo is None for point in timed)
    values = _extensions(timed)
    columns = values.columns()
    columns["time_s"] = told_s[told_s >= 0]
    columns["latitude"] = np.array([point.latitude for point in timed])
    columns["longitude"] = np.array([point.longitude for point in timed])
    columns["altitude_m"] = np.array([point.elevation for point in timed], dtype=np.float64)
    if np.isnan(columns["speed_ms"]).all():  # GPX 1.0
        columns["speed_ms"] = np.array([point.speed for point in timed], dtype=np.float64)
    return GpxPart(columns, values.fields())


def _extensions(points: list[GPXTrackPoint]) -> TrackValues:
    values = TrackValues()
    for point in points:
        for extension in point.extensions:
            for element in extension.iter():
                text = element.text
                if text and not text.isspace() and (name := _name(element.tag)):
                    values.add(name, text)
        values.next_point()
    return values


@lru_cache(maxsize=1000)
def _name(tag: object) -> str | None:
    """The column or field that an extension's tag stands for; None where there is none."""
    name = local_name(tag)
    return _EXTENSIONS.get(name.lower()) or field_name(name)
