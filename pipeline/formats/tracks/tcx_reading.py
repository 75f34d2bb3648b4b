"""TCX text to activities as it tells them: laps, tracks and points, numbers still as text. Called by tcx.

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

_ROOT = "TrainingCenterDatabase"
_POINT = "Trackpoint"
_STRUCTURE = frozenset({"Activity", "Transition", "Course", "Lap", "Track", _POINT})
_TEXTS = frozenset({"Id", "Notes", "Creator"})
# In the order of Garmin's schema: of 'Cadence' and 'RunCadence' in one point the foot's comes later, and counts.
_COLUMNS = {
    "LatitudeDegrees": "latitude",
    "LongitudeDegrees": "longitude",
    "AltitudeMeters": "altitude_m",
    "DistanceMeters": "distance_m",
    "Value": "heart_rate_bpm",  # <HeartRateBpm><Value>151</Value></HeartRateBpm>
    "Cadence": "cadence_rpm",
    "RunCadence": "cadence_rpm",
    "Speed": "speed_ms",
    "Watts": "power_w",
}


@dataclass(slots=True)
class TcxLap:
    """A lap as the text has it; `first_row` is the number of its first point within the activity."""

    first_row: int
    started: str | None = None
    timer_s: str | None = None
    distance_m: str | None = None
    trigger: str | None = None


@dataclass(slots=True)
class TcxActivity:
    """An activity as the text has it. `times` and `values` have a row a point, `track_rows` each track's first one."""

    sport: str | None
    id: str | None = None
    notes: str | None = None
    creator: str | None = None
    laps: list[TcxLap] = field(default_factory=list)
    track_rows: list[int] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    values: TrackValues = field(default_factory=TrackValues)


def read_tcx(text: bytes) -> tuple[list[TcxActivity], bool, tuple[ParseNote, ...]]:
    """The activities in the order of the text, whether it holds a course, and what had to be mended."""
    names = (*_STRUCTURE, *_TEXTS)
    reading, notes = read_or_mend(text, _ROOT, names, lambda parts, _: _Reading(parts))
    return reading.activities, reading.holds_course, notes


class _Reading:
    """What has been read while the elements come by."""

    def __init__(self, parts: Iterable[tuple[str, Element]]) -> None:
        self.activities: list[TcxActivity] = []
        self.holds_course = False
        self._in_course = False
        self._begun: Element | None = None  # a point that is taken once its values are all there
        for event, element in parts:
            self._take(event, local_name(element.tag), element)
        self._take_begun()

    def _take(self, event: str, name: str, element: Element) -> None:
        if name in _TEXTS:
            self._take_text(event, name, element)
            return
        self._take_begun()
        if event == "start":
            self._begin(name, element)
            return
        if name in ("Lap", "Transition"):
            self._end_lap(element)
        if name in (_POINT, "Track"):
            element.clear()

    def _begin(self, name: str, element: Element) -> None:
        if name == _POINT:
            self._begun = element
        elif name == "Course":
            self.holds_course = self._in_course = True
        elif name in ("Activity", "Transition"):
            self._in_course = False
            self.activities.append(TcxActivity(element.get("Sport") if name == "Activity" else "transition"))
        if name in ("Lap", "Transition") and not self._in_course:
            activity = self._activity()
            activity.laps.append(TcxLap(activity.values.n_points, element.get("StartTime")))
        elif name == "Track" and not self._in_course:
            self._activity().track_rows.append(self._activity().values.n_points)

    def _activity(self) -> TcxActivity:
        if not self.activities:  # its beginning is lost
            self.activities.append(TcxActivity(None))
        return self.activities[-1]

    def _end_lap(self, element: Element) -> None:
        laps = [] if self._in_course else self._activity().laps
        if laps:
            laps[-1].timer_s = element.findtext("{*}TotalTimeSeconds")
            laps[-1].distance_m = element.findtext("{*}DistanceMeters")
            laps[-1].trigger = element.findtext("{*}TriggerMethod")

    def _take_text(self, event: str, name: str, element: Element) -> None:
        parent = element.getparent()
        if event == "start" or parent is None or local_name(parent.tag) != "Activity" or not self.activities:
            return
        activity = self.activities[-1]
        if name == "Id":
            activity.id = element.text
        elif name == "Notes":
            activity.notes = element.text
        else:
            activity.creator = element.findtext("{*}Name")

    def _take_begun(self) -> None:
        point, self._begun = self._begun, None
        if point is None or self._in_course:
            return
        activity = self._activity()
        at: str | None = None
        for name, text in texts_within(point, _STRUCTURE):
            if not text or text.isspace():
                continue
            column = _column(name)
            if column == "time":
                at = text
            elif column:
                activity.values.add(column, number(text))
        activity.times.append(at)
        activity.values.next_point()


@lru_cache(maxsize=1000)
def _column(name: str) -> str | None:
    """The column or field that an element within a point stands for; None where there is none."""
    return _COLUMNS.get(name) or field_name(name)
