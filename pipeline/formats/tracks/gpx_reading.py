"""Reads GPX text as tracks: names, segments and points, times still as text. Called by `gpx`, which builds the runs.

The text is read element by element, and elements are freed after reading, so that a long text needs little memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.formats.tracks.values import TrackValues, field_name, number
from pipeline.formats.tracks.xml_repair import read_or_repair
from pipeline.formats.tracks.xml_text import Element, local_name, texts_within
from pipeline.schema import ParseNote

_ROOT = "gpx"
_POINTS = frozenset({"trkpt", "rtept", "wpt"})
_STRUCTURE = _POINTS | {_ROOT, "trk", "trkseg"}
_TEXTS = frozenset({"name", "cmt", "desc", "type"})
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


@dataclass(slots=True)
class GpxTrack:
    """A track as in the text; `segment_rows` are the numbers of each segment's first point within the file."""

    first_row: int
    texts: dict[str, str] = field(default_factory=dict)  # the first 'name', 'cmt', 'desc' and 'type'
    segment_rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class GpxFile:
    """A file as in the text. `times` and `values` have one row per point of any track."""

    repaired: bool  # read from broken text
    creator: str = ""
    version: str = ""
    texts: dict[str, str] = field(default_factory=dict)  # the first 'name' and 'desc' of the file itself
    tracks: list[GpxTrack] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    values: TrackValues = field(default_factory=TrackValues)
    has_waypoints: bool = False
    has_route: bool = False
    n_unplaced: int = 0  # points left out because their position is not a number
    n_bad_heights: int = 0


def read_gpx(text: bytes) -> tuple[GpxFile, tuple[ParseNote, ...]]:
    """Return the file, and notes on repairs."""
    names = (*_STRUCTURE, *_TEXTS)
    return read_or_repair(text, _ROOT, names, _read)


def _read(events: Iterable[tuple[str, Element]], repaired: bool) -> GpxFile:
    reader = _GpxReader(repaired)
    for event, element in events:
        reader.read(event, local_name(element.tag), element)
    reader.finish_point()
    return reader.file


class _GpxReader:
    """Builds the file from the elements, in their order."""

    def __init__(self, repaired: bool) -> None:
        self.file = GpxFile(repaired)
        self._in_track = False
        self._point: Element | None = None  # the current point; it is added when all its values are complete

    def read(self, event: str, name: str, element: Element) -> None:
        """Read the start or end of an element."""
        if name in _TEXTS:
            if event == "end":
                self._read_text(name, element)
            return
        self.finish_point()
        if event == "start":
            self._begin(name, element)
        elif name in _POINTS or name == "trkseg":
            _free(element)
        elif name == "trk":
            self._in_track = False

    def _begin(self, name: str, element: Element) -> None:
        if name == _ROOT:
            self.file.creator = self.file.creator or element.get("creator", "")
            self.file.version = self.file.version or element.get("version", "")
        elif name == "trk" and not self._in_track:  # a track within a track is the rest of a broken 'trkpt'
            self.file.tracks.append(GpxTrack(self.file.values.n_points))
            self._in_track = True
        elif name == "trkseg":
            self._begin_segment()
        elif name == "trkpt":
            self._point = element
        elif name == "rtept":
            self.file.has_route = True
        elif name == "wpt":
            self.file.has_waypoints = True

    def _begin_segment(self) -> None:
        track, row = self._track(), self.file.values.n_points
        if track.segment_rows[-1:] != [row]:  # the previous segment has points
            track.segment_rows.append(row)

    def _track(self) -> GpxTrack:
        if not self.file.tracks:  # the track's beginning is lost
            self.file.tracks.append(GpxTrack(0))
        return self.file.tracks[-1]

    def _read_text(self, name: str, element: Element) -> None:
        parent = element.getparent()
        parent_name = "" if parent is None else local_name(parent.tag)
        if parent_name == "trk" and self.file.tracks:
            self.file.tracks[-1].texts.setdefault(name, element.text or "")
        elif parent_name in (_ROOT, "metadata"):
            self.file.texts.setdefault(name, element.text or "")

    def finish_point(self) -> None:
        """Add the current point, if any, with its values."""
        point, self._point = self._point, None
        if point is None:
            return
        try:
            latitude, longitude = float(point.get("lat", "")), float(point.get("lon", ""))
        except ValueError:
            self.file.n_unplaced += 1
            return
        self._track()
        values = self.file.values
        values.add("latitude", latitude)
        values.add("longitude", longitude)
        self.file.times.append(self._read_values(point))
        values.next_point()

    def _read_values(self, point: Element) -> str | None:
        """Add the values of the point to their columns; return its time.

        Other values than time, height and speed count only within the extensions. Repaired text may have lost the tag
        that opens them, so there they always count.
        """
        values, repaired = self.file.values, self.file.repaired
        in_extensions = repaired
        at: str | None = None
        height: str | None = None
        for name, text in texts_within(point, _STRUCTURE):
            if name == "extensions":
                in_extensions = True
            elif not text or text.isspace():
                continue
            elif name == "time" and (repaired or at is None):
                at = text
            elif name == "ele" and (repaired or height is None):
                height = text
            elif in_extensions:
                if column := _column_of_extension(name):
                    values.add(column, number(text))
            elif name == "speed":  # GPX 1.0
                values.add("speed_ms", number(text))
        if height is not None:
            self._add_height(height)
        return at

    def _add_height(self, text: str) -> None:
        try:
            self.file.values.add("altitude_m", float(text))
        except ValueError:
            self.file.n_bad_heights += 1


def _free(element: Element) -> None:
    """Free the memory of an element that has been read; its empty rest is removed with the next element."""
    element.clear()
    before = element.getprevious()
    if before is not None:
        element.getparent().remove(before)


@lru_cache(maxsize=1000)
def _column_of_extension(name: str) -> str | None:
    """Return the column or field for an extension; None if there is none."""
    return _EXTENSIONS.get(name.lower()) or field_name(name)
