"""Which sport a session was, by the file's word or by its speed, and what follows for cadence.

Called by gpx, tcx, the exports and settle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import step_m
from pipeline.schema import Records

RUNNING_MS = (1.6, 6.0)  # the moving median of a run; below it walks, above it wheels
ON_FOOT = ("running", "walking", "hiking")
# What a person may call a run: the words that files use most.
SPORTS = (*ON_FOOT, "cycling", "swimming", "rowing", "paddling", "cross_country_skiing", "training", "other")
STANDING_MS = 0.4

_WORDS = {"run": "running", "jog": "running"}
_WORDS |= {"cycl": "cycling", "bik": "cycling", "ride": "cycling"}
_WORDS |= {"walk": "walking", "hik": "hiking", "swim": "swimming"}
_WORDS |= {"treadmill": "running"}  # unless it is said what was done there
_STRAVA_NUMBERS = {"9": "running", "1": "cycling", "10": "walking", "4": "hiking", "16": "swimming"}
_SUB_SPORTS = ("treadmill", "trail", "track", "street", "indoor", "virtual")


def sport_of_word(word: str | None) -> tuple[str | None, str | None]:
    """Sport and sub-sport of a word people and programs write: 'Trail_Running' is ('running', 'trail').

    A word that is none of ours stays as it is, so that rowing is never taken for a run. Without a word
    both are None.
    """
    plain = (word or "").strip().lower().replace(" ", "_")
    if not plain:
        return None, None
    sub_sport = next((sub for sub in _SUB_SPORTS if sub in plain), None)
    if plain in _STRAVA_NUMBERS:
        return _STRAVA_NUMBERS[plain], None
    return next((sport for part, sport in _WORDS.items() if part in plain), plain[:30]), sub_sport


def guess_sport(columns: Records) -> str:
    """'running' when the median speed while moving is a runner's, else 'unknown'."""
    order = np.argsort(columns["time_s"], kind="stable")
    with np.errstate(divide="ignore", invalid="ignore"):  # not cleaned yet: anything may stand in it
        way_m = np.diff(columns["distance_m"][order])
        if np.isnan(way_m).all():
            way_m = step_m(columns["latitude"][order], columns["longitude"][order])
        speed_ms = way_m / np.diff(columns["time_s"][order])
    moving = speed_ms[np.isfinite(speed_ms) & (speed_ms >= STANDING_MS)]
    if moving.size == 0:
        return "unknown"
    return "running" if RUNNING_MS[0] <= _median(moving) <= RUNNING_MS[1] else "unknown"


def steps_per_minute(cadence_rpm: NDArray[np.float64], sport: str) -> NDArray[np.float64]:
    """Cadence as this program keeps it: steps a minute on foot, else the file's count (revolutions, strokes).

    Watches store strides of one leg, half of the steps. Some programs store steps already: a median over 120
    would make 240 steps a minute, which nobody runs.
    """
    if sport not in ON_FOOT:
        return cadence_rpm
    if np.fmax.reduce(cadence_rpm, initial=0.0) > 120 and _median(cadence_rpm[cadence_rpm > 0]) > 120:
        return cadence_rpm
    return 2.0 * cadence_rpm


def _median(values: NDArray[np.float64]) -> float:
    """np.median's, which loads np.ma: that takes as long as reading the file."""
    in_order = np.sort(values)
    return float(in_order[(values.size - 1) // 2] + in_order[values.size // 2]) / 2
