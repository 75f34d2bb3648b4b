"""What a watch records of an outing: smart-recorded records, timer events and laps, as a FIT file or as GPX.

Called by build.py; FIT bytes come from tests/support/fit/writer.py. Every file contains the text SIMULATED.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sample_data.body import Timeline, cadence_rpm, heart_rate_bpm, timeline
from sample_data.cohort import SimRunner
from sample_data.outing import Outing
from sample_data.run_path import smooth_noise
from tests.support.fit.writer import FitActivity, FitEvent, FitLap, FitRecords, FitSession, write_fit

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
SIMULATED = "cramplog simulated"
SMART_STEPS_S, SMART_ODDS = (4, 5, 6, 7), (0.05, 0.15, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Recording:
    """The records of a run, columns (n,), with the timeline they were sampled from."""

    line: Timeline
    at_s: Whole
    columns: dict[str, Floats]


def record(runner: SimRunner, outing: Outing, seed: int) -> Recording:
    """Returns the records as the watch writes them: every 4 to 7 s, and at both ends of every pause."""
    rng = np.random.default_rng([seed, runner.number, 2, outing.plan.run_no])
    line = timeline(runner, outing)
    heart, cadence = heart_rate_bpm(runner, outing, line, rng), cadence_rpm(outing, line, rng)
    off = 1.5 * np.stack([smooth_noise(len(heart), rng), smooth_noise(len(heart), rng)])
    at = _recorded_seconds(line, runner.auto_pause, outing.plan.every_second, rng)
    moving = line.moving_s[at]
    distance = outing.path.distance_m[moving]
    columns = {
        "heart_rate_bpm": heart[at],
        "cadence_rpm": cadence[at],
        "distance_m": distance,
        "speed_ms": np.where(line.stopped[at], 0.0, outing.path.speed_ms[moving]),
    }
    if outing.course is not None:
        columns["latitude"], columns["longitude"] = outing.course.position_at(distance, off[:, at])
        columns["altitude_m"] = outing.course.altitude_at(distance)
    return Recording(line, at, columns)


def fit_bytes(runner: SimRunner, outing: Outing, recording: Recording) -> bytes:
    """Returns the run as a FIT activity with one session."""
    line = recording.line
    session = FitSession(
        start_at=outing.plan.start_at,
        elapsed_s=float(len(line.timer_s) - 1),
        timer_s=float(line.timer_s[-1]),
        records=FitRecords(at_s=recording.at_s, **recording.columns),
        sport="cycling" if outing.plan.kind == "ride" else "running",
        sub_sport={"ride": "road", "treadmill": "treadmill"}.get(outing.plan.kind, "generic"),
        distance_m=float(outing.path.distance_m[-1]),
        laps=tuple(_laps(runner, outing, line)),
        events=tuple(_events(runner, line)),
    )
    local = outing.plan.start_at.astimezone(ZoneInfo(outing.plan.place.zone)).utcoffset() or timedelta()
    return write_fit(FitActivity((session,), SIMULATED, local_offset_s=int(local.total_seconds())))


def gpx_text(outing: Outing, recording: Recording) -> str:
    """Returns the run as GPX 1.1 with Garmin's heart rate and cadence, one segment between two pauses."""
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="{SIMULATED}"'
        ' xmlns="http://www.topografix.com/GPX/1/1"'
        ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        "<trk><name>Simulated run</name><type>running</type><trkseg>\n"
    )
    breaks = set(np.flatnonzero(np.diff(recording.at_s) > max(SMART_STEPS_S)) + 1)
    points = [
        ("</trkseg><trkseg>\n" if i in breaks else "") + _point(outing, recording, i)
        for i in range(len(recording.at_s))
    ]
    return head + "".join(points) + "</trkseg></trk></gpx>\n"


def _point(outing: Outing, recording: Recording, i: int) -> str:
    column = recording.columns
    when = outing.plan.start_at + timedelta(seconds=int(recording.at_s[i]))
    return (
        f'<trkpt lat="{column["latitude"][i]:.6f}" lon="{column["longitude"][i]:.6f}">'
        f"<ele>{column['altitude_m'][i]:.1f}</ele><time>{when:%Y-%m-%dT%H:%M:%SZ}</time>"
        f"<extensions><gpxtpx:TrackPointExtension><gpxtpx:hr>{column['heart_rate_bpm'][i]:.0f}</gpxtpx:hr>"
        f"<gpxtpx:cad>{column['cadence_rpm'][i]:.0f}</gpxtpx:cad></gpxtpx:TrackPointExtension></extensions></trkpt>\n"
    )


def _recorded_seconds(line: Timeline, auto_pause: bool, every_second: bool, rng: np.random.Generator) -> Whole:
    """Returns the seconds from the start that become records."""
    n = len(line.timer_s)
    ticking = ~line.stopped if auto_pause else np.ones(n, dtype=bool)
    if every_second:
        return np.flatnonzero(ticking)
    steps = np.cumsum(rng.choice(SMART_STEPS_S, size=n // min(SMART_STEPS_S) + 1, p=SMART_ODDS))
    keep = np.zeros(n, dtype=bool)
    keep[steps[steps < n]] = True
    turns = np.flatnonzero(np.diff(ticking.astype(int)) != 0)
    keep[[0, n - 1, *turns, *(turns + 1)]] = True
    return np.flatnonzero(keep & ticking)


def _events(runner: SimRunner, line: Timeline) -> list[FitEvent]:
    """Returns timer start and stop, and with auto-pause a stop and a start around every pause."""
    events = [FitEvent(0.0, "start")]
    if runner.auto_pause:
        turns = np.flatnonzero(np.diff(line.stopped.astype(int)) != 0)
        for stop, start in zip(turns[0::2], turns[1::2], strict=False):
            events += [FitEvent(float(stop), "stop"), FitEvent(float(start), "start")]
    return [*events, FitEvent(float(len(line.timer_s) - 1), "stop_all")]


def _laps(runner: SimRunner, outing: Outing, line: Timeline) -> list[FitLap]:
    """Returns a lap per `lap_m`; the end of the run closes the last lap."""
    total = outing.path.distance_m[-1]
    marks = np.searchsorted(outing.path.distance_m, np.arange(runner.lap_m, total, runner.lap_m))
    edges = [0, *np.searchsorted(line.moving_s, marks), len(line.timer_s) - 1]
    distance = outing.path.distance_m[line.moving_s[edges]]
    timer = line.timer_s[edges]
    return [
        FitLap(float(a), float(b - a), float(timer[i + 1] - timer[i]), float(distance[i + 1] - distance[i]),
               "session_end" if i + 2 == len(edges) else "distance")
        for i, (a, b) in enumerate(pairwise(edges))
    ]  # fmt: skip
