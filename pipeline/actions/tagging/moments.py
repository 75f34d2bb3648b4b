"""Moments in a run as a person writes them, and the instant they mean. Called by the tag action.

`2:21:10` or `141m` is the watch's timer (pauses out), `e2:21:10` elapsed (pauses in), `km25.1` or `mile15.6` way made, `14:32`
the local clock, `lap7` the moment lap 7 was closed, `somewhere` a cramp at an unknown moment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import WrongInput
from pipeline.schema import Records
from pipeline.units import KM_M, MILE_M, format_duration, parse_duration_s

_TIMER = re.compile(r"^\d+:\d{2}:\d{2}$|^\d+(\.\d+)?m$")
_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
_WAY = re.compile(r"^(km|mi|miles?)\s?(\d+(?:\.\d+)?)$")
_LAP = re.compile(r"^lap\s?(\d+)$")
# A watch that saves memory may stop a step of some seconds after its last record.
END_SLACK_S, END_SLACK_M = 15.0, 50.0
START_LINE_S = 60.0  # a lap closed sooner was closed for the start
FORMS = (
    "write 2:21:10 or 141m (the watch's timer), e2:21:10 (elapsed), km25.1 or mile15.6, 14:32 (local clock), "
    "lap7 or somewhere"
)


@dataclass(frozen=True, slots=True)
class RunClock:
    """What is needed to place a moment in one run: its records, its laps' ends and its local start."""

    start_at: datetime
    start_local: datetime | None
    elapsed_s: float
    records: Records
    lap_end_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC, no zone) and its moving time; both None for somewhere. `in_pause`: it was moved out of a pause."""

    at: datetime | None
    moving_s: float | None
    in_pause: bool


@dataclass(frozen=True, slots=True)
class LapPress:
    """A lap closed by hand, as a runner does who notices something: when on the timer and as an instant (UTC, no zone)."""

    lap: int
    timer_s: float
    at: datetime


def lap_presses(run: RunClock, closed_by_hand: Sequence[int]) -> tuple[LapPress, ...]:
    """The laps closed by hand within a run; a press at its start line or its end tells nothing."""
    elapsed = {lap: _lap_end_s(lap, run) for lap in closed_by_hand}
    return tuple(
        LapPress(lap, _timer_at_s(elapsed_s, run), run.start_at + timedelta(seconds=round(elapsed_s, 3)))
        for lap, elapsed_s in elapsed.items()
        if START_LINE_S <= elapsed_s < run.elapsed_s - END_SLACK_S
    )


def place_moment(words: str, run: RunClock) -> Moment:
    """The moment meant. A moment in a pause is set to the last moving second before it.

    Raises WrongInput for words that are no moment, and before the start or after the end with the nearest moments.
    """
    word = words.strip().lower()
    if word == "somewhere":
        return Moment(None, None, False)
    elapsed_s = _elapsed_s(word, run)
    if not 0 <= elapsed_s <= run.elapsed_s + END_SLACK_S:
        end = f"{format_duration(_timer_end_s(run))} on its timer (e{format_duration(run.elapsed_s)} elapsed)"
        raise WrongInput(f"{words} is not within this run", f"it lasted from 0:00:00 to {end}")
    return _out_of_pause(min(elapsed_s, run.elapsed_s), run)


def _elapsed_s(word: str, run: RunClock) -> float:
    if word.startswith("e") and _TIMER.match(word[1:]):
        return parse_duration_s(word[1:])
    if _TIMER.match(word):
        return _first_reaching(run.records["timer_s"], parse_duration_s(word), END_SLACK_S, run)
    if match := _WAY.match(word):
        wanted_m = float(match.group(2)) * (KM_M if match.group(1) == "km" else MILE_M)
        return _first_reaching(run.records["distance_m"], wanted_m, END_SLACK_M, run)
    if match := _LAP.match(word):
        return _lap_end_s(int(match.group(1)), run)
    if match := _CLOCK.match(word):
        return _since_start_s(int(match.group(1)), int(match.group(2)), run)
    raise WrongInput(f"'{word}' is not a moment in a run", FORMS)


def _first_reaching(column: NDArray[np.float64], wanted: float, slack: float, run: RunClock) -> float:
    """Elapsed seconds at which the column reached the value, linear between records; `slack` past the end is the end."""
    known = np.isfinite(column)
    if not known.any():
        raise WrongInput(
            "this run has no such column to go by", "give the moment as e2:21:10 (elapsed) or 14:32 (local clock)"
        )
    values, elapsed = column[known], run.records["elapsed_s"][known]
    after = int(np.searchsorted(values, wanted, side="left"))
    if after == values.size:
        return float(run.elapsed_s) if wanted <= values[-1] + slack else float("inf")
    if after == 0 or values[after] == wanted:
        return float(elapsed[after])
    share = (wanted - values[after - 1]) / (values[after] - values[after - 1])
    return float(elapsed[after - 1] + share * (elapsed[after] - elapsed[after - 1]))


def _lap_end_s(lap: int, run: RunClock) -> float:
    if not 1 <= lap <= len(run.lap_end_s):
        raise WrongInput(f"this run has no lap {lap}", f"it has {len(run.lap_end_s)} laps")
    return min(run.lap_end_s[lap - 1], run.elapsed_s)


def _since_start_s(hour: int, minute: int, run: RunClock) -> float:
    if run.start_local is None:
        raise WrongInput(
            "the local clock of this run is not known", "give the moment as 2:21:10 (timer) or e2:21:10 (elapsed)"
        )
    at = run.start_local.replace(hour=hour, minute=minute, second=30, microsecond=0)
    if at < run.start_local - timedelta(minutes=1):  # before the start: the next day, or past the end
        at += timedelta(days=1)
    return max((at - run.start_local).total_seconds(), 0.0)


def _out_of_pause(elapsed_s: float, run: RunClock) -> Moment:
    """Back to the last moving second when the runner stood still at that moment."""
    elapsed, moving = run.records["elapsed_s"], run.records["moving_s"]
    if not elapsed.size:
        return Moment(run.start_at + timedelta(seconds=elapsed_s), elapsed_s, False)
    moved_s = float(np.interp(elapsed_s, elapsed, moving))
    first_there = float(elapsed[int(np.searchsorted(moving, moved_s, side="left"))])
    paused = first_there < elapsed_s
    at_s = first_there if paused else elapsed_s
    return Moment(run.start_at + timedelta(seconds=round(at_s, 3)), moved_s, paused)


def _timer_at_s(elapsed_s: float, run: RunClock) -> float:
    """What the watch's timer showed then."""
    if not run.records["timer_s"].size:
        return elapsed_s
    return float(np.interp(elapsed_s, run.records["elapsed_s"], run.records["timer_s"]))


def _timer_end_s(run: RunClock) -> float:
    timer = run.records["timer_s"]
    return float(timer[-1]) if timer.size else run.elapsed_s
