"""Repairs the columns of a decoded session, each repair a note: order, seconds, values, places, distance.

Cleaning what is clean changes nothing. Pauses and moving time are timing's. Called by settle.
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
from pipeline.masks import all_hold, any_holds
from pipeline.schema import ParseNote, Records

SPEED_LIMIT_ON_FOOT_MS = 12.0  # a sprinter's top speed
SPEED_LIMIT_MS = 40.0
SAME_RUN_WITHIN_S = 3 * 86400.0  # a longer silence between records is a clock set anew
LONGEST_S = 10 * 86400.0  # nobody's session is longer
CLOSE_S = 3600.0  # a silence within which records are neighbours where days tell nothing
SMALL_STEP_BACK_S = 60.0

Floats = NDArray[np.float64]


def clean_columns(
    columns: Records,
    limit_ms: float,
    start_s: float | None = None,
    stops: tuple[tuple[float, float], ...] = (),
) -> tuple[Records, tuple[ParseNote, ...]]:
    """Columns with time strictly rising, a row a second at most, and only values a sensor on a body gives.

    `limit_ms` is the fastest believable speed; `start_s` the session's start (the first record's without
    one); way made within `stops` (timer off) adds nothing where the distance is ours.
    """
    notes: list[ParseNote] = []
    spans = spans_of(columns)
    columns = without_misread(dict(columns), spans, limit_ms, notes)
    if not _is_in_order(columns["time_s"], spans["time_s"]):
        columns = _in_order(columns, notes)
        columns = _one_row_a_second(columns, notes)
    columns = clean_values(columns, spans, limit_ms, notes)
    columns = clean_places(columns, spans, limit_ms, notes)
    if columns["time_s"].size:
        since_s = columns["time_s"][0] if start_s is None else start_s
        columns["distance_m"] = repaired_distance_m(columns, spans, limit_ms, since_s, stops, notes)
    if all_hold(np.isnan(columns["speed_ms"])):
        columns["speed_ms"] = speed_from(columns["time_s"], columns["distance_m"], limit_ms)
    return columns, tuple(notes)


def _is_in_order(time_s: Floats, span: Span) -> bool:
    """Whether each record has a time a second or more after the one before, and all are of one run.

    The first time is looked at by itself: of a single record the steps tell nothing, and the span was taken before
    misread records were left out.
    """
    steps_s = time_s[1:] - time_s[:-1]
    one_run = span.highest - span.lowest <= SAME_RUN_WITHIN_S
    return one_run and all_hold(steps_s >= 1.0) and all_hold(np.isfinite(time_s[:1]))


def _in_order(columns: Records, notes: list[ParseNote]) -> Records:
    """Rows sorted by time, without those whose clock was elsewhere."""
    columns = _same_days(columns, notes)
    time_s = columns["time_s"]
    if time_s.size < 2 or all_hold(np.diff(time_s) >= 0):
        return columns
    stray = _strays(time_s)
    if any_holds(stray):
        notes.append(ParseNote("clock_jump", "records whose clock jumped were left out", int(stray.sum())))
        columns = rows_of(columns, ~stray)
    back = int((np.diff(columns["time_s"]) < 0).sum())
    if back:
        notes.append(ParseNote("order", "records were not in the order of time: sorted", back))
    return rows_of(columns, np.argsort(columns["time_s"], kind="stable"))


def _same_days(columns: Records, notes: list[ParseNote]) -> Records:
    """Without records that have no time, or lie days from the largest group (zeros, a clock set anew)."""
    time_s = columns["time_s"]
    if all_hold(np.isfinite(time_s)) and _span_s(time_s) <= SAME_RUN_WITHIN_S:
        return columns
    kept = _largest_group(time_s, SAME_RUN_WITHIN_S)
    if _span_s(time_s[kept]) > LONGEST_S:  # bytes taken for times make a chain over weeks
        kept = _largest_group(time_s, CLOSE_S)
    if all_hold(kept):
        return columns
    notes.append(ParseNote("other_day", "records without a time or from another day were left out", int((~kept).sum())))
    return rows_of(columns, kept)


def _largest_group(time_s: Floats, within_s: float) -> NDArray[np.bool_]:
    """Of the groups of records with at most so long a silence between neighbours, the one with most records."""
    known = np.flatnonzero(np.isfinite(time_s))
    order = known[np.argsort(time_s[known], kind="stable")]
    group = np.concatenate([[0], np.cumsum(np.diff(time_s[order]) > within_s)])[: order.size]
    kept = np.zeros(time_s.size, dtype=np.bool_)
    kept[order[group == np.bincount(group, minlength=1).argmax()]] = True
    return kept


def _span_s(time_s: Floats) -> float:
    return float(np.ptp(time_s)) if time_s.size else 0.0


def _strays(time_s: Floats) -> NDArray[np.bool_]:
    """Records more than a minute off the longest rising series, when they are few; else none."""
    rising = longest_rising(time_s)
    on = np.flatnonzero(rising)
    nearest = np.interp(np.arange(time_s.size), on, time_s[on])
    stray = ~rising & (np.abs(time_s - nearest) > SMALL_STEP_BACK_S)
    return stray if stray.mean() <= FEW else np.zeros_like(stray)


def _one_row_a_second(columns: Records, notes: list[ParseNote]) -> Records:
    """Rows of one second merged: each column's last value that was measured."""
    second = np.floor(columns["time_s"])
    first = np.concatenate([[True], np.diff(second) > 0])[: second.size]
    if all_hold(first):
        return columns
    row = np.cumsum(first) - 1
    merged = {name: _last_known(values, row, int(first.sum())) for name, values in columns.items()}
    merged["time_s"] = columns["time_s"][first]
    notes.append(ParseNote("same_second", "records of one second were merged", int((~first).sum())))
    return merged


def _last_known(values: Floats, row: NDArray[np.intp], n_rows: int) -> Floats:
    known = ~np.isnan(values)
    merged = np.full(n_rows, np.nan)
    merged[row[known]] = values[known]  # of several values for one place, numpy keeps the last
    return merged
