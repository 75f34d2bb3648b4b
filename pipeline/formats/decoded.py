"""A session as it stands in its file, before any repair: the result of every format's reader.

The readers fill it, `identity` computes its fingerprint, `cleaning` turns it into a ParsedRun.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.schema import Device, Lap, ParseNote, RecordedWeather, RecordField, Records

# One row per record in the file's order, float64, NaN where not measured. `time_s`: seconds since 1970 (UTC).
# `cadence_rpm` is the file's own count: strides of one leg, revolutions or strokes per minute.
DECODED_COLUMNS = (
    "time_s",
    "distance_m",
    "speed_ms",
    "altitude_m",
    "heart_rate_bpm",
    "cadence_rpm",
    "power_w",
    "device_temp_c",
    "latitude",
    "longitude",
)
# glibc returns freed memory to the system until it has freed one large block. Reading makes and frees dozens of columns;
# mapping their pages again costs ten times their arithmetic (30 columns of 30 kB: 361 against 37 microseconds), and 8 % of
# reading real recordings (read_runs in benchmarks.decode).
np.empty((1 << 25) - (1 << 16), dtype=np.uint8)  # just under the largest block that raises its threshold
SIMULATED_MARK = "cramplog simulated"  # product name in FIT, creator in GPX


@dataclass(frozen=True, slots=True)
class DecodedRun:
    """One session as decoded. `start_s` and the bounds in `stops` are seconds since 1970 (UTC).

    `sport` is the file's own term, in FIT's spelling if FIT has one, None if the file gives none. `start_s` is None if the
    file does not give it. `elapsed_s`, `timer_s` and `distance_m` are the watch's sums. `stops` are stretches in which the
    timer was stopped; an open end is infinity. In `laps`, `fields` and `weather` times are seconds since 1970 too, although
    these types count from the run's start elsewhere.
    """

    session_no: int
    sport: str | None
    sub_sport: str | None
    start_s: float | None
    columns: Records
    elapsed_s: float | None = None
    timer_s: float | None = None
    distance_m: float | None = None
    stops: tuple[tuple[float, float], ...] = ()
    laps: tuple[Lap, ...] = ()
    utc_offset_s: int | None = None
    device: str | None = None
    title: str | None = None
    description: str | None = None
    gear: str | None = None
    fields: tuple[RecordField, ...] = ()
    weather: tuple[RecordedWeather, ...] = ()
    devices: tuple[Device, ...] = ()
    simulated: bool = False
    notes: tuple[ParseNote, ...] = ()

    @property
    def begins_s(self) -> float:
        """The start given by the file, otherwise the first known instant of its records; infinity without any."""
        if self.start_s is not None:
            return self.start_s
        time_s = self.columns["time_s"]
        return float(time_s[np.isfinite(time_s)].min(initial=np.inf))


def empty_columns(n_records: int) -> Records:
    """Return a column of NaN, shape (n_records,), for each of DECODED_COLUMNS."""
    return {name: np.full(n_records, np.nan) for name in DECODED_COLUMNS}


def rows_of(columns: Records, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Records:
    """Return the columns with only the chosen rows, by mask or by index."""
    return {name: values[chosen] for name, values in columns.items()}
