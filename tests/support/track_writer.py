"""Writes GPX and TCX as watches do, from columns: for tests that read them back. Nothing of the program is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GPX_NAMES = (
    'xmlns="http://www.topografix.com/GPX/1/1" xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"'
)
TCX_NAMES = (
    'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
    'xmlns:ext="http://www.garmin.com/xmlschemas/ActivityExtension/v2"'
)


@dataclass(frozen=True)
class Points:
    """Points without a pause between them: `at_s` after the start, other columns by our names, NaN where not measured."""

    at_s: NDArray[np.int64]
    columns: dict[str, Floats]

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each point's second and what it measured, as text."""
        for i, at_s in enumerate(self.at_s):
            told = {name: values[i] for name, values in self.columns.items()}
            yield int(at_s), {name: repr(float(value)) for name, value in told.items() if not np.isnan(value)}


@dataclass(frozen=True)
class WrittenLap:
    """A lap of a TCX file; None is not written."""

    start_s: int
    tracks: tuple[Points, ...]
    timer_s: float | None = None
    distance_m: float | None = None
    trigger: str | None = "Manual"


def write_gpx(
    start: datetime, segments: tuple[Points, ...], *, kind: str = "running", name: str = "Lunch run"
) -> bytes:
    body = "".join(f"<trkseg>{''.join(_trkpt(start, *row) for row in one.rows())}</trkseg>" for one in segments)
    track = f"<trk><name>{name}</name><type>{kind}</type>{body}</trk>"
    return f'<?xml version="1.0"?>\n<gpx version="1.1" creator="a program" {GPX_NAMES}>{track}</gpx>\n'.encode()


def write_tcx(
    start: datetime, laps: tuple[WrittenLap, ...], *, sport: str = "Running", beside: str = "", before: str = ""
) -> bytes:
    """`beside` is XML at the end of the activity, `before` text before the declaration."""
    body = f"<Id>{_instant(start, 0)}</Id>{''.join(_lap(start, lap) for lap in laps)}{beside}"
    activities = f'<Activities><Activity Sport="{sport}">{body}</Activity></Activities>'
    root = f"<TrainingCenterDatabase {TCX_NAMES}>{activities}</TrainingCenterDatabase>"
    return f'{before}<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()


def _instant(start: datetime, second: int) -> str:
    return (start + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _inside(tag: str, text: str | None) -> str:
    return "" if text is None else f"<{tag}>{text}</{tag}>"


def _trkpt(start: datetime, at_s: int, told: dict[str, str]) -> str:
    extension = "".join(
        _inside(f"tpx:{tag}", told.get(name))
        for tag, name in (("atemp", "device_temp_c"), ("hr", "heart_rate_bpm"), ("cad", "cadence_rpm"))
    )
    beside = _inside("power", told.get("power_w")) + _inside("tpx:TrackPointExtension", extension)
    return (
        f'<trkpt lat="{told["latitude"]}" lon="{told["longitude"]}">{_inside("ele", told.get("altitude_m"))}'
        f"{_inside('time', _instant(start, at_s))}{_inside('extensions', beside)}</trkpt>\n"
    )


def _lap(start: datetime, lap: WrittenLap) -> str:
    tracks = "".join(
        _inside("Track", "".join(_trackpoint(start, *row) for row in track.rows()) + "\n") for track in lap.tracks
    )
    sums = _inside("TotalTimeSeconds", None if lap.timer_s is None else repr(lap.timer_s))
    sums += _inside("DistanceMeters", None if lap.distance_m is None else repr(lap.distance_m))
    trigger = _inside("TriggerMethod", lap.trigger)
    return f'<Lap StartTime="{_instant(start, lap.start_s)}">{sums}<Calories>0</Calories>{trigger}{tracks}</Lap>'


def _trackpoint(start: datetime, at_s: int, told: dict[str, str]) -> str:
    """Its parts in the order of Garmin's schema."""
    place = ""
    if "latitude" in told:
        place = _inside("LatitudeDegrees", told["latitude"]) + _inside("LongitudeDegrees", told["longitude"])
    extension = "".join(
        _inside(f"ext:{tag}", told.get(name))
        for tag, name in (("Speed", "speed_ms"), ("RunCadence", "cadence_rpm"), ("Watts", "power_w"))
    )
    heart = told.get("heart_rate_bpm")
    return _inside(
        "Trackpoint",
        _inside("Time", _instant(start, at_s))
        + (_inside("Position", place) if place else "")
        + _inside("AltitudeMeters", told.get("altitude_m"))
        + _inside("DistanceMeters", told.get("distance_m"))
        + ("" if heart is None else _inside("HeartRateBpm", _inside("Value", heart)))
        + (_inside("Extensions", _inside("ext:TPX", extension)) if extension else ""),
    )
