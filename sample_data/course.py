"""Synthetic courses: closed loops near a round coordinate, with smooth altitudes. Called by build.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sample_data.cohort import Place, SimRunner

Floats = NDArray[np.float64]
EARTH_M = 111_195.0  # metres in a degree of latitude
STEPS = 720


@dataclass(frozen=True, slots=True)
class Course:
    """A loop, tabulated over its length: metres along it, metres north and east of the place, altitude."""

    place: Place
    along_m: Floats
    north_m: Floats
    east_m: Floats
    altitude_m: Floats

    @property
    def loop_m(self) -> float:
        """Length of one loop in metres."""
        return float(self.along_m[-1])

    def altitude_at(self, distance_m: Floats) -> Floats:
        """Returns the altitude (m) after that distance; the loop is repeated as often as needed."""
        return np.interp(distance_m % self.loop_m, self.along_m, self.altitude_m)

    def grade_pct_at(self, distance_m: Floats) -> Floats:
        """Returns the slope in per cent; positive is up."""
        slope = 100.0 * np.gradient(self.altitude_m, self.along_m)
        return np.interp(distance_m % self.loop_m, self.along_m, slope)

    def position_at(self, distance_m: Floats, off_m: Floats) -> tuple[Floats, Floats]:
        """Returns (latitude, longitude) in degrees after that distance, `off_m` (2, n) metres off the loop."""
        along = distance_m % self.loop_m
        north = np.interp(along, self.along_m, self.north_m) + off_m[0]
        east = np.interp(along, self.along_m, self.east_m) + off_m[1]
        narrow = np.cos(np.radians(self.place.latitude))
        return self.place.latitude + north / EARTH_M, self.place.longitude + east / (EARTH_M * narrow)


def lay_course(runner: SimRunner, place: Place, seed: int) -> Course:
    """Returns the runner's loop at a place: 5 to 9 km long, at most 3 km from the round coordinate."""
    rng = np.random.default_rng([seed, 2000 + runner.number, place.number])
    turn = np.linspace(0.0, 2 * np.pi, STEPS + 1)
    oval, corners = rng.uniform(0.0, 6.3, 2)
    shape = 1.0 + 0.25 * np.cos(2 * turn + oval) + 0.12 * np.cos(3 * turn + corners)
    north, east = shape * np.sin(turn), shape * np.cos(turn)
    along = np.append(0.0, np.cumsum(np.hypot(np.diff(north), np.diff(east))))
    loop_m = rng.uniform(5000.0, 9000.0)
    scale = loop_m / along[-1]
    along = along * scale
    phase = along / loop_m * 2 * np.pi
    bumps = sum(rng.normal() / n * np.cos(n * phase + rng.uniform(0, 6.3)) for n in (1, 2, 3, 5))
    profile = np.asarray(bumps)
    down = -np.minimum(np.diff(profile), 0.0).sum()
    altitude = place.elevation_m + profile * runner.descent_m_per_km * loop_m / 1000.0 / down
    shift = rng.uniform(-1200.0, 1200.0, 2)
    return Course(place, along, north * scale + shift[0], east * scale + shift[1], altitude)
