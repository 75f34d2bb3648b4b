"""Reads a moment in a run as a person writes it and finds its instant. Called by the tag action.

`2:21:10` or `141m`: the watch's timer (without pauses). `e2:21:10`: elapsed time (with pauses). `km25.1` or `mile15.6`: the
distance run. `14:32`: the local clock. `lap7`: the end of lap 7. `somewhere`: an unknown moment in the run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from pipeline.errors import WrongInput
from pipeline.schema import Records
from pipeline.units import KM_M, MILE_M, format_duration, parse_duration_s, plural

_TIMER = re.compile(r"^\d+:\d{2}:\d{2}$|^\d+(\.\d+)?m$")
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
_DISTANCE = re.compile(r"^(km|mi|miles?)\s?(\d+(?:\.\d+)?)$")
_LAP = re.compile(r"^lap\s?(\d+)$")
# A watch that saves memory may stop a few seconds after its last record.
END_SLACK_S, END_SLACK_M = 15.0, 50.0
START_LINE_S = 60.0  # an earlier press of the lap button belongs to the start
FORMS = (
    "write 2:21:10 or 141m (the watch's timer), e2:21:10 (elapsed), km25.1 or mile15.6, 14:32 (local clock), "
    "lap7 or somewhere"
)


@dataclass(frozen=True, slots=True)
class RunClock:
    """What locates a moment in one run: its records, the ends of its laps and its local start."""

    start_at: datetime
    start_local: datetime | None
    elapsed_s: float
    records: Records
    lap_end_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC, no zone) and its moving time; both None for `somewhere`. `in_pause`: it was moved out of a pause."""

    at: datetime | None
    moving_s: float | None
    in_pause: bool


@dataclass(frozen=True, slots=True)
class LapPress:
    """A press of the lap button, which may mark a cramp: its time on the timer and its instant (UTC, no zone)."""

    lap: int
    timer_s: float
    at: datetime


def lap_presses(run: RunClock, closed_by_hand: Sequence[int]) -> tuple[LapPress, ...]:
    """The laps closed by hand within a run, except at its start and its end, where a press is routine."""
    elapsed = {lap: _lap_end_s(lap, run) for lap in closed_by_hand}
    return tuple(
        LapPress(lap, _timer_at_s(elapsed_s, run), run.start_at + timedelta(seconds=round(elapsed_s, 3)))
        for lap, elapsed_s in elapsed.items()
        if START_LINE_S <= elapsed_s < run.elapsed_s - END_SLACK_S
    )


def place_moment(text: str, run: RunClock) -> Moment:
    """The moment that the text describes. A moment in a pause is moved to the last moving second before it.

    Raises WrongInput for a text that is not a moment, and for a moment before the start or after the end.
    """
    word = text.strip().lower()
    if word == "somewhere":
        return Moment(None, None, False)
    elapsed_s = _elapsed_s(word, run)
    if not 0 <= elapsed_s <= run.elapsed_s + END_SLACK_S:
        end = f"{format_duration(_timer_end_s(run))} on its timer (e{format_duration(run.elapsed_s)} elapsed)"
        raise WrongInput(f"{text} is not within this run", f"it lasted from 0:00:00 to {end}")
    return _out_of_pause(min(elapsed_s, run.elapsed_s), run)


def _elapsed_s(word: str, run: RunClock) -> float:
    if word.startswith("e") and _TIMER.match(word[1:]):
        return parse_duration_s(word[1:])
    if _TIMER.match(word):
        return _first_reaching("timer_s", parse_duration_s(word), END_SLACK_S, run)
    if match := _DISTANCE.match(word):
        wanted_m = float(match.group(2)) * (KM_M if match.group(1) == "km" else MILE_M)
        return _first_reaching("distance_m", wanted_m, END_SLACK_M, run)
    if match := _LAP.match(word):
        return _lap_end_s(int(match.group(1)), run)
    if match := _CLOCK.match(word):
        return _since_start_s(int(match.group(1)), int(match.group(2)), run)
    raise WrongInput(f"'{word}' is not a moment in a run", FORMS)


def _first_reaching(name: Literal["timer_s", "distance_m"], wanted: float, slack: float, run: RunClock) -> float:
    """Elapsed seconds at which this column reached the value, linear between records; `slack` past the end is the end."""
    column = run.records[name]
    finite = np.isfinite(column)
    if not finite.any():
        what = "distance" if name == "distance_m" else "timer"
        raise WrongInput(
            f"the watch recorded no {what} in this run",
            "write the moment as e2:21:10 (elapsed) or 14:32 (local clock)",
        )
    values, elapsed = column[finite], run.records["elapsed_s"][finite]
    after = int(np.searchsorted(values, wanted, side="left"))
    if after == values.size:
        return float(run.elapsed_s) if wanted <= values[-1] + slack else float("inf")
    if after == 0 or values[after] == wanted:
        return float(elapsed[after])
    share = (wanted - values[after - 1]) / (values[after] - values[after - 1])
    return float(elapsed[after - 1] + share * (elapsed[after] - elapsed[after - 1]))


def _lap_end_s(lap: int, run: RunClock) -> float:
    if not 1 <= lap <= len(run.lap_end_s):
        raise WrongInput(f"this run has no lap {lap}", f"it has {plural(len(run.lap_end_s), 'lap')}")
    return min(run.lap_end_s[lap - 1], run.elapsed_s)


def _since_start_s(hour: int, minute: int, run: RunClock) -> float:
    if run.start_local is None:
        raise WrongInput(
            "the local time of this run is unknown", "write the moment as 2:21:10 (timer) or e2:21:10 (elapsed)"
        )
    at = run.start_local.replace(hour=hour, minute=minute, second=30, microsecond=0)
    if at < run.start_local - timedelta(minutes=1):  # before the start: the next day, or past the end
        at += timedelta(days=1)
    return max((at - run.start_local).total_seconds(), 0.0)


def _out_of_pause(elapsed_s: float, run: RunClock) -> Moment:
    """The same moment, or the last moving second before it if the runner stood still then."""
    elapsed, moving = run.records["elapsed_s"], run.records["moving_s"]
    if not elapsed.size:
        return Moment(run.start_at + timedelta(seconds=elapsed_s), elapsed_s, False)
    moved_s = float(np.interp(elapsed_s, elapsed, moving))
    reached_s = float(elapsed[int(np.searchsorted(moving, moved_s, side="left"))])
    paused = reached_s < elapsed_s
    at_s = reached_s if paused else elapsed_s
    return Moment(run.start_at + timedelta(seconds=round(at_s, 3)), moved_s, paused)


def _timer_at_s(elapsed_s: float, run: RunClock) -> float:
    """The reading of the watch's timer at this elapsed time."""
    if not run.records["timer_s"].size:
        return elapsed_s
    return float(np.interp(elapsed_s, run.records["elapsed_s"], run.records["timer_s"]))


def _timer_end_s(run: RunClock) -> float:
    timer = run.records["timer_s"]
    return float(timer[-1]) if timer.size else run.elapsed_s
