"""Repairs the columns of a decoded session: order, seconds, values, places, distance. Each repair leaves a note.

Clean columns come back unchanged. Pauses and moving time are computed in `timing`. Called by `session`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.distance import repaired_distance_m, speed_from
from pipeline.formats.cleaning.places import clean_places
from pipeline.formats.cleaning.rising import FEW, longest_rising
from pipeline.formats.cleaning.spans import Span, spans_of
from pipeline.formats.cleaning.values import clean_values, without_misread
from pipeline.formats.decoded import rows_of
from pipeline.masks import all_true, any_true
from pipeline.schema import ParseNote, Records

SPEED_LIMIT_ON_FOOT_MS = 12.0  # a sprinter's top speed
SPEED_LIMIT_MS = 40.0
SAME_RUN_WITHIN_S = 3 * 86400.0  # a longer gap between records means that the clock was reset
LONGEST_S = 10 * 86400.0  # no session is longer
CLOSE_S = 3600.0  # a gap within which records are neighbours where days do not separate them
SMALL_STEP_BACK_S = 60.0

Floats = NDArray[np.float64]


def clean_columns(
    columns: Records,
    limit_ms: float,
    start_s: float | None = None,
    stops: tuple[tuple[float, float], ...] = (),
) -> tuple[Records, tuple[ParseNote, ...]]:
    """Return columns with strictly rising time, at most one row per second, and only values that a body sensor gives.

    `limit_ms` is the fastest believable speed. `start_s` is the session's start; if None, the first record's time is used.
    Where the distance is computed from positions, movement within `stops` (timer off) adds nothing.
    """
    notes: list[ParseNote] = []
    spans = spans_of(columns)
    columns = without_misread(dict(columns), spans, limit_ms, notes)
    if not _is_in_order(columns["time_s"], spans["time_s"]):
        columns = _in_order(columns, notes)
        columns = _one_row_per_second(columns, notes)
    columns = clean_values(columns, spans, limit_ms, notes)
    columns = clean_places(columns, spans, limit_ms, notes)
    if columns["time_s"].size:
        since_s = columns["time_s"][0] if start_s is None else start_s
        columns["distance_m"] = repaired_distance_m(columns, spans, limit_ms, since_s, stops, notes)
    if all_true(np.isnan(columns["speed_ms"])):
        columns["speed_ms"] = speed_from(columns["time_s"], columns["distance_m"], limit_ms)
    return columns, tuple(notes)


def _is_in_order(time_s: Floats, span: Span) -> bool:
    """Return True if each record is at least a second after the previous one, and all belong to one run.

    The first time is checked separately: a single record has no steps, and the span was taken before misread records
    were left out.
    """
    steps_s = time_s[1:] - time_s[:-1]
    one_run = span.highest - span.lowest <= SAME_RUN_WITHIN_S
    return one_run and all_true(steps_s >= 1.0) and all_true(np.isfinite(time_s[:1]))


def _in_order(columns: Records, notes: list[ParseNote]) -> Records:
    """Sort rows by time; leave out rows with a wrong clock."""
    columns = _same_days(columns, notes)
    time_s = columns["time_s"]
    if time_s.size < 2 or all_true(np.diff(time_s) >= 0):
        return columns
    stray = _strays(time_s)
    if any_true(stray):
        notes.append(ParseNote("clock_jump", "records with a jumping clock were left out", int(stray.sum())))
        columns = rows_of(columns, ~stray)
    back = int((np.diff(columns["time_s"]) < 0).sum())
    if back:
        notes.append(ParseNote("order", "records were out of time order and were sorted", back))
    return rows_of(columns, np.argsort(columns["time_s"], kind="stable"))


def _same_days(columns: Records, notes: list[ParseNote]) -> Records:
    """Leave out records without a time, or days away from the largest group (zeros, a clock that was reset)."""
    time_s = columns["time_s"]
    if all_true(np.isfinite(time_s)) and _span_s(time_s) <= SAME_RUN_WITHIN_S:
        return columns
    in_group = _largest_group(time_s, SAME_RUN_WITHIN_S)
    if _span_s(time_s[in_group]) > LONGEST_S:  # bytes misread as times make a chain over weeks
        in_group = _largest_group(time_s, CLOSE_S)
    if all_true(in_group):
        return columns
    notes.append(
        ParseNote("other_day", "records without a time or from another day were left out", int((~in_group).sum()))
    )
    return rows_of(columns, in_group)


def _largest_group(time_s: Floats, within_s: float) -> NDArray[np.bool_]:
    """Mark the largest group of records with gaps of at most `within_s` between neighbours."""
    timed = np.flatnonzero(np.isfinite(time_s))
    order = timed[np.argsort(time_s[timed], kind="stable")]
    group = np.concatenate([[0], np.cumsum(np.diff(time_s[order]) > within_s)])[: order.size]
    in_group = np.zeros(time_s.size, dtype=np.bool_)
    in_group[order[group == np.bincount(group, minlength=1).argmax()]] = True
    return in_group


def _span_s(time_s: Floats) -> float:
    return float(np.ptp(time_s)) if time_s.size else 0.0


def _strays(time_s: Floats) -> NDArray[np.bool_]:
    """Mark records more than a minute off the longest rising series if they are few; otherwise none."""
    rising = longest_rising(time_s)
    on = np.flatnonzero(rising)
    nearest = np.interp(np.arange(time_s.size), on, time_s[on])
    stray = ~rising & (np.abs(time_s - nearest) > SMALL_STEP_BACK_S)
    return stray if stray.mean() <= FEW else np.zeros_like(stray)


def _one_row_per_second(columns: Records, notes: list[ParseNote]) -> Records:
    """Merge the rows of each second: each column keeps its last measured value."""
    second = np.floor(columns["time_s"])
    first = np.concatenate([[True], np.diff(second) > 0])[: second.size]
    if all_true(first):
        return columns
    row = np.cumsum(first) - 1
    merged = {name: _last_known(values, row, int(first.sum())) for name, values in columns.items()}
    merged["time_s"] = columns["time_s"][first]
    notes.append(ParseNote("same_second", "records within the same second were merged", int((~first).sum())))
    return merged


def _last_known(values: Floats, row: NDArray[np.intp], n_rows: int) -> Floats:
    measured = ~np.isnan(values)
    merged = np.full(n_rows, np.nan)
    merged[row[measured]] = values[measured]  # of several values for one row, numpy stores the last
    return merged
