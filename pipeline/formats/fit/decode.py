"""Decodes FIT activities: cuts the messages of a file into its sessions, one DecodedRun per session. Called by `read`.

`messages` turns bytes into messages; `cleaning` repairs the values.
"""

from __future__ import annotations

from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.formats.decoded import SIMULATED_MARK, DecodedRun
from pipeline.formats.fit.extras import Rows, devices, record_fields, weather
from pipeline.formats.fit.fields import Fields, instant_s, number_of
from pipeline.formats.fit.messages import FitPart, read_messages
from pipeline.formats.fit.profile import FIT_EPOCH_S
from pipeline.masks import any_true
from pipeline.schema import Lap, ParseNote, RecordField, Records
from pipeline.units import SEMICIRCLE_DEG

_QUARTER_S = 900
_OFFSETS_S = (-12 * 3600, 14 * 3600)  # the range of local clocks on Earth
_TRIGGERS = ("manual", "distance", "time", "session_end")


def decode_fit(content: bytes) -> tuple[DecodedRun, ...]:
    """Return the sessions of the file in the order of their starts, chained files one after the other.

    A session without records is included if it has a start and a duration. Raises FileRefused if the whole file
    contains no records.
    """
    parts, notes = read_messages(content)
    _refuse_without_run(parts, notes)
    decoded: list[DecodedRun] = []
    for part in parts:
        decoded += _sessions(part, len(decoded), notes)
    return tuple(decoded)


def _refuse_without_run(parts: tuple[FitPart, ...], notes: tuple[ParseNote, ...]) -> None:
    kinds = [str(fields.get("type")) for part in parts for fields in part.messages["file_id"]]
    if kinds and all(kind == "course" for kind in kinds):
        raise FileRefused("planned", "a planned course, not a run", "use the file of the recorded activity")
    if any(part.record.starts.size for part in parts):
        return
    if any(note.kind == "damaged" for note in notes):
        raise FileRefused("damaged", "damaged before its first record", "copy it from the watch again")
    what = f" (a FIT file of type '{kinds[0]}')" if kinds and kinds[0] != "activity" else ""
    raise FileRefused("no_records", f"contains no records{what}", "use the file of the recorded activity")


def _sessions(part: FitPart, first_no: int, notes: tuple[ParseNote, ...]) -> list[DecodedRun]:
    """Return one DecodedRun per session; without any session message (a crashed watch) all records are one session."""
    columns = _columns(part)
    messages = sorted(part.messages["session"] or ({},), key=_start_s)
    bounds = [-np.inf, *(_start_s(message) for message in messages[1:]), np.inf]
    runs: list[DecodedRun] = []
    for i, (message, rows) in enumerate(zip(messages, _rows(bounds, columns["time_s"]), strict=True)):
        session_columns = {name: values[rows] for name, values in columns.items()}
        if session_columns["time_s"].size or (message.get("total_elapsed_time") and "start_time" in message):
            extras = record_fields(part, rows, columns["time_s"])
            span = (bounds[i], bounds[i + 1])
            runs.append(_session(part, message, session_columns, extras, span, first_no + len(runs), notes))
    return runs


def _rows(bounds: list[float], time_s: NDArray[np.float64]) -> list[Rows]:
    """Return each session's rows of the part's records; a slice if they are contiguous, as they usually are.

    A record belongs to the last session that had begun; records before the first session belong to the first.
    """
    if len(bounds) == 2:
        return [slice(None)]
    owner = np.searchsorted(bounds[1:-1], time_s, side="right")
    return [_as_slice(np.flatnonzero(owner == session)) for session in range(len(bounds) - 1)]


def _as_slice(rows: NDArray[np.intp]) -> Rows:
    contiguous = rows.size and rows[-1] - rows[0] + 1 == rows.size
    return slice(int(rows[0]), int(rows[-1]) + 1) if contiguous else rows


def _session(
    part: FitPart,
    message: Fields,
    columns: Records,
    extras: tuple[RecordField, ...],
    span: tuple[float, float],
    session_no: int,
    notes: tuple[ParseNote, ...],
) -> DecodedRun:
    """Build one session; `span` is the time from its start to the start of the next session."""
    sport = _label(message, "sport") or _label(_last(part.messages["sport"]), "sport")
    file_id = _last(part.messages["file_id"])
    return DecodedRun(
        session_no=session_no,
        sport=sport,
        sub_sport=_label(message, "sub_sport"),
        start_s=_start_s(message) if "start_time" in message else None,
        columns=columns,
        elapsed_s=number_of(message, "total_elapsed_time"),
        timer_s=number_of(message, "total_timer_time"),
        distance_m=number_of(message, "total_distance"),
        stops=_stops(part),
        laps=_laps(part.messages["lap"], span),
        utc_offset_s=_utc_offset_s(_last(part.messages["activity"])),
        device=_device(file_id),
        fields=extras,
        weather=weather(part, *span),
        devices=devices(part),
        simulated=file_id.get("product_name") == SIMULATED_MARK,
        notes=notes,
    )


