"""The values that pass between the rooms: a parsed run, its records, laps, pauses and notes.

Nothing here reads, computes or stores. Column names are the store's, the chart's and the report's names. What every run has
is without slots: with them a value takes three times as long from process to process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

# One row a record (about a second, or a smart-recording step). Each column a float64 array, NaN where not measured.
# elapsed_s counts from the session's start, timer_s leaves pauses out, moving_s leaves out standing still as well.
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
TRACK_COLUMNS = ("latitude", "longitude")  # kept apart from everything that is shared or published

# One row a weather hour and place, whatever the source (docs/data.md, v_run_weather).
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
    """A lap as the watch closed it; `trigger` is 'manual', 'distance', 'time', 'session_end' or None."""

    lap_no: int
    elapsed_start_s: float
    elapsed_s: float
    timer_s: float | None
    distance_m: float | None
    trigger: str | None


@dataclass(frozen=True)
class Pause:
    """A stretch without timer: `kind` is 'timer' (the watch said so) or 'gap' (no records, no way made)."""

    elapsed_start_s: float
    elapsed_end_s: float
    kind: str


@dataclass(frozen=True)
class ParseNote:
    """A repair or an oddity: `kind` is a short stable word, `detail` a sentence without places or names, `n` how often."""

    kind: str
    detail: str
    n: int = 1


@dataclass(frozen=True, slots=True)
class RecordField:
    """What a sensor wrote beyond RECORD_COLUMNS: running dynamics, a developer's field, beat-to-beat intervals.

    `elapsed_s` and `values` are float64, shape (n,), only where measured. `told_by` is 'fit' (its profile), 'developer'
    (a field the file itself describes), 'gpx' or 'tcx'; `unit` is the file's own word, None where it has none.
    """

    name: str
    unit: str | None
    told_by: str
    elapsed_s: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True)
class KeptField:
    """A field that a run's records have beyond the usual columns: the file's name and unit for it, how many values."""

    name: str
    unit: str | None
    told_by: str
    n: int


@dataclass(frozen=True, slots=True)
class CarriedWeather:
    """Weather that a file or an export carries with a run: a fallback where no hours are known, marked by `provider`.

    `provider` is 'watch', 'strava export' or 'apple health'. None where it does not say.
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
    """A watch or sensor that took part; never its serial number. `kind` is e.g. 'heart_rate', 'stride_speed_distance'."""

    device_no: int
    kind: str | None
    maker: str | None
    product: str | None
    software: str | None


@dataclass(frozen=True, slots=True)
class FileWords:
    """What an export says of one of its files beside it. The file's own sport is stronger; None where it says nothing."""

    title: str | None = None
    description: str | None = None
    sport: str | None = None
    sub_sport: str | None = None
    gear: str | None = None
    weather: CarriedWeather | None = None


@dataclass(frozen=True)
class Prepared:
    """What the store writes of a run beside its records, worked out where its file is read, so that the store need not.

    `pieces` are what the records add up to in every 30 s of moving time, from which segments are cut (formats.pieces);
    `field_rows` the values of its fields as they lie in the store (store.field_rows). `parts` are the rows of the ledger's
    tables that hang on it, by table and column: lap, pause, run_field, device, carried_weather; only those with a row.
    `place` is the first position; `cell` and `segment_cells` are where its weather is asked for (weather.along).
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

    `run_id` is the SHA-256 (hex) of the session's decoded start, sport and records, before cleaning, so that
    the same session gives the same id from .fit and .fit.gz and after a change of our cleaning rules.
    `utc_offset_s` is what the file itself says of the local clock, None when it is silent.
    `indoor` is True when the file says treadmill/indoor or holds no position at all. `prepared` is there when the file was
    read to be stored.
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
    weather: tuple[CarriedWeather, ...] = ()
    devices: tuple[Device, ...] = ()
    prepared: Prepared | None = None
