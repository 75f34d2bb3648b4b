"""The twelve simulated runners: who they are, where and when they run, how their watches record. No real people.

Their true intercepts and slopes are defined in build.py; their cramps are drawn at random. Places are round coordinates with
an invented climate; courses are synthetic loops around them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FIRST_DAY, LAST_DAY = date(2025, 11, 1), date(2026, 10, 31)
MILE_M = 1609.344


@dataclass(frozen=True, slots=True)
class Place:
    """A place and its invented climate: temperatures in C, `number` seeds its weather."""

    number: int
    latitude: float
    longitude: float
    zone: str
    elevation_m: float
    mean_c: float
    season_c: float
    day_c: float
    dryness_c: float  # how far the dew point usually lies below the day's mean
    wind_ms: float


DANUBE = Place(0, 48.2, 16.4, "Europe/Vienna", 165.0, 11.5, 10.5, 4.5, 5.5, 3.2)
PLAINS = Place(1, 40.0, -105.2, "America/Denver", 1600.0, 11.0, 11.5, 7.5, 9.0, 2.8)


@dataclass(frozen=True, slots=True)
class Race:
    """A race the runner entered; `name` is one of sample_data.world.simulate.SCENARIOS."""

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class SimRunner:
    """One simulated runner; `usual_ms` is the speed of an easy hour, `runs` counts trainings outdoors."""

    number: int
    name: str
    birth_year: int
    sex: str
    place: Place
    usual_race: str
    usual_ms: float
    start_hour: float
    runs: int
    races: tuple[Race, ...] = ()
    treadmill: int = 0
    rides: int = 0
    bike_cramps: bool = False
    fast_start_pct: float = 2.0  # faster than the run's mean at its start, as much slower at its end
    descent_m_per_km: float = 4.0
    auto_pause: bool = True
    lap_m: float = 1000.0
    gpx: int = 0  # number of trainings that are exported as GPX
    away: tuple[date, date, Place] | None = None
    every_second: bool = False  # its last training outdoors is recorded every second
    first_day: date = FIRST_DAY


SPRING, SUMMER, AUTUMN = date(2026, 4, 19), date(2026, 6, 14), date(2026, 10, 11)

COHORT = (
    SimRunner(0, "anna", 1988, "female", DANUBE, "marathon", 2.95, 7.0, 40, treadmill=3, every_second=True,
              races=(Race(date(2026, 3, 22), "half"), Race(SPRING, "marathon"), Race(AUTUMN, "half"))),
    SimRunner(1, "ben", 1979, "male", DANUBE, "half", 3.05, 17.5, 54, descent_m_per_km=6.0,
              races=(Race(SPRING, "half"), Race(SUMMER, "10k"), Race(date(2026, 8, 23), "half"))),
    SimRunner(2, "carla", 1991, "female", DANUBE, "10k", 3.10, 18.0, 28, fast_start_pct=9.0,
              races=(Race(date(2026, 3, 22), "10k"), Race(SUMMER, "10k"), Race(AUTUMN, "half")),
              away=(date(2026, 7, 4), date(2026, 7, 26), PLAINS)),
    SimRunner(3, "david", 1969, "male", PLAINS, "marathon", 2.70, 6.5, 27, lap_m=MILE_M, descent_m_per_km=9.0,
              races=(Race(date(2026, 5, 17), "half"), Race(AUTUMN, "marathon"))),
    SimRunner(4, "emma", 1995, "female", DANUBE, "10k", 3.00, 18.5, 22, treadmill=4,
              races=(Race(SUMMER, "10k"),)),
    SimRunner(5, "felix", 1983, "male", PLAINS, "half", 3.20, 6.0, 36, lap_m=MILE_M, every_second=True,
              races=(Race(date(2026, 4, 26), "half"), Race(SUMMER, "10k"), Race(date(2026, 9, 20), "half"))),
    SimRunner(6, "greta", 1972, "female", PLAINS, "half", 2.60, 8.0, 24, treadmill=5, descent_m_per_km=14.0,
              races=(Race(date(2026, 5, 17), "half"), Race(date(2026, 9, 20), "half")), lap_m=MILE_M),
    SimRunner(7, "hanna", 1985, "female", DANUBE, "half", 2.85, 17.0, 25, rides=8, bike_cramps=True,
              races=(Race(SPRING, "half"), Race(AUTUMN, "half"))),
    SimRunner(8, "ivan", 1999, "male", PLAINS, "10k", 3.40, 17.0, 18, rides=3,
              races=(Race(SUMMER, "10k"), Race(date(2026, 9, 20), "10k"))),
    SimRunner(9, "julia", 1993, "female", DANUBE, "half", 2.75, 9.0, 6, first_day=date(2026, 9, 12)),
    SimRunner(10, "karl", 1960, "male", DANUBE, "half", 2.50, 8.5, 22, auto_pause=False, treadmill=2,
              races=(Race(SPRING, "half"), Race(AUTUMN, "half")), every_second=True),
    SimRunner(11, "lena", 1990, "female", PLAINS, "10k", 3.05, 12.0, 20, gpx=6,
              races=(Race(date(2026, 4, 26), "10k"), Race(date(2026, 9, 20), "half"))),
)  # fmt: skip
