"""Decodes GPX tracks as DecodedRuns. Called by `read`.

`gpx_reading` turns text into tracks. Each segment of a track is a stretch between pauses; tracks that follow one another
closely are one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NoReturn

import numpy as np

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.sport import sport_of_word
from pipeline.formats.decoded import SIMULATED_MARK, DecodedRun
from pipeline.formats.tracks.gpx_reading import GpxFile, GpxTrack, read_gpx
from pipeline.formats.tracks.values import Floats, instant, notes_on_times, record_fields, seconds
from pipeline.formats.tracks.xml_repair import refuse_damaged
from pipeline.formats.tracks.xml_text import utf8_text
from pipeline.schema import ParseNote, Records

JOIN_WITHIN_S = 2 * 3600.0  # a track that begins this soon after the previous one is the same run


@dataclass(frozen=True, slots=True)
class _Track:
    """A track with timed points. `ends` are the first and last instant of each segment."""

    sport: str | None
    sub_sport: str | None
    title: str | None
    description: str | None
    rows: slice  # of the file's points
    ends: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Points:
    """The points of all tracks, arrays of shape (n_points,); `time_s` in seconds since 1970, NaN where unknown."""

    time_s: Floats
    columns: Records
    fields: dict[str, Floats]


def decode_gpx(content: bytes) -> tuple[DecodedRun, ...]:
    """Return the runs of the file, in the order of the file, with notes on repairs.

    Raises FileRefused for text without any track, for a planned route (no times) and for a file of waypoints.
    """
    text = utf8_text(content)
    file, repaired = read_gpx(text)
    time_s, n_zoneless = seconds(file.times, instant if file.repaired else _instant)
    # in GPX 1.0 tracks have no type; a file with extensions is 1.1, whatever version it states
    has_types = file.repaired or file.version == "1.1" or b"extensions>" in text
    timed = [track for track in _tracks(file, time_s, has_types) if track.ends]
    notes = (*repaired, *_notes_on_points(file))
    if not timed:
        _refuse(file, notes)
    notes += notes_on_times(int(np.isnan(time_s).sum()), n_zoneless)
    points = _Points(time_s, file.values.columns(), file.values.fields())
    return tuple(_decoded(file, points, group, no, notes) for no, group in enumerate(_joined(timed)))


def _instant(text: str) -> datetime | None:
    """Return a time of valid GPX: in the forms that TCX has too, otherwise as gpxpy reads it, which accepts more forms.

    Examples are one digit for a minute or second ('7:3:9') and a typographic minus before the zone. In repaired text
    such a time may be cut in half, so gpxpy is not used there.
    """
    at = instant(text)
    if at or not text:
        return at
    from gpxpy.gpx import GPXException  # importing it takes longer than reading a file
    from gpxpy.gpxfield import parse_time

    try:
        at = parse_time(text)
        if at is not None:
            at.utcoffset()
    except (GPXException, ValueError):  # not a time, or a zone of more than a day
        return None
    return at


def _notes_on_points(file: GpxFile) -> tuple[ParseNote, ...]:
    """Return notes on points with invalid numbers."""
    notes = []
    if file.n_unplaced:
        notes.append(ParseNote("no_position", "points without a valid position were left out", file.n_unplaced))
    if file.n_bad_heights and not file.repaired:
        notes.append(ParseNote("repaired", "altitudes that are not numbers were left out", file.n_bad_heights))
    return tuple(notes)


def _refuse(file: GpxFile, notes: tuple[ParseNote, ...]) -> NoReturn:
    refuse_damaged(notes)  # points without times may have had some before the damage
    if file.has_route or file.times:
        raise FileRefused("planned", "a planned route: its points have no times", "use the file of the recorded run")
    what = "contains only waypoints" if file.has_waypoints else "contains no track"
    raise FileRefused("no_records", what, "use the file of the recorded run")


def _tracks(file: GpxFile, time_s: Floats, has_types: bool) -> list[_Track]:
    """Return the tracks of the file with their rows and segments."""
    bounds = pairwise([*(track.first_row for track in file.tracks), time_s.size])
    return [_track(track, slice(*rows), time_s, has_types) for track, rows in zip(file.tracks, bounds, strict=True)]


def _track(track: GpxTrack, rows: slice, time_s: Floats, has_types: bool) -> _Track:
    texts = track.texts
    sport, sub_sport = sport_of_word(texts.get("type") if has_types else None)
    ends = []
    for first, end in pairwise([rows.start, *track.segment_rows, rows.stop]):
        timed_s = time_s[first:end][np.isfinite(time_s[first:end])]
        if timed_s.size:
            ends.append((float(timed_s[0]), float(timed_s[-1])))
    description = texts.get("desc") or texts.get("cmt") or None
    return _Track(sport, sub_sport, texts.get("name") or None, description, rows, tuple(ends))


def _joined(tracks: list[_Track]) -> list[list[_Track]]:
    """Group tracks that are parts of one run: same sport, one soon after the other."""
    groups = [[tracks[0]]]
    for before, track in pairwise(tracks):
        if track.sport == before.sport and 0 <= track.ends[0][0] - before.ends[-1][1] <= JOIN_WITHIN_S:
            groups[-1].append(track)
        else:
            groups.append([track])
    return groups


def _decoded(
    file: GpxFile, points: _Points, group: list[_Track], session_no: int, notes: tuple[ParseNote, ...]
) -> DecodedRun:
    rows = slice(group[0].rows.start, group[-1].rows.stop)  # points of tracks between these have no time
    time_s = points.time_s[rows]
    timed = np.isfinite(time_s)
    columns = {name: values[rows][timed] for name, values in points.columns.items()}
    between = pairwise(ends for track in group for ends in track.ends)
    return DecodedRun(
        session_no=session_no,
        sport=group[0].sport,
        sub_sport=group[0].sub_sport,
        start_s=None,
        columns={**columns, "time_s": time_s[timed]},
        stops=tuple((before[1], after[0]) for before, after in between if after[0] > before[1]),
        device=file.creator or None,
        title=group[0].title or file.texts.get("name") or None,
        description=group[0].description or file.texts.get("desc") or None,
        fields=record_fields({name: values[rows] for name, values in points.fields.items()}, time_s, "gpx"),
        simulated=file.creator.startswith(SIMULATED_MARK),
        notes=notes,
    )
