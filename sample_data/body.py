"""The timeline of an outing with its stops, and heart rate and cadence per second.

Called by recording.py and diary.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from sample_data.cohort import SimRunner
from sample_data.outing import Outing
from sample_data.run_path import SLOWER_FOR_S

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
EFFORT = {
    "easy": 0.64,
    "long": 0.65,
    "treadmill": 0.64,
    "ride": 0.56,
    "10k": 0.90,
    "half": 0.86,
    "marathon": 0.80,
}
RESTING_BPM = 54.0
BIKE_RPM, STOPPED_EFFORT = 86.0, 0.38


@dataclass(frozen=True, slots=True)
class Timeline:
    """One value per second from the start, (n,): second of moving time, whether stopped, the timer of the watch."""

    moving_s: Whole
    stopped: NDArray[np.bool_]
    timer_s: Whole

    def timer_at(self, moving_s: float) -> float:
        """Returns the timer of the watch after that second of moving time."""
        second = int(np.searchsorted(self.moving_s, moving_s))
        return float(self.timer_s[min(second, len(self.timer_s) - 1)])


def timeline(runner: SimRunner, outing: Outing) -> Timeline:
    """Returns moving time with stops inserted; a watch with auto-pause stops its timer during stops."""
    moving = np.arange(outing.moving_s)
    lengths = np.zeros(outing.moving_s, dtype=np.int64)
    for stop in outing.stops:
        lengths[min(stop.moving_s, outing.moving_s - 1)] += stop.length_s
    index = np.repeat(moving, lengths + 1)
    stopped = np.append(False, np.diff(index) == 0)
    ticks = ~stopped if runner.auto_pause else np.ones(len(index), dtype=bool)
    return Timeline(index, stopped, np.cumsum(ticks) - 1)


def heart_rate_bpm(runner: SimRunner, outing: Outing, line: Timeline, rng: np.random.Generator) -> Floats:
    """Returns beats per minute: effort with drift and a lag of 40 s; lower in stops and after a cramp."""
    top = 208.0 - 0.7 * (2026 - runner.birth_year)
    drift = 0.02 * np.arange(outing.moving_s) / 3600.0
    effort = EFFORT[_effort_key(outing)] + 0.006 * outing.path.faster_pct + drift
    for cramp in outing.outcome.cramps:
        first = int(60.0 * cramp.minute)
        effort[first : first + SLOWER_FOR_S] -= 0.006 * cramp.slower_pct + 0.03
    wanted = np.where(line.stopped, STOPPED_EFFORT, np.minimum(effort, 0.97)[line.moving_s])
    bpm = RESTING_BPM + (top - RESTING_BPM) * wanted
    follow = 1.0 / 40.0
    start = [(1.0 - follow) * (RESTING_BPM + 30.0)]
    lagged, _ = lfilter([follow], [1.0, follow - 1.0], bpm, zi=start)
    return np.asarray(np.round(lagged + rng.normal(0.0, 0.6, len(lagged))))


def cadence_rpm(outing: Outing, line: Timeline, rng: np.random.Generator) -> Floats:
    """Returns strides of one leg (or crank revolutions) per minute, 0 in stops."""
    speed = outing.path.speed_ms[line.moving_s]
    turning = np.full(len(speed), BIKE_RPM) if outing.plan.kind == "ride" else 71.0 + 5.0 * speed
    noisy = np.round(2.0 * (turning + rng.normal(0.0, 0.7, len(speed)))) / 2.0
    return np.where(line.stopped, 0.0, noisy)


def _effort_key(outing: Outing) -> str:
    """Returns the key of EFFORT."""
    km = outing.plan.distance_km
    if km is None:
        return outing.plan.kind
    return "10k" if km < 15.0 else "half" if km < 30.0 else "marathon"
