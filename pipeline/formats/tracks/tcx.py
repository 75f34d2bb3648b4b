"""Decodes TCX activities with laps, pauses and Garmin's ActivityExtension as DecodedRuns. Called by `read`.

`tcx_reading` turns text into activities, `tcx_laps` finds laps and pauses, `cleaning` repairs values.
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
from pipeline.formats.tracks.xml_repair import refuse_damaged
from pipeline.formats.tracks.xml_text import utf8_text
from pipeline.schema import Lap, ParseNote


def decode_tcx(content: bytes) -> tuple[DecodedRun, ...]:
    """Return the activities of the file in its order; each leg of a multisport session and each transition is a session.

    Raises FileRefused for a course (planned, not run) and for a file without an activity.
    """
    activities, has_course, notes = read_tcx(utf8_text(content))
    sessions = [_session(activity, notes) for activity in activities]
    recorded = [session for session in sessions if session.columns["time_s"].size or session.elapsed_s]
    if recorded:
        return tuple(replace(session, session_no=no) for no, session in enumerate(recorded))
    if has_course:
        raise FileRefused("planned", "a planned course, not a run", "use the file of the recorded activity")
    refuse_damaged(notes)
    raise FileRefused("no_records", "contains no recorded activity", "use the file of the recorded activity")


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
        start_s=laps[0].elapsed_start_s if laps else _first_finite(seconds([activity.id])[0]),
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


def _first_finite(values: Floats) -> float | None:
    finite = values[np.isfinite(values)]
    return float(finite[0]) if finite.size else None


def _timer_s(laps: tuple[Lap, ...]) -> float | None:
    """Return the sum of the laps' timers, if every lap has one."""
    timers = [lap.timer_s for lap in laps if lap.timer_s is not None]
    return sum(timers) if timers and len(timers) == len(laps) else None
