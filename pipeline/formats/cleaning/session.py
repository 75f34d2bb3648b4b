"""Turns a decoded session into a ParsedRun: sport decided, columns cleaned, times computed. Called by `read`."""

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
from pipeline.masks import all_true, any_true
from pipeline.schema import RECORD_COLUMNS, ParsedRun, ParseNote, Pause, Records

_START_FITS_WITHIN_S = 86400.0
_LONGEST_GAP_S = 86400.0  # a watch that was paused overnight and saved in the morning
_FEW_M = 200.0
_INDOOR = ("treadmill", "indoor", "virtual")

Floats = NDArray[np.float64]


def clean_session(decoded: DecodedRun, run_id: str, now: datetime) -> ParsedRun:
    """Return the cleaned run. moving_s <= timer_s <= elapsed_s always holds; along the records none of them falls."""
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
    """Return the session's start; the first record's time if that is earlier, or later than the session lasts."""
    session_start_s = decoded.start_s
    if not columns["time_s"].size:
        return session_start_s or 0.0
    first = float(columns["time_s"][0])
    if session_start_s is None or session_start_s > first:
        return first
    if first - session_start_s > min(decoded.elapsed_s or np.inf, _START_FITS_WITHIN_S):
        notes.append(
            ParseNote("start", "the session's start does not fit its records: the first record's time was used")
        )
        return first
    return session_start_s


def _elapsed_s(decoded: DecodedRun, columns: Records, start_s: float) -> float:
    """Return the watch's sum or the last record's time, whichever is later. An implausible sum is a damaged field."""
    watch_s = decoded.elapsed_s or 0.0
    if not columns["time_s"].size:
        return watch_s if watch_s <= LONGEST_S else 0.0
    last = float(columns["time_s"][-1]) - start_s
    return max(watch_s, last) if watch_s <= last + _LONGEST_GAP_S else last


def _pauses(
    decoded: DecodedRun, at_s: Floats, distance_m: Floats, start_s: float, elapsed_s: float, notes: list[ParseNote]
) -> tuple[Pause, ...]:
    stops = tuple((since - start_s, until - start_s) for since, until in decoded.stops)
    pauses, n_contradicted = find_pauses(at_s, distance_m, stops, elapsed_s)
    if n_contradicted:
        notes.append(ParseNote("timer_event", "the timer was stopped, but the run went on", n_contradicted))
    return pauses


def _records(columns: Records, at_s: Floats, sport: str, pauses: tuple[Pause, ...]) -> Records:
    """Return exactly schema.RECORD_COLUMNS, shape (n_records,) each. `at_s` are seconds after the start."""
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
    """Return timer and moving time of the whole session; without records, the watch's sums."""
    watch_s = decoded.timer_s
    if not records["elapsed_s"].size:
        timed_s = min(watch_s or elapsed_s, elapsed_s)
        return timed_s, timed_s
    timed_s = float(timer_s(np.array([elapsed_s]), pauses)[0])
    if watch_s is not None and abs(watch_s - timed_s) > max(10.0, 0.01 * elapsed_s):
        detail = f"the watch's timer shows {watch_s:.0f} s, its events and records give {timed_s:.0f} s"
        notes.append(ParseNote("timer_differs", detail))
    return timed_s, float(records["moving_s"][-1])


def _distance_m(decoded: DecodedRun, records: Records, limit_ms: float, elapsed_s: float) -> float | None:
    """Return the watch's sum if it is possible, otherwise the last measured distance; None if nothing was measured."""
    watch_m = decoded.distance_m
    if watch_m is not None and not 0 <= watch_m <= limit_ms * elapsed_s:
        watch_m = None
    measured = np.isfinite(records["distance_m"])
    if not any_true(measured):
        return watch_m
    last = measured.size - 1 - int(measured[::-1].argmax())
    last_m = float(records["distance_m"][last])
    if watch_m is None:
        return last_m
    # A treadmill's sum may be corrected by hand; below half or above double the records' distance it is a damaged field.
    unseen_m = limit_ms * (elapsed_s - float(records["elapsed_s"][last]))
    if last_m / 2 - _FEW_M <= watch_m <= 2 * last_m + unseen_m + _FEW_M:
        return watch_m
    return watch_m if all_true(np.isnan(decoded.columns["distance_m"])) else last_m


def _is_indoor(sub_sport: str | None, records: Records) -> bool:
    is_indoor_sport = any(term in (sub_sport or "") for term in _INDOOR)
    return is_indoor_sport or all_true(np.isnan(records["latitude"]))


def _is_clock_wrong(start_at: datetime, now: datetime, notes: list[ParseNote]) -> bool:
    if not clock_is_wrong(start_at, now):
        return False
    notes.append(ParseNote("clock_wrong", f"the watch's clock showed {start_at.year}: the date cannot be right"))
    return True