def _columns(part: FitPart) -> Records:
    """Return DECODED_COLUMNS of the part's records. Several names may share one array, so all are read-only."""
    numbers = part.record.numbers
    unknown = np.full(part.record.starts.size, np.nan)

    def column(name: str) -> NDArray[np.float64]:
        return numbers.get(name, unknown)

    def merged(name: str, fallback: str) -> NDArray[np.float64]:
        values = column(name)
        gaps = np.isnan(values)
        return np.where(gaps, column(fallback), values) if any_true(gaps) else values

    fraction = column("fractional_cadence")
    columns = {
        "time_s": column("timestamp") + FIT_EPOCH_S,
        "distance_m": column("distance"),
        "speed_ms": merged("enhanced_speed", "speed"),
        "altitude_m": merged("enhanced_altitude", "altitude"),
        "heart_rate_bpm": column("heart_rate"),
        "cadence_rpm": column("cadence") + np.where(np.isnan(fraction), 0.0, fraction),
        "power_w": column("power"),
        "device_temp_c": column("temperature"),
        "latitude": column("position_lat") * SEMICIRCLE_DEG,
        "longitude": column("position_long") * SEMICIRCLE_DEG,
    }
    for values in columns.values():
        values.flags.writeable = False
    return columns


def _laps(messages: tuple[Fields, ...], span: tuple[float, float]) -> tuple[Lap, ...]:
    """Return the laps that began within `span`, in order."""
    begun = [(instant_s(message, "start_time"), message) for message in messages]
    inside = sorted((lap for lap in begun if span[0] <= lap[0] < span[1]), key=itemgetter(0))
    return tuple(_lap(i, start_s, message) for i, (start_s, message) in enumerate(inside))


def _lap(lap_no: int, start_s: float, message: Fields) -> Lap:
    trigger = _label(message, "lap_trigger")
    return Lap(
        lap_no=lap_no,
        elapsed_start_s=start_s,
        elapsed_s=number_of(message, "total_elapsed_time") or 0.0,
        timer_s=number_of(message, "total_timer_time"),
        distance_m=number_of(message, "total_distance"),
        trigger=trigger if trigger in _TRIGGERS else None,
    )


def _start_s(message: Fields) -> float:
    return instant_s(message, "start_time")


def _stops(part: FitPart) -> tuple[tuple[float, float], ...]:
    """Return the stretches from a stop of the timer to its next start; a session's start also starts the timer."""
    marks = [(_start_s(session), True) for session in part.messages["session"]]
    for event in part.messages["event"]:
        kind = str(event.get("event_type"))
        if event.get("event") == "timer" and "timestamp" in event and kind.startswith(("start", "stop")):
            marks.append((instant_s(event, "timestamp"), kind == "start"))
    stops: list[tuple[float, float]] = []
    stopped_at: float | None = None
    for at_s, starts in sorted(marks):
        if starts and stopped_at is not None:
            stops.append((stopped_at, at_s))
            stopped_at = None
        elif not starts and stopped_at is None:
            stopped_at = at_s
    return (*stops, (stopped_at, np.inf)) if stopped_at is not None else tuple(stops)


def _utc_offset_s(activity: Fields) -> int | None:
    """Return how far the watch's local clock was ahead of UTC, rounded to quarters of an hour; None if not given."""
    local_s, utc_s = number_of(activity, "local_timestamp"), number_of(activity, "timestamp")
    if local_s is None or utc_s is None:
        return None
    offset_s = round((local_s - utc_s) / _QUARTER_S) * _QUARTER_S
    return offset_s if _OFFSETS_S[0] <= offset_s <= _OFFSETS_S[1] else None


def _device(file_id: Fields) -> str | None:
    """Return the product's name if the file gives one, otherwise manufacturer and product: 'garmin fenix2'."""
    if file_id.get("product_name"):
        return str(file_id["product_name"])
    names = [str(file_id[key]) for key in ("manufacturer", "garmin_product", "product") if file_id.get(key)]
    return " ".join(names) or None


def _last(messages: tuple[Fields, ...]) -> Fields:
    return messages[-1] if messages else {}


def _label(message: Fields, name: str) -> str | None:
    """Return a label of the profile; None for 'generic', which means nothing, and for a number without a label."""
    value = message.get(name)
    return value if isinstance(value, str) and value != "generic" else None
