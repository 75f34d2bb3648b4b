"""Sensor values: which are believable, and whether a row is a record at all. Called by `columns`.

A value that is not believable becomes NaN. Its row stays, unless the row was read from other bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.formats.cleaning.spans import Span
from pipeline.formats.decoded import rows_of
from pipeline.masks import any_true
from pipeline.schema import ParseNote, Records

# The range of a working sensor; a value outside is a fault (0 beats per minute: a strap that lost contact).
_PLAUSIBLE = {
    "heart_rate_bpm": (1.0, 250.0),
    "cadence_rpm": (0.0, 300.0),
    "power_w": (0.0, 3000.0),
    "altitude_m": (-445.0, 9000.0),  # a FIT altitude of zero bytes, or with only its last byte, reads -500 to -449
    "device_temp_c": (-50.0, 80.0),
}
# No sensor goes beyond these, however broken.
_MISREAD = {"distance_m": 1e6, "altitude_m": 9000.0, "power_w": 10_000.0, "latitude": 90.0}
_ZERO_BYTES_ALTITUDE_M = -500.0

SPIKE_M = 50.0  # a flipped bit moves an altitude by a power of two; nobody climbs this much in a second or two
BACK_WITHIN_M = 10.0
SPIKE_S = 20.0  # two steps of smart recording


def without_misread(columns: Records, spans: Mapping[str, Span], limit_ms: float, notes: list[ParseNote]) -> Records:
    """Leave out records with two values that even a broken sensor cannot give: other bytes misread as a record."""
    most = {**_MISREAD, "speed_ms": 2 * limit_ms}
    odd = [name for name in most if not spans[name].is_within(-most[name], most[name])]
    if len(odd) < 2:
        return columns
    n_signs = np.zeros(columns["time_s"].size, dtype=np.int8)
    for name in odd:
        n_signs += np.abs(columns[name]) > most[name]
    misread = n_signs >= 2
    if not any_true(misread):
        return columns
    notes.append(ParseNote("misread", "records with several impossible values were left out", int(misread.sum())))
    return rows_of(columns, ~misread)


def clean_values(columns: Records, spans: Mapping[str, Span], limit_ms: float, notes: list[ParseNote]) -> Records:
    """Return columns, in time order, with only values that a body sensor gives."""
    if spans["altitude_m"].lowest <= _ZERO_BYTES_ALTITUDE_M:
        columns = _without_zeroed(columns, notes)
    columns = _plausible_values(columns, spans, limit_ms, notes)
    if spans["altitude_m"].highest - spans["altitude_m"].lowest > SPIKE_M:
        columns = _without_spikes(columns, notes)
    return columns


def _without_zeroed(columns: Records, notes: list[ParseNote]) -> Records:
    """Keep only the time of records with bytes that were never written: their zeros read as values.

    A FIT altitude of zero bytes is -500 m. With one more zero in the record, none of its values is believable.
    """
    sunk = columns["altitude_m"] == _ZERO_BYTES_ALTITUDE_M
    if not any_true(sunk):
        return columns
    place = (columns["latitude"] == 0) & (columns["longitude"] == 0)
    zeroed = sunk & (place | (columns["heart_rate_bpm"] == 0) | (columns["distance_m"] == 0))
    if not any_true(zeroed):
        return columns
    notes.append(ParseNote("zeroed", "records that were only partly written were left empty", int(zeroed.sum())))
    emptied = {name: np.where(zeroed, np.nan, values) for name, values in columns.items()}
    return {**emptied, "time_s": columns["time_s"]}


def _plausible_values(columns: Records, spans: Mapping[str, Span], limit_ms: float, notes: list[ParseNote]) -> Records:
    for name, (low, high) in {**_PLAUSIBLE, "speed_ms": (0.0, limit_ms)}.items():
        if spans[name].is_within(low, high):
            continue
        values = columns[name]
        wrong = (values < low) | (values > high)
        if any_true(wrong):
            columns = {**columns, name: np.where(wrong, np.nan, values)}
            notes.append(
                ParseNote(name, f"values of {name} outside {low:g} to {high:g} were left out", int(wrong.sum()))
            )
    return columns


def _without_spikes(columns: Records, notes: list[ParseNote]) -> Records:
    """Remove single altitudes far from both neighbours while these agree: each would count as a climb."""
    altitude_m = columns["altitude_m"]
    steps_m = altitude_m[1:] - altitude_m[:-1]
    far = np.abs(steps_m) > SPIKE_M
    if not any_true(far):
        return columns
    spike = np.zeros(altitude_m.size, dtype=np.bool_)
    spike[1:-1] = far[:-1] & far[1:] & (np.abs(steps_m[:-1] + steps_m[1:]) < BACK_WITHIN_M)
    spike[1:-1] &= columns["time_s"][2:] - columns["time_s"][:-2] <= SPIKE_S
    if not any_true(spike):
        return columns
    notes.append(
        ParseNote("altitude_spike", "single altitudes far from their neighbours were left out", int(spike.sum()))
    )
    return {**columns, "altitude_m": np.where(spike, np.nan, altitude_m)}
