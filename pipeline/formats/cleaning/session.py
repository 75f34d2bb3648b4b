"""A decoded session becomes a ParsedRun: sport settled, columns cleaned, times counted. Called by read."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.columns import LONGEST_S, SPEED_LIMIT_MS, SPEED_LIMIT_ON_FOOT_MS, clean_columns
from pipeline.formats.cleaning.extras import fields_of_session, weather_of_session
from pipeline.formats.cleaning.laps import laps_of_session
from pipeline.formats.cleaning.sport import ON_FOOT, guess_sport, steps_per_minute
from pipeline.formats.cleaning.timing import clock_is_wrong, find_pauses, moving_s, timer_s
from pipeline.formats.decoded import DecodedRun
from pipeline.masks import all_hold, any_holds
from pipeline.schema import RECORD_COLUMNS, ParsedRun, ParseNote, Pause, Records

_START_FITS_WITHIN_S = 86400.0
_SILENT_AT_MOST_S = 86400.0  # a watch left in a pause overnight, and saved in the morning
_FEW_M = 200.0
_INDOOR = ("treadmill", "indoor", "virtual")

Floats = NDArray[np.float64]


def settle(decoded: DecodedRun, run_id: str, now: datetime) -> ParsedRun:
    """The cleaned run. Always moving_s <= timer_s <= elapsed_s, and none of them falls along the records."""
    sport = decoded.sport or guess_sport(decoded.columns)
    limit_ms = SPEED_LIMIT_ON_FOOT_MS if sport in ON_FOOT else SPEED_LIMIT_MS
    columns, repairs = clean_columns(decoded.columns, limit_ms, decoded.start_s, decoded.stops)
    notes = [*decoded.notes, *repairs]
    start_s = _start_s(decoded, columns, notes)
    elapsed_s = _elapsed_s(decoded, columns, start_s)
    at_s = columns["time_s"] - start_s
    pauses = _pauses(decoded, at_s, columns["distance_m"], start_s, elapsed_s, notes)
    records = _records(columns, at_s, sport, pauses)
    timed_s, moved_s = _sums(decoded, records, elapsed_s, pauses, notes)
    start_at = datetime.fromtimestamp(start_s, UTC)
    return ParsedRun(
        run_id=run_id,
        session_no=decoded.session_no,
        sport=sport,
        sub_sport=decoded.sub_sport,
        indoor=_is_indoor(decoded.sub_sport, records),
        start_at=start_at,
        elapsed_s=elapsed_s,
        timer_s=timed_s,
        moving_s=moved_s,
        distance_m=_distance_m(decoded, records, limit_ms, elapsed_s),
        utc_offset_s=decoded.utc_offset_s,
        clock_wrong=_is_clock_wrong(start_at, now, notes),
        device=decoded.device,
        title=decoded.title,
        simulated=decoded.simulated,
        records=records,
        laps=laps_of_session(decoded.laps, start_s, elapsed_s, limit_ms, notes),
        pauses=pauses,
        notes=tuple(notes),
        description=decoded.description,
        gear=decoded.gear,
        fields=fields_of_session(decoded.fields, columns["time_s"], at_s, start_s, elapsed_s),
        weather=weather_of_session(decoded.weather, start_s, elapsed_s),
        devices=decoded.devices,
    )


def _start_s(decoded: DecodedRun, columns: Records, notes: list[ParseNote]) -> float:
    """The session's own start; its first record where that is earlier, or would come after the session's end."""
    said = decoded.start_s
    if not columns["time_s"].size:
        return said or 0.0
    first = float(columns["time_s"][0])
    if said is None or said > first:
        return first
    if first - said > min(decoded.elapsed_s or np.inf, _START_FITS_WITHIN_S):
        notes.append(ParseNote("start", "the session's start does not fit its records: theirs was taken"))
        return first
    return said


def _elapsed_s(decoded: DecodedRun, columns: Records, start_s: float) -> float:
    """The watch's sum or the last record, whichever is later; a sum beyond belief is a damaged field."""
    said = decoded.elapsed_s or 0.0
    if not columns["time_s"].size:
        return said if said <= LONGEST_S else 0.0
    last = float(columns["time_s"][-1]) - start_s
    return max(said, last) if said <= last + _SILENT_AT_MOST_S else last


def _pauses(
    decoded: DecodedRun, at_s: Floats, distance_m: Floats, start_s: float, elapsed_s: float, notes: list[ParseNote]
) -> tuple[Pause, ...]:
    stops = tuple((since - start_s, until - start_s) for since, until in decoded.stops)
    pauses, n_contradicted = find_pauses(at_s, distance_m, stops, elapsed_s)
    if n_contradicted:
        notes.append(ParseNote("timer_event", "the run went on after a stop of the timer", n_contradicted))
    return pauses


def _records(columns: Records, at_s: Floats, sport: str, pauses: tuple[Pause, ...]) -> Records:
    """Exactly schema.RECORD_COLUMNS, shape (n_records,) each; `at_s` are their instants after the start."""
    timed_s = timer_s(at_s, pauses)
    records = {
        **columns,
        "elapsed_s": at_s,
        "timer_s": timed_s,
        "moving_s": np.minimum(moving_s(at_s, columns["distance_m"], pauses), timed_s),
        "cadence_spm": steps_per_minute(columns["cadence_rpm"], sport),
    }
    return {name: records[name] for name in RECORD_COLUMNS}


def _sums(
    decoded: DecodedRun, records: Records, elapsed_s: float, pauses: tuple[Pause, ...], notes: list[ParseNote]
) -> tuple[float, float]:
    """Timer and moving time of the whole session; without records, what the watch says."""
    said = decoded.timer_s
    if not records["elapsed_s"].size:
        timed_s = min(said or elapsed_s, elapsed_s)
        return timed_s, timed_s
    timed_s = float(timer_s(np.array([elapsed_s]), pauses)[0])
    if said is not None and abs(said - timed_s) > max(10.0, 0.01 * elapsed_s):
        detail = f"the watch's own timer says {said:.0f} s, its events and records {timed_s:.0f} s"
        notes.append(ParseNote("timer_differs", detail))
    return timed_s, float(records["moving_s"][-1])


def _distance_m(decoded: DecodedRun, records: Records, limit_ms: float, elapsed_s: float) -> float | None:
    """The watch's sum where it is possible, else the last known distance; None when nothing was measured."""
    said_m = decoded.distance_m
    if said_m is not None and not 0 <= said_m <= limit_ms * elapsed_s:
        said_m = None
    known = np.isfinite(records["distance_m"])
    if not any_holds(known):
        return said_m
    last = known.size - 1 - int(known[::-1].argmax())
    shown_m = float(records["distance_m"][last])
    if said_m is None:
        return shown_m
    # A treadmill's sum may be set by hand afterwards; beyond half and double its records' it is a damaged field.
    unseen_m = limit_ms * (elapsed_s - float(records["elapsed_s"][last]))
    if shown_m / 2 - _FEW_M <= said_m <= 2 * shown_m + unseen_m + _FEW_M:
        return said_m
    return said_m if all_hold(np.isnan(decoded.columns["distance_m"])) else shown_m


def _is_indoor(sub_sport: str | None, records: Records) -> bool:
    said = any(word in (sub_sport or "") for word in _INDOOR)
    return said or all_hold(np.isnan(records["latitude"]))


def _is_clock_wrong(start_at: datetime, now: datetime, notes: list[ParseNote]) -> bool:
    if not clock_is_wrong(start_at, now):
        return False
    notes.append(ParseNote("clock_wrong", f"the watch's clock stood in {start_at.year}: the date cannot be right"))
    return True
