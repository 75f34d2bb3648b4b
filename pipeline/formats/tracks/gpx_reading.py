"""GPX text to tracks: names, segments and points, numbers still as text. Called by gpx, which makes runs of them.

The text is read element by element, and what has been read is let go, so that a long one needs little memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.formats.tracks.values import TrackValues, field_name, number
from pipeline.formats.tracks.xml_mending import read_or_mend
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
    """A track as the text has it; `segment_rows` are the numbers of each segment's first point within the file."""

    first_row: int
    texts: dict[str, str] = field(default_factory=dict)  # the first 'name', 'cmt', 'desc' and 'type'
    segment_rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class GpxFile:
    """A file as the text has it. `times` and `values` have a row per point of any track."""

    mended: bool  # read from broken text
    creator: str = ""
    version: str = ""
    texts: dict[str, str] = field(default_factory=dict)  # the first 'name' and 'desc' of the file itself
    tracks: list[GpxTrack] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    values: TrackValues = field(default_factory=TrackValues)
    holds_waypoints: bool = False
    holds_route: bool = False
    n_unplaced: int = 0  # points left out because their position is no number
    n_bad_heights: int = 0


def read_gpx(text: bytes) -> tuple[GpxFile, tuple[ParseNote, ...]]:
    """The file, and what had to be mended in it."""
    names = (*_STRUCTURE, *_TEXTS)
    return read_or_mend(text, _ROOT, names, _read)


def _read(parts: Iterable[tuple[str, Element]], mended: bool) -> GpxFile:
    reading = _Reading(mended)
    for event, element in parts:
        reading.take(event, local_name(element.tag), element)
    reading.take_begun()
    return reading.file


class _Reading:
    """What has been read while the elements come by."""

    def __init__(self, mended: bool) -> None:
        self.file = GpxFile(mended)
        self._in_track = False
        self._begun: Element | None = None  # a point that is taken once its values are all there

    def take(self, event: str, name: str, element: Element) -> None:
        if name in _TEXTS:
            if event == "end":
                self._take_text(name, element)
            return
        self.take_begun()
        if event == "start":
            self._begin(name, element)
        elif name in _POINTS or name == "trkseg":
            _let_go(element)
        elif name == "trk":
            self._in_track = False

    def _begin(self, name: str, element: Element) -> None:
        if name == _ROOT:
            self.file.creator = self.file.creator or element.get("creator", "")
            self.file.version = self.file.version or element.get("version", "")
        elif name == "trk" and not self._in_track:  # a track within another is the rest of a broken 'trkpt'
            self.file.tracks.append(GpxTrack(self.file.values.n_points))
            self._in_track = True
        elif name == "trkseg":
            self._begin_segment()
        elif name == "trkpt":
            self._begun = element
        elif name == "rtept":
            self.file.holds_route = True
        elif name == "wpt":
            self.file.holds_waypoints = True

    def _begin_segment(self) -> None:
        track, row = self._track(), self.file.values.n_points
        if track.segment_rows[-1:] != [row]:  # the segment before it has points
            track.segment_rows.append(row)

    def _track(self) -> GpxTrack:
        if not self.file.tracks:  # its beginning is lost
            self.file.tracks.append(GpxTrack(0))
        return self.file.tracks[-1]

    def _take_text(self, name: str, element: Element) -> None:
        parent = element.getparent()
        owner = "" if parent is None else local_name(parent.tag)
        if owner == "trk" and self.file.tracks:
            self.file.tracks[-1].texts.setdefault(name, element.text or "")
        elif owner in (_ROOT, "metadata"):
            self.file.texts.setdefault(name, element.text or "")

    def take_begun(self) -> None:
        point, self._begun = self._begun, None
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
        self.file.times.append(self._take_values(point))
        values.next_point()

    def _take_values(self, point: Element) -> str | None:
        """The values of the point go to their columns; returns its time.

        What is neither time, height nor speed counts only within the extensions. Broken text may have lost the tag
        that opens them, so there it always counts.
        """
        values, mended = self.file.values, self.file.mended
        in_extensions = mended
        at: str | None = None
        height: str | None = None
        for name, text in texts_within(point, _STRUCTURE):
            if name == "extensions":
                in_extensions = True
            elif not text or text.isspace():
                continue
            elif name == "time" and (mended or at is None):
                at = text
            elif name == "ele" and (mended or height is None):
                height = text
            elif in_extensions:
                if column := _column_of_extension(name):
                    values.add(column, number(text))
            elif name == "speed":  # GPX 1.0
                values.add("speed_ms", number(text))
        if height is not None:
            self._take_height(height)
        return at

    def _take_height(self, text: str) -> None:
        try:
            self.file.values.add("altitude_m", float(text))
        except ValueError:
            self.file.n_bad_heights += 1


def _let_go(element: Element) -> None:
    """Frees the memory of an element that has been read; what is left of it goes with the element after it."""
    element.clear()
    before = element.getprevious()
    if before is not None:
        element.getparent().remove(before)


@lru_cache(maxsize=1000)
def _column_of_extension(name: str) -> str | None:
    """The column or field that an extension stands for; None where there is none."""
    return _EXTENSIONS.get(name.lower()) or field_name(name)
