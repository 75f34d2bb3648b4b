"""The run that was asked for, its words resolved: when it starts, on which clock, in which weather cell.

Called by the action behind `cramplog risk`; the words themselves are read in plan_words.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.actions.risk import parse_plan as plan_words
from pipeline.actions.risk.parse_plan import PlanWords
from pipeline.errors import NotFound, WrongInput
from pipeline.units import Units
from pipeline.weather.cells import cell_centre
from pipeline.weather.clock import LocalClock, instant_of, local_clock, local_time

OTHER_HOURS = range(6, 21, 2)  # local starts at which the same run is told too


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A planned run. `start_local` is the naive wall time on `clock`, None where no time was named.

    `air_temp_c` is the runner's own word, else None. `cell` is where the run will be, None where that is not known;
    `at_home` when it is that of the runner's last runs. `moved_clock`: the wall time typed does not exist that night.
    """

    planned_s: float
    pace_faster_pct: float
    race: bool
    air_temp_c: float | None
    clock: LocalClock
    start_local: datetime | None
    moved_clock: bool
    cell: str | None
    at_home: bool

    @property
    def start_at(self) -> datetime | None:
        """The instant (aware) of the start."""
        return None if self.start_local is None else instant_of(self.start_local, self.clock)

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """The instants (aware) between which the plan and its other hours lie. Only for a plan with a start."""
        instants = [instant_of(start, self.clock) for start in (self.start_local, *self.other_starts(now)) if start]
        known = [instant for instant in instants if instant is not None]
        return min(known), max(known) + timedelta(seconds=self.planned_s)

    def other_starts(self, now: datetime) -> list[datetime]:
        """Other local starts on the plan's day that are still ahead."""
        if self.start_local is None:
            return []
        day = self.start_local.replace(hour=0, minute=0)
        starts = [day + timedelta(hours=hour) for hour in OTHER_HOURS]
        here = local_time(now, self.clock) or now.replace(tzinfo=None)
        return [start for start in starts if start > here and start != self.start_local]


def asked_run(words: PlanWords, units: Units, home_cell: str | None, home_tz: str | None, now: datetime) -> AskedRun:
    """The run those words plan. Raises WrongInput for what cannot be meant, NotFound for a home that is not known."""
    cell = _cell(words, home_cell)
    clock = _clock(cell, home_tz, now)
    typed = None
    if words.at is not None:
        typed = plan_words.start_local(words.at, _wall(now, clock))
    start = None if typed is None else _existing(typed, clock)
    return AskedRun(
        planned_s=plan_words.planned_s(words.time),
        pace_faster_pct=plan_words.pace_faster_pct(words.pace) if words.pace is not None else 0.0,
        race=words.race,
        air_temp_c=plan_words.air_temp_c(words.temp, units) if words.temp is not None else None,
        clock=clock,
        start_local=start,
        moved_clock=start != typed,
        cell=cell,
        at_home=cell is not None and (words.place is None or words.place.strip().lower() == plan_words.HOME),
    )


def _cell(words: PlanWords, home_cell: str | None) -> str | None:
    """The cell named, or home's: where nobody says otherwise, one runs where one ran."""
    if words.place is None:
        return home_cell
    if words.at is None:
        raise WrongInput("--place tells the weather of a time", 'say when with --at, such as --at "tomorrow 18:00"')
    named = plan_words.place_cell(words.place)
    if named is None and home_cell is None:
        raise NotFound("no run of yours has a place to call home", "write --place LATITUDE,LONGITUDE")
    return named or home_cell


def _clock(cell: str | None, home_tz: str | None, now: datetime) -> LocalClock:
    """The clock on the wall there; UTC where neither place nor home zone is known."""
    north, east = cell_centre(cell) if cell else (None, None)
    clock = local_clock(now, north, east, None, home_tz)
    return clock if clock.utc_offset_s is not None else LocalClock("UTC", 0, "none", False)


def _wall(now: datetime, clock: LocalClock) -> datetime:
    local = local_time(now, clock)
    assert local is not None  # a clock with an offset has a time
    return local


def _existing(typed: datetime, clock: LocalClock) -> datetime:
    """The same, or an hour on where the clock leaps over it in spring."""
    instant = instant_of(typed, clock)
    assert instant is not None
    return _wall(instant.astimezone(UTC), clock)
