"""The sport of a session, from the file's term or from its speed; and cadence, which depends on the sport.

Called by the readers of GPX, TCX and exports, and by `session`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.geo import step_m
from pipeline.schema import Records

RUNNING_MS = (1.6, 6.0)  # median speed while moving: slower is walking, faster is on wheels
ON_FOOT = ("running", "walking", "hiking")
# Sports that a person may choose for a run: the terms that files use most.
SPORTS = (*ON_FOOT, "cycling", "swimming", "rowing", "paddling", "cross_country_skiing", "training", "other")
STANDSTILL_MS = 0.4

_TERMS = {"run": "running", "jog": "running"}
_TERMS |= {"cycl": "cycling", "bik": "cycling", "ride": "cycling"}
_TERMS |= {"walk": "walking", "hik": "hiking", "swim": "swimming"}
_TERMS |= {"treadmill": "running"}  # unless the text also names another sport
_STRAVA_NUMBERS = {"9": "running", "1": "cycling", "10": "walking", "4": "hiking", "16": "swimming"}
_SUB_SPORTS = ("treadmill", "trail", "track", "street", "indoor", "virtual")


def sport_of_word(term: str | None) -> tuple[str | None, str | None]:
    """Return sport and sub-sport for a term that people or programs write: 'Trail_Running' is ('running', 'trail').

    An unknown term is returned as it is, so that rowing never counts as a run. Without a term both are None.
    """
    plain = (term or "").strip().lower().replace(" ", "_")
    if not plain:
        return None, None
    sub_sport = next((sub for sub in _SUB_SPORTS if sub in plain), None)
    if plain in _STRAVA_NUMBERS:
        return _STRAVA_NUMBERS[plain], None
    return next((sport for part, sport in _TERMS.items() if part in plain), plain[:30]), sub_sport


def guess_sport(columns: Records) -> str:
    """Return 'running' if the median speed while moving is a runner's, otherwise 'unknown'."""
    order = np.argsort(columns["time_s"], kind="stable")
    with np.errstate(divide="ignore", invalid="ignore"):  # not cleaned yet: any value is possible
        distance_m = np.diff(columns["distance_m"][order])
        if np.isnan(distance_m).all():
            distance_m = step_m(columns["latitude"][order], columns["longitude"][order])
        speed_ms = distance_m / np.diff(columns["time_s"][order])
    moving = speed_ms[np.isfinite(speed_ms) & (speed_ms >= STANDSTILL_MS)]
    if moving.size == 0:
        return "unknown"
    return "running" if RUNNING_MS[0] <= _median(moving) <= RUNNING_MS[1] else "unknown"


def steps_per_minute(cadence_rpm: NDArray[np.float64], sport: str) -> NDArray[np.float64]:
    """Return cadence as this program stores it: steps per minute on foot, otherwise the file's count (revolutions, strokes).

    Watches store strides of one leg, half of the steps. Some programs store steps: a median over 120 would mean
    240 steps per minute, which nobody runs.
    """
    if sport not in ON_FOOT:
        return cadence_rpm
    if np.fmax.reduce(cadence_rpm, initial=0.0) > 120 and _median(cadence_rpm[cadence_rpm > 0]) > 120:
        return cadence_rpm
    return 2.0 * cadence_rpm


def _median(values: NDArray[np.float64]) -> float:
    """Like np.median, which loads np.ma: that takes as long as reading the file."""
    in_order = np.sort(values)
    return float(in_order[(values.size - 1) // 2] + in_order[values.size // 2]) / 2
