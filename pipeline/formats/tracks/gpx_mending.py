"""GPX that gpxpy refuses, written anew from what lxml still makes of it: its tracks, points and values. Called by gpx."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from html import escape

from pipeline.formats.tracks.values import is_instant, number
from pipeline.formats.tracks.xml_mending import mended_elements
from pipeline.formats.tracks.xml_text import Element, local_name, own_texts
from pipeline.schema import ParseNote

_POINTS = frozenset({"trkpt", "rtept", "wpt"})
_STRUCTURE = _POINTS | {"gpx", "trk", "trkseg"}
_TRACK_WORDS = ("name", "cmt", "desc", "type")
_OF_THE_POINT = ("ele", "time")
_BEGINS_NAME = re.compile(r"[^\W\d]")  # of a broken '<gpxtpx:cad>' libxml2 may leave a tag named '0ad', or with no name
_LONGEST_NAME, _LONGEST_WORDS = 200, 10_000  # letters


@dataclass(frozen=True, slots=True)
class _Track:
    words: list[str] = field(default_factory=list)
    segments: list[list[str]] = field(default_factory=list)

    def __str__(self) -> str:
        segments = "".join(f"<trkseg>{''.join(points)}</trkseg>" for points in self.segments)
        return f"<trk>{''.join(self.words)}{segments}</trk>"


def mended_gpx(text: bytes) -> tuple[str, tuple[ParseNote, ...]]:
    """GPX 1.1 with the tracks of the text in their order, and what had to be mended.

    Values that are no numbers are left out, points without a position too. Of routes and waypoints only their being
    there is told.
    """
    notes: list[ParseNote] = []
    anew = _Anew()
    for event, element in mended_elements(text, "gpx", (*_STRUCTURE, *_TRACK_WORDS), notes):
        anew.take(event, element)
    if anew.n_unplaced:
        notes.append(ParseNote("no_position", "points whose position is no number were left out", anew.n_unplaced))
    return anew.text(), tuple(notes)


class _Anew:
    """The new text, written while the elements of the old one come by."""

    def __init__(self) -> None:
        self.n_unplaced = 0
        self._creator = ""
        self._tracks: list[_Track] = []
        self._other_points: set[str] = set()
        self._in_track = False
        self._begun: Element | None = None  # a point that is written once its values are all there

    def take(self, event: str, element: Element) -> None:
        name = local_name(element.tag)
        if name in _TRACK_WORDS:
            self._take_word(event, name, element)
            return
        self._write_begun()
        if event == "start":
            self._begin(name, element)
        elif name in _POINTS:
            element.clear()
        elif name == "trk":
            self._in_track = False

    def text(self) -> str:
        self._write_begun()
        hints = {"rtept": "<rte/>", "wpt": '<wpt lat="0" lon="0"/>'}
        others = "".join(hints[name] for name in sorted(self._other_points))
        tracks = "".join(str(track) for track in self._tracks if track.segments)
        return f'<gpx version="1.1" creator="{self._creator}">{others}{tracks}</gpx>'

    def _take_word(self, event: str, name: str, element: Element) -> None:
        parent = element.getparent()
        if event == "end" and self._tracks and parent is not None and local_name(parent.tag) == "trk":
            words = _plain_words(element.text or "", _LONGEST_WORDS)
            self._tracks[-1].words.append(f"<{name}>{words}</{name}>")

    def _begin(self, name: str, element: Element) -> None:
        if name == "gpx":
            self._creator = self._creator or _plain_words(element.get("creator", ""), _LONGEST_NAME)
        elif name == "trk" and not self._in_track:  # one within another is the rest of a broken 'trkpt'
            self._tracks.append(_Track())
            self._in_track = True
        elif name == "trkseg":
            self._track().segments.append([])
        elif name == "trkpt":
            self._begun = element
        elif name in _POINTS:
            self._other_points.add(name)

    def _track(self) -> _Track:
        if not self._tracks:  # its beginning is lost
            self._tracks.append(_Track())
        return self._tracks[-1]

    def _write_begun(self) -> None:
        if self._begun is None:
            return
        point, self._begun = _written(self._begun), None
        if point is None:
            self.n_unplaced += 1
            return
        segments = self._track().segments
        if not segments:
            segments.append([])
        segments[-1].append(point)


def _plain_words(text: str, longest: int) -> str:
    """The text for GPX, without the word for which gpxpy searches endlessly, or takes what follows for a namespace."""
    return escape(text[:longest].replace("xmlns", "xml ns"))


def _written(point: Element) -> str | None:
    """The point with its height, time and extensions; None when its position is no number."""
    latitude, longitude = number(point.get("lat")), number(point.get("lon"))
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    told = {local_name(tag): text for tag, text in own_texts(point, _STRUCTURE) if text and not text.isspace()}
    height = f"<ele>{told['ele'].strip()}</ele>" if math.isfinite(number(told.get("ele"))) else ""
    at = f"<time>{told['time'].strip()}</time>" if is_instant(told.get("time")) else ""
    others = {name: text for name, text in told.items() if name not in _OF_THE_POINT and _BEGINS_NAME.match(name)}
    extensions = "".join(
        f"<{name}>{text.strip()}</{name}>" for name, text in others.items() if math.isfinite(number(text))
    )
    return f'<trkpt lat="{latitude!r}" lon="{longitude!r}">{height}{at}<extensions>{extensions}</extensions></trkpt>'
