"""The values that packages exchange: a parsed run with its records, laps, pauses and notes.

No I/O and no computation. Store, charts and report use the same column names. Classes that every run contains have no slots:
with slots, passing a value between processes takes three times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

# One row per record (about a second, or a step of smart recording). Each column is a float64 array, NaN if not measured.
# elapsed_s counts from the start of the session, timer_s without pauses, moving_s also without standing still.
RECORD_COLUMNS = (
    "elapsed_s",
    "timer_s",
    "moving_s",
    "distance_m",
    "speed_ms",
    "altitude_m",
    "heart_rate_bpm",
    "cadence_spm",
    "power_w",
    "device_temp_c",
    "latitude",
    "longitude",
)
TRACK_COLUMNS = ("latitude", "longitude")  # stored apart from everything that is shared or published

SEGMENT_S = 300.0  # moving time per segment

# One row per weather hour and place, for every source (docs/data.md, v_run_weather).
WEATHER_COLUMNS = (
    "air_temp_c",
    "rel_humidity_pct",
    "dew_point_c",
    "wind_ms",
    "shortwave_wm2",
    "direct_wm2",
    "precip_mm",
    "pressure_hpa",
    "wbgt_c",
)

Records = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Lap:
    """A lap as recorded by the watch; `trigger` is 'manual', 'distance', 'time', 'session_end' or None."""

    lap_no: int
    elapsed_start_s: float
    elapsed_s: float
    timer_s: float | None
    distance_m: float | None
    trigger: str | None


@dataclass(frozen=True)
class Pause:
    """A time without running timer: `kind` is 'timer' (paused by the watch) or 'gap' (no records and no distance)."""

    elapsed_start_s: float
    elapsed_end_s: float
    kind: str


@dataclass(frozen=True)
class ParseNote:
    """A repair or an oddity: `kind` is a short stable word, `detail` a sentence without places or names, `n` the count."""

    kind: str
    detail: str
    n: int = 1


@dataclass(frozen=True, slots=True)
class RecordField:
    """Sensor values that are not in RECORD_COLUMNS: running dynamics, developer fields, beat-to-beat intervals.

    `elapsed_s` and `values` are float64, shape (n,), only where measured. `told_by` (a column of the store) is the source:
    'fit' (its profile), 'developer' (a field that the file describes), 'gpx' or 'tcx'. `unit` is as in the file, or None.
    """

    name: str
    unit: str | None
    told_by: str
    elapsed_s: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class FieldSummary:
    """A stored field of a run beyond RECORD_COLUMNS: name and unit as in the file, and the number of values."""

    name: str
    unit: str | None
    told_by: str
    n: int


@dataclass(frozen=True, slots=True)
class RecordedWeather:
    """Weather in a recording or an export: used if there are no hourly values, and marked by `provider`.

    `provider` is 'watch', 'strava export' or 'apple health'. Values are None if missing.
    """

    provider: str
    elapsed_s: float
    air_temp_c: float | None = None
    rel_humidity_pct: float | None = None
    dew_point_c: float | None = None
    wind_ms: float | None = None
    precip_mm: float | None = None
    pressure_hpa: float | None = None


@dataclass(frozen=True)
class Device:
    """A watch or sensor of a recording, without its serial number. `kind` is e.g. 'heart_rate', 'stride_speed_distance'."""

    device_no: int
    kind: str | None
    maker: str | None
    product: str | None
    software: str | None


@dataclass(frozen=True, slots=True)
class ExportDetails:
    """What an export says about one of its files. The sport in the file itself has priority; None if missing."""

    title: str | None = None
    description: str | None = None
    sport: str | None = None
    sub_sport: str | None = None
    gear: str | None = None
    weather: RecordedWeather | None = None


@dataclass(frozen=True)
class Prepared:
    """What the store writes about a run besides its records, computed by the process that reads the file.

    `pieces`: sums of the records per 30 s of moving time, from which segments are made (formats.cleaning.segments).
    `field_rows`: the values of its fields as stored (store.runs.field_rows). `parts`: rows of dependent tables by table and
    column (lap, pause, run_field, device, carried_weather), only tables with a row. `place`: the first position. `cell` and
    `segment_cells`: the cells of its weather (weather.along).
    """

    values_kept: int
    pieces: Mapping[str, NDArray[Any]]
    field_rows: Mapping[str, NDArray[Any]]
    parts: Mapping[str, Mapping[str, Sequence[object]]]
    place: tuple[float, float] | None
    cell: str | None
    segment_cells: tuple[str | None, ...]


@dataclass(frozen=True)
class ParsedRun:
    """One session of one file, cleaned. All instants are UTC and aware.

    `run_id` is the SHA-256 (hex) of the session's decoded start, sport and records before cleaning. So the same session has
    the same id from .fit and .fit.gz, and after a change of the cleaning rules. `utc_offset_s` is the local clock in the
    file, None if missing. `indoor` is True if the file says treadmill/indoor or has no position at all. `prepared` is set if
    the file was read to be stored.
    """

    run_id: str
    session_no: int
    sport: str
    sub_sport: str | None
    indoor: bool
    start_at: datetime
    elapsed_s: float
    timer_s: float
    moving_s: float
    distance_m: float | None
    utc_offset_s: int | None
    clock_wrong: bool
    device: str | None
    title: str | None
    simulated: bool
    records: Mapping[str, NDArray[np.float64]]
    laps: tuple[Lap, ...] = ()
    pauses: tuple[Pause, ...] = ()
    notes: tuple[ParseNote, ...] = field(default=())
    description: str | None = None
    gear: str | None = None
    fields: tuple[RecordField, ...] = ()
    weather: tuple[RecordedWeather, ...] = ()
    devices: tuple[Device, ...] = ()
    prepared: Prepared | None = None
