"""The laws that every ParsedRun keeps, whatever its file went through. Called by tests that read damaged files."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pipeline.schema import RECORD_COLUMNS, ParsedRun, Records

ON_FOOT_MS, ON_WHEELS_MS = 12.0, 40.0
ON_FOOT = ("running", "walking", "hiking")
_WITHIN = {
    "speed_ms": (0.0, ON_WHEELS_MS),
    "altitude_m": (-500.0, 9000.0),
    "heart_rate_bpm": (1.0, 250.0),
    "cadence_spm": (0.0, 600.0),
    "power_w": (0.0, 3000.0),
    "device_temp_c": (-50.0, 80.0),
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
}


def breaches(run: ParsedRun) -> list[str]:
    """The laws that the run breaks, in words; none for every run that may be stored."""
    limit_ms = ON_FOOT_MS if run.sport in ON_FOOT else ON_WHEELS_MS
    laws = (
        _of_records(run, limit_ms),
        breaches_of_values(run.records, limit_ms),
        _of_sums(run, limit_ms),
        _of_rest(run),
    )
    return [breach for law in laws for breach in law]


def _of_records(run: ParsedRun, limit_ms: float) -> Iterator[str]:
    """Time runs forward, way and times never fall, nobody is faster than people are."""
    records = run.records
    if tuple(records) != RECORD_COLUMNS or len({values.size for values in records.values()}) != 1:
        yield "the columns of the records are not the twelve, of one length"
        return
    at_s, timed_s, moved_s = records["elapsed_s"], records["timer_s"], records["moving_s"]
    if not (np.isfinite(at_s).all() and np.isfinite(timed_s).all() and np.isfinite(moved_s).all()):
        yield "a time is not a number"
    if (np.diff(at_s) <= 0).any() or (at_s < 0).any() or (at_s > run.elapsed_s).any():
        yield "elapsed_s does not run forward within the session"
    if (np.diff(timed_s) < 0).any() or (np.diff(moved_s) < 0).any():
        yield "timer_s or moving_s falls"
    if (moved_s > timed_s).any() or (timed_s > at_s).any() or (moved_s < 0).any():
        yield "not moving_s <= timer_s <= elapsed_s"
    known = np.isfinite(records["distance_m"])
    steps_m, steps_s = np.diff(records["distance_m"][known]), np.diff(at_s[known])
    if (steps_m < 0).any() or (records["distance_m"][known] < 0).any():
        yield "distance_m falls"
    if (steps_m > limit_ms * (steps_s + 1) + 1e-6).any():
        yield "distance_m leaps"


def breaches_of_values(records: Records, limit_ms: float) -> Iterator[str]:
    """What sensors show lies within what a body on Earth does; NaN is "not measured"."""
    for name, (low, high) in {**_WITHIN, "speed_ms": (0.0, limit_ms)}.items():
        known = records[name][~np.isnan(records[name])]
        if not ((known >= low) & (known <= high)).all():
            yield f"{name} outside {low:g} to {high:g}"
    if np.isinf(records["distance_m"]).any():
        yield "distance_m is infinite"
    lat, lon = records["latitude"], records["longitude"]
    if (np.isnan(lat) != np.isnan(lon)).any() or ((lat == 0) & (lon == 0)).any():
        yield "half a position, or one at 0, 0"


def _of_sums(run: ParsedRun, limit_ms: float) -> Iterator[str]:
    if not 0 <= run.moving_s <= run.timer_s <= run.elapsed_s <= 12 * 86400:
        yield f"not 0 <= moving {run.moving_s} <= timer {run.timer_s} <= elapsed {run.elapsed_s} <= 12 days"
    if run.distance_m is not None and not 0 <= run.distance_m <= limit_ms * (run.elapsed_s + 1) + 100:
        yield f"{run.distance_m} m in {run.elapsed_s} s"
    if not 1980 <= run.start_at.year <= 2150 or run.start_at.tzinfo is None:
        yield "the start is of no year that a watch can show"


def _of_rest(run: ParsedRun) -> Iterator[str]:
    """Laps, pauses, fields, weather and words."""
    for lap in run.laps:
        sums = (lap.elapsed_s, lap.timer_s or 0.0, lap.distance_m or 0.0)
        if not 0 <= lap.elapsed_start_s <= run.elapsed_s or not all(0 <= one < 1e7 for one in sums):
            yield f"no lap of this session: {lap}"
    ends = [0.0, *(edge for pause in run.pauses for edge in (pause.elapsed_start_s, pause.elapsed_end_s))]
    if ends != sorted(ends) or ends[-1] > run.elapsed_s:
        yield "pauses overlap, or lie outside the session"
    for one in run.fields:
        if not one.values.size or not (np.abs(one.values) < 1e9).all() or one.values.size != one.elapsed_s.size:
            yield f"values of {one.name} that no sensor gives"
        elif (np.diff(one.elapsed_s) < 0).any() or one.elapsed_s[0] < 0 or one.elapsed_s[-1] > run.elapsed_s:
            yield f"times of {one.name} outside the session"
    words: tuple[str | None, ...] = (run.sport, run.sub_sport, run.device, run.title, run.description, run.gear)
    words += tuple(word for one in run.devices for word in (one.kind, one.maker, one.product, one.software))
    words += tuple(word for note in run.notes for word in (note.kind, note.detail))
    for word in words:
        if word is not None and (
            len(word) > 10_000 or "\x00" in word or word != word.encode(errors="replace").decode()
        ):
            yield f"a word that no store can hold: {word[:50]!r}"
