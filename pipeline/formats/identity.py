"""The fingerprint that identifies a session. Called by `read`; what it hashes must never change."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.decoded import DecodedRun
from pipeline.masks import all_true

# Column and steps per unit to which it is rounded: milliseconds, beats, 1e-7 degree (1 cm), centimetres.
_HASHED = (
    ("time_s", 1e3),
    ("heart_rate_bpm", 1.0),
    ("latitude", 1e7),
    ("longitude", 1e7),
    ("distance_m", 1e2),
)
_UNKNOWN = np.iinfo(np.int64).min
_NO_MEASUREMENT = 1e11  # larger numbers (and NaN) count as unknown: their steps would not fit 64 bits


def run_id(decoded: DecodedRun) -> str:
    """Return the SHA-256 (hex) of start (to the second), sport and, per record, time, heart rate, position and distance.

    It is computed before cleaning, from a few rounded columns, so that new repairs, a faster decoder or additional columns
    do not change it. Rounded values are little-endian int64, column after column.
    """
    columns = decoded.columns
    digest = hashlib.sha256(f"cramplog run 1|{np.floor(decoded.begins_s):.0f}|{decoded.sport or ''}|".encode())
    for name, steps in _HASHED:
        digest.update(_rounded(columns[name], steps).data)
    return digest.hexdigest()


def _rounded(values: NDArray[np.float64], steps: float) -> NDArray[np.int64]:
    """Return the values in whole steps of the unit, shape (n_records,)."""
    is_known = np.abs(values) < _NO_MEASUREMENT
    if all_true(is_known):
        return np.rint(values * steps).astype("<i8")
    rounded = np.rint(np.where(is_known, values, 0.0) * steps).astype("<i8")
    rounded[~is_known] = _UNKNOWN
    return rounded
