"""The fingerprint by which one session is known again. Called by read; what it hashes must never change."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.decoded import DecodedRun
from pipeline.masks import all_hold

# Column and how many steps of a unit are told apart: milliseconds, beats, 1e-7 degree (1 cm), centimetres.
_HASHED = (
    ("time_s", 1e3),
    ("heart_rate_bpm", 1.0),
    ("latitude", 1e7),
    ("longitude", 1e7),
    ("distance_m", 1e2),
)
_UNKNOWN = np.iinfo(np.int64).min
_NO_MEASUREMENT = 1e11  # from here on (and for NaN) a number is taken as unknown: its steps would not fit 64 bits


def run_id(decoded: DecodedRun) -> str:
    """SHA-256 (hex) of start (to the second), sport and, per record, time, heart rate, place and distance.

    Taken before cleaning and of few, rounded columns, so that neither new repairs, nor a faster decoder,
    nor a column read in addition changes it. Rounded values are little-endian int64, column after column.
    """
    columns = decoded.columns
    digest = hashlib.sha256(f"cramplog run 1|{np.floor(decoded.begins_s):.0f}|{decoded.sport or ''}|".encode())
    for name, steps in _HASHED:
        digest.update(_rounded(columns[name], steps).data)
    return digest.hexdigest()


def _rounded(values: NDArray[np.float64], steps: float) -> NDArray[np.int64]:
    """The values in whole steps of the unit, shape (n_records,)."""
    known = np.abs(values) < _NO_MEASUREMENT
    if all_hold(known):
        return np.rint(values * steps).astype("<i8")
    rounded = np.rint(np.where(known, values, 0.0) * steps).astype("<i8")
    rounded[~known] = _UNKNOWN
    return rounded
