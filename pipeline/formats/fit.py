"""FIT activities: the messages of a file cut into its sessions, one DecodedRun each. Called by read.

How bytes become messages is fit_messages' business; repairs are clean's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FileRefused
from pipeline.formats.decoded import SIMULATED_MARK, DecodedRun, empty_columns, rows_of
from pipeline.formats.fit_messages import FIT_EPOCH_S, FitPart, read_messages
from pipeline.formats.fit_reader import Fields
from pipeline.schema import Lap, ParseNote, Records
from pipeline.units import SEMICIRCLE_DEG

_QUARTER_S = 900
_OFFSETS_S = (-12 * 3600, 14 * 3600)  # local clocks of the earth
_TRIGGERS = ("manual", "distance", "time", "session_end")


def decode_fit(content: bytes) -> tuple[DecodedRun, ...]:
    """The sessions of the file in the order of their starts, chained files one after the other.

    A session without records is kept when it says when it was and how long it took. Raises FileRefused when
    the whole file holds no records.
    """
    parts, notes = read_messages(content)
    _refuse_what_is_no_run(parts, notes)
    decoded: list[DecodedRun] = []
    for part in parts:
        decoded += _sessions(part, len(decoded), notes)
    return tuple(decoded)


def _refuse_what_is_no_run(parts: tuple[FitPart, ...], notes: tuple[ParseNote, ...]) -> None:
    kinds = [str(fields.get("type")) for part in parts for fields in part.messages["file_id"]]
    if kinds and all(kind == "course" for kind in kinds):
        raise FileRefused("planned", "a planned course, not a run", "give the activity the watch recorded")
    if any(part.records["timestamp"].size for part in parts):
        return
    if any(note.kind == "damaged" for note in notes):
        raise FileRefused("damaged", "damaged before its first record", "fetch it from the watch again")
    what = f" (a FIT file of type '{kinds[0]}')" if kinds and kinds[0] != "activity" else ""
    raise FileRefused("no_records", f"holds no records{what}", "give the activity the watch recorded")


def _sessions(part: FitPart, first_no: int, notes: tuple[ParseNote, ...]) -> list[DecodedRun]:
    """One DecodedRun a session; without any session message (a crashed watch) all records are one."""
    columns = _columns(part.records)
    messages = sorted(part.messages["session"] or ({},), key=lambda message: _seconds(message, "start_time"))
    starts = np.array([_seconds(message, "start_time") for message in messages])
    # a record belongs to the last session that had begun; what comes before the first is the first's
    owner = np.clip(np.searchsorted(starts, columns["time_s"], side="right") - 1, 0, None)
    bounds = [-np.inf, *starts[1:], np.inf]
    runs: list[DecodedRun] = []
    for i, message in enumerate(messages):
        mine = rows_of(columns, owner == i)
        if mine["time_s"].size or (message.get("total_elapsed_time") and "start_time" in message):
            laps = _laps(part.messages["lap"], (bounds[i], bounds[i + 1]))
            runs.append(_session(part, message, mine, laps, first_no + len(runs), notes))
    return runs


def _session(
    part: FitPart,
    message: Fields,
    columns: Records,
    laps: tuple[Lap, ...],
    session_no: int,
    notes: tuple[ParseNote, ...],
) -> DecodedRun:
    sport = _word(message, "sport") or _word(_last(part.messages["sport"]), "sport")
    file_id = _last(part.messages["file_id"])
    return DecodedRun(
        session_no=session_no,
        sport=sport,
        sub_sport=_word(message, "sub_sport"),
        start_s=_seconds(message, "start_time") if "start_time" in message else None,
        columns=columns,
        elapsed_s=_number(message.get("total_elapsed_time")),
        timer_s=_number(message.get("total_timer_time")),
        distance_m=_number(message.get("total_distance")),
        stops=_stops(part),
        laps=laps,
        utc_offset_s=_utc_offset_s(_last(part.messages["activity"])),
        device=_device(file_id),
        simulated=file_id.get("product_name") == SIMULATED_MARK,
        notes=notes,
    )


def _columns(records: Records) -> Records:
    columns = empty_columns(records["timestamp"].size)
    columns["time_s"] = records["timestamp"] + FIT_EPOCH_S
    columns["latitude"] = records["position_lat"] * SEMICIRCLE_DEG
    columns["longitude"] = records["position_long"] * SEMICIRCLE_DEG
    columns["altitude_m"] = _first_known(records["enhanced_altitude"], records["altitude"])
    columns["speed_ms"] = _first_known(records["enhanced_speed"], records["speed"])
    columns["distance_m"] = records["distance"]
    columns["heart_rate_bpm"] = records["heart_rate"]
    columns["cadence_rpm"] = records["cadence"] + np.nan_to_num(records["fractional_cadence"])
    columns["power_w"] = records["power"]
    columns["device_temp_c"] = records["temperature"]
    return columns


def _first_known(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(first), second, first)


def _laps(messages: tuple[Fields, ...], span: tuple[float, float]) -> tuple[Lap, ...]:
    """The laps that began within `span` (a session's time until the next one's start), in order."""
    mine = [message for message in messages if span[0] <= _seconds(message, "start_time") < span[1]]
    return tuple(_lap(i, message) for i, message in enumerate(sorted(mine, key=_lap_start)))


def _lap_start(message: Fields) -> float:
    return _seconds(message, "start_time")


def _lap(lap_no: int, message: Fields) -> Lap:
    trigger = _word(message, "lap_trigger")
    return Lap(
        lap_no=lap_no,
        elapsed_start_s=_lap_start(message),
        elapsed_s=_number(message.get("total_elapsed_time")) or 0.0,
        timer_s=_number(message.get("total_timer_time")),
        distance_m=_number(message.get("total_distance")),
        trigger=trigger if trigger in _TRIGGERS else None,
    )


def _stops(part: FitPart) -> tuple[tuple[float, float], ...]:
    """Stretches between a timer's stop and its next start; a session's start starts the timer too."""
    marks = [(_seconds(session, "start_time"), True) for session in part.messages["session"]]
    for event in part.messages["event"]:
        kind = str(event.get("event_type"))
        if event.get("event") == "timer" and "timestamp" in event and kind.startswith(("start", "stop")):
            marks.append((_seconds(event, "timestamp"), kind == "start"))
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
    """What the watch's local clock was ahead of UTC, to the quarter of an hour; None when it does not say."""
    local_s, utc_s = _number(activity.get("local_timestamp")), _number(activity.get("timestamp"))
    if local_s is None or utc_s is None:
        return None
    offset_s = round((local_s - utc_s) / _QUARTER_S) * _QUARTER_S
    return offset_s if _OFFSETS_S[0] <= offset_s <= _OFFSETS_S[1] else None


def _device(file_id: Fields) -> str | None:
    """The product's name where the file gives one, else maker and product: 'garmin fenix2'."""
    if file_id.get("product_name"):
        return str(file_id["product_name"])
    words = [str(file_id[key]) for key in ("manufacturer", "garmin_product", "product") if file_id.get(key)]
    return " ".join(words) or None


def _last(messages: tuple[Fields, ...]) -> Fields:
    return messages[-1] if messages else {}


def _seconds(message: Fields, name: str) -> float:
    """A message's instant in seconds since 1970; the FIT epoch itself when it gives none."""
    return (_number(message.get(name)) or 0.0) + FIT_EPOCH_S


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _word(message: Fields, name: str) -> str | None:
    """A word of the profile; None for 'generic', which says nothing, and for a number without a word."""
    value = message.get(name)
    return value if isinstance(value, str) and value != "generic" else None
