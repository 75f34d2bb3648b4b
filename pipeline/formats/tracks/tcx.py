"""TCX activities with their laps, pauses and Garmin's ActivityExtension, as DecodedRuns. Called by read.

How text becomes activities is tcx_reading's business, laps and pauses are tcx_laps', repairs of values clean's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.errors import FileRefused
from pipeline.formats.cleaning.sport import sport_of_word
from pipeline.formats.decoded import SIMULATED_MARK, DecodedRun
from pipeline.formats.tracks.tcx_laps import timed_laps, timer_stops
from pipeline.formats.tracks.tcx_reading import TcxActivity, read_tcx
from pipeline.formats.tracks.values import Floats, notes_on_times, record_fields, seconds
from pipeline.formats.tracks.xml_mending import refuse_damaged
from pipeline.formats.tracks.xml_text import utf8_text
from pipeline.schema import Lap, ParseNote


def decode_tcx(content: bytes) -> tuple[DecodedRun, ...]:
    """The activities of the file in its order; legs of a multisport session and transitions are sessions of their own.

    Raises FileRefused for a course (planned, not run) and for a file without an activity.
    """
    activities, holds_course, notes = read_tcx(utf8_text(content))
    sessions = [_session(activity, notes) for activity in activities]
    held = [session for session in sessions if session.columns["time_s"].size or session.elapsed_s]
    if held:
        return tuple(replace(session, session_no=no) for no, session in enumerate(held))
    if holds_course:
        raise FileRefused("planned", "a planned course, not a run", "give the activity the watch recorded")
    refuse_damaged(notes)
    raise FileRefused("no_records", "holds no recorded activity", "give the activity the watch recorded")


def _session(activity: TcxActivity, notes: tuple[ParseNote, ...]) -> DecodedRun:
    time_s, n_zoneless = seconds(activity.times)
    timed = np.isfinite(time_s)
    columns = {name: values[timed] for name, values in activity.values.columns().items()}
    laps = timed_laps(activity, time_s)
    sport, sub_sport = sport_of_word(activity.sport)
    device = (activity.creator or "").strip() or None
    return DecodedRun(
        session_no=0,
        sport=sport,
        sub_sport=sub_sport,
        start_s=laps[0].elapsed_start_s if laps else _first_known(seconds([activity.id])[0]),
        columns={**columns, "time_s": time_s[timed]},
        elapsed_s=laps[-1].elapsed_start_s + laps[-1].elapsed_s - laps[0].elapsed_start_s if laps else None,
        timer_s=_timer_s(laps),
        distance_m=sum(lap.distance_m or 0.0 for lap in laps) or None,
        stops=timer_stops(activity, laps, time_s),
        laps=laps,
        device=device,
        description=(activity.notes or "").strip() or None,
        fields=record_fields(activity.values.fields(), time_s, "tcx"),
        simulated=(device or "").startswith(SIMULATED_MARK),
        notes=(*notes, *notes_on_times(int((~timed).sum()), n_zoneless)),
    )


def _first_known(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known[0]) if known.size else None


def _timer_s(laps: tuple[Lap, ...]) -> float | None:
    """The laps' own sum, where every lap tells its own."""
    timers = [lap.timer_s for lap in laps if lap.timer_s is not None]
    return sum(timers) if timers and len(timers) == len(laps) else None
