"""Resolves the text of a planned run: when it starts, on which clock, in which weather cell.

Called by the action behind `cramplog risk`; `parse_plan` reads the single options.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.actions.risk import parse_plan
from pipeline.actions.risk.parse_plan import PlanText
from pipeline.errors import NotFound, WrongInput
from pipeline.units import Units
from pipeline.weather.cells import cell_centre
from pipeline.weather.clock import LocalClock, instant_of, local_clock, local_time

ALTERNATIVE_HOURS = range(6, 21, 2)  # local hours at which the risk of the same run is shown too


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A planned run. `start_local` is the naive local time on `clock`, None if no start was given.

    `air_temp_c` is the temperature that the runner gave, else None. `cell` is the cell of the run, None if unknown;
    `at_home` is True if it is the cell of the runner's last runs. `moved_clock`: the local time given does not exist on
    that day.
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
        """The first and last instant (aware) of the plan and its alternative starts. Only for a plan with a start."""
        starts = [start for start in (self.start_local, *self.alternative_starts(now)) if start]
        instants = [instant for start in starts if (instant := instant_of(start, self.clock)) is not None]
        return min(instants), max(instants) + timedelta(seconds=self.planned_s)

    def alternative_starts(self, now: datetime) -> list[datetime]:
        """Other local starts on the plan's day that are still in the future."""
        if self.start_local is None:
            return []
        day = self.start_local.replace(hour=0, minute=0)
        starts = [day + timedelta(hours=hour) for hour in ALTERNATIVE_HOURS]
        now_local = local_time(now, self.clock) or now.replace(tzinfo=None)
        return [start for start in starts if start > now_local and start != self.start_local]


def resolve_plan(text: PlanText, units: Units, home_cell: str | None, home_tz: str | None, now: datetime) -> PlannedRun:
    """The run that the text plans. Raises WrongInput for an option that is not valid, NotFound for an unknown home."""
    cell = _cell(text, home_cell)
    clock = _clock(cell, home_tz, now)
    typed = None if text.at is None else parse_plan.start_local(text.at, _local(now, clock))
    start = None if typed is None else _existing(typed, clock)
    return PlannedRun(
        planned_s=parse_plan.planned_s(text.time),
        pace_faster_pct=parse_plan.pace_faster_pct(text.pace) if text.pace is not None else 0.0,
        race=text.race,
        air_temp_c=parse_plan.air_temp_c(text.temp, units) if text.temp is not None else None,
        clock=clock,
        start_local=start,
        moved_clock=start != typed,
        cell=cell,
        at_home=cell is not None and (text.place is None or text.place.strip().lower() == parse_plan.HOME),
    )


def _cell(text: PlanText, home_cell: str | None) -> str | None:
    """The cell of the place given, else the home cell."""
    if text.place is None:
        return home_cell
    if text.at is None:
        raise WrongInput(
            "--place needs a start, because it is used only for the weather forecast",
            'add the start with --at, such as --at "tomorrow 18:00"',
        )
    named = parse_plan.place_cell(text.place)
    if named is None and home_cell is None:
        raise NotFound("home is unknown: none of your runs has a place", "write --place LATITUDE,LONGITUDE")
    return named or home_cell


def _clock(cell: str | None, home_tz: str | None, now: datetime) -> LocalClock:
    """The local clock of the place; UTC if neither the place nor the home zone is known."""
    north, east = cell_centre(cell) if cell else (None, None)
    clock = local_clock(now, north, east, None, home_tz)
    return clock if clock.utc_offset_s is not None else LocalClock("UTC", 0, "none", False)


def _local(now: datetime, clock: LocalClock) -> datetime:
    local = local_time(now, clock)
    assert local is not None  # a clock with an offset has a time
    return local


def _existing(typed: datetime, clock: LocalClock) -> datetime:
    """The same local time, or an hour later if the clock skips it in spring."""
    instant = instant_of(typed, clock)
    assert instant is not None
    return _local(instant.astimezone(UTC), clock)
