"""Reads TCX text as activities: laps, tracks and points, times and lap sums still as text. Called by `tcx`.

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

_ROOT = "TrainingCenterDatabase"
_POINT = "Trackpoint"
_STRUCTURE = frozenset({"Activity", "Transition", "Course", "Lap", "Track", _POINT})
_TEXTS = frozenset({"Id", "Notes", "Creator"})
# In the order of Garmin's schema. If a point has 'Cadence' and 'RunCadence', 'RunCadence' comes later and counts.
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
    """A lap as in the text; `first_row` is the number of its first point within the activity."""

    first_row: int
    started: str | None = None
    timer_s: str | None = None
    distance_m: str | None = None
    trigger: str | None = None


@dataclass(slots=True)
class TcxActivity:
    """An activity as in the text. `times` and `values` have one row per point; `track_rows` are each track's first row."""

    sport: str | None
    id: str | None = None
    notes: str | None = None
    creator: str | None = None
    laps: list[TcxLap] = field(default_factory=list)
    track_rows: list[int] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    values: TrackValues = field(default_factory=TrackValues)


def read_tcx(text: bytes) -> tuple[list[TcxActivity], bool, tuple[ParseNote, ...]]:
    """Return the activities in the order of the text, whether it contains a course, and notes on repairs."""
    names = (*_STRUCTURE, *_TEXTS)
    reader, notes = read_or_repair(text, _ROOT, names, lambda events, _: _TcxReader(events))
    return reader.activities, reader.has_course, notes


class _TcxReader:
    """Builds the activities from the elements, in their order."""

    def __init__(self, events: Iterable[tuple[str, Element]]) -> None:
        self.activities: list[TcxActivity] = []
        self.has_course = False
        self._in_course = False
        self._point: Element | None = None  # the current point; it is added when all its values are complete
        for event, element in events:
            self._read(event, local_name(element.tag), element)
        self._finish_point()

    def _read(self, event: str, name: str, element: Element) -> None:
        if name in _TEXTS:
            self._read_text(event, name, element)
            return
        self._finish_point()
        if event == "start":
            self._begin(name, element)
            return
        if name in ("Lap", "Transition"):
            self._end_lap(element)
        if name in (_POINT, "Track"):
            element.clear()

    def _begin(self, name: str, element: Element) -> None:
        if name == _POINT:
            self._point = element
        elif name == "Course":
            self.has_course = self._in_course = True
        elif name in ("Activity", "Transition"):
            self._in_course = False
            self.activities.append(TcxActivity(element.get("Sport") if name == "Activity" else "transition"))
        if name in ("Lap", "Transition") and not self._in_course:
            activity = self._activity()
            activity.laps.append(TcxLap(activity.values.n_points, element.get("StartTime")))
        elif name == "Track" and not self._in_course:
            self._activity().track_rows.append(self._activity().values.n_points)

    def _activity(self) -> TcxActivity:
        if not self.activities:  # the activity's beginning is lost
            self.activities.append(TcxActivity(None))
        return self.activities[-1]

    def _end_lap(self, element: Element) -> None:
        laps = [] if self._in_course else self._activity().laps
        if laps:
            laps[-1].timer_s = element.findtext("{*}TotalTimeSeconds")
            laps[-1].distance_m = element.findtext("{*}DistanceMeters")
            laps[-1].trigger = element.findtext("{*}TriggerMethod")

    def _read_text(self, event: str, name: str, element: Element) -> None:
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

    def _finish_point(self) -> None:
        """Add the current point, if any, with its values."""
        point, self._point = self._point, None
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
    """Return the column or field for an element within a point; None if there is none."""
    return _COLUMNS.get(name) or field_name(name)
