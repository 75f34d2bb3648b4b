"""GPX tracks as DecodedRuns. Called by read.

How text becomes tracks is gpx_reading's business. Each segment of a track is a stretch between pauses; tracks that
follow one another are one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NoReturn

import numpy as np

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.sport import sport_of_word
from pipeline.formats.decoded import DECODED_COLUMNS, SIMULATED_MARK, DecodedRun
from pipeline.formats.tracks.gpx_reading import GpxFile, GpxPart, GpxTrack, read_gpx
from pipeline.formats.tracks.values import Floats, notes_on_times, record_fields
from pipeline.formats.tracks.xml_mending import refuse_damaged
from pipeline.formats.tracks.xml_text import utf8_text
from pipeline.schema import ParseNote

JOIN_WITHIN_S = 2 * 3600.0  # a track that begins this soon after the one before it is the same run


@dataclass(frozen=True, slots=True)
class _Track:
    """A track with points that have a time. `ends` are the first and last instant of each of its segments."""

    sport: str | None
    sub_sport: str | None
    title: str | None
    description: str | None
    parts: tuple[GpxPart, ...]
    ends: tuple[tuple[float, float], ...]


def decode_gpx(content: bytes) -> tuple[DecodedRun, ...]:
    """The runs of the file, in the order of the file. Text that gpxpy refuses is mended, and notes say so.

    Raises FileRefused for text without any track, for a planned route (no times) and for a file of waypoints.
    """
    file, mended = read_gpx(utf8_text(content))
    timed = [track for track in map(_track, file.tracks) if track.parts]
    if not timed:
        _refuse(file, mended)
    notes = (*mended, *notes_on_times(file.n_timeless, file.n_zoneless))
    return tuple(_decoded(file, group, no, notes) for no, group in enumerate(_joined(timed)))


def _refuse(file: GpxFile, mended: tuple[ParseNote, ...]) -> NoReturn:
    refuse_damaged(mended)  # of points without times it cannot be known whether they had some
    if file.holds_plan:
        raise FileRefused("planned", "a planned route: its points have no times", "give the recorded run")
    what = "holds only waypoints" if file.holds_waypoints else "holds no track"
    raise FileRefused("no_records", what, "give the recorded run")


def _track(track: GpxTrack) -> _Track:
    sport, sub_sport = sport_of_word(track.kind)
    segments = [[part for part in segment if part.columns["time_s"].size] for segment in track.segments]
    timed = [segment for segment in segments if segment]
    ends = [(segment[0].columns["time_s"][0], segment[-1].columns["time_s"][-1]) for segment in timed]
    return _Track(
        sport,
        sub_sport,
        track.title,
        track.description,
        tuple(part for segment in timed for part in segment),
        tuple((float(first), float(last)) for first, last in ends),
    )


def _joined(tracks: list[_Track]) -> list[list[_Track]]:
    """Tracks that are pieces of one run: same sport, one soon after the other."""
    groups = [[tracks[0]]]
    for before, track in pairwise(tracks):
        if track.sport == before.sport and 0 <= track.ends[0][0] - before.ends[-1][1] <= JOIN_WITHIN_S:
            groups[-1].append(track)
        else:
            groups.append([track])
    return groups


def _decoded(file: GpxFile, group: list[_Track], session_no: int, notes: tuple[ParseNote, ...]) -> DecodedRun:
    parts = [part for track in group for part in track.parts]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in DECODED_COLUMNS}
    between = pairwise(ends for track in group for ends in track.ends)
    return DecodedRun(
        session_no=session_no,
        sport=group[0].sport,
        sub_sport=group[0].sub_sport,
        start_s=None,
        columns=columns,
        stops=tuple((before[1], after[0]) for before, after in between if after[0] > before[1]),
        device=file.creator or None,
        title=group[0].title or file.title,
        description=group[0].description or file.description,
        fields=record_fields(_fields(parts), columns["time_s"], "gpx"),
        simulated=file.creator.startswith(SIMULATED_MARK),
        notes=notes,
    )


def _fields(parts: list[GpxPart]) -> dict[str, Floats]:
    """The fields of all parts, one after the other, NaN through those that lack one."""
    names = sorted({name for part in parts for name in part.fields})
    lacking = [np.full(part.columns["time_s"].size, np.nan) for part in parts]
    return {
        name: np.concatenate([part.fields.get(name, nans) for part, nans in zip(parts, lacking, strict=True)])
        for name in names
    }
