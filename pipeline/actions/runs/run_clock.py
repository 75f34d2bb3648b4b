"""Corrects the clock of a run: reads the shift or the start that a person writes. Called by `runs edit`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from pipeline.errors import WrongInput
from pipeline.formats.cleaning.timing import clock_is_wrong
from pipeline.store.runs.find import RunRow
from pipeline.units import parse_duration_s
from pipeline.weather.clock import LocalClock, Rule, instant_of, local_time

_SHIFT = re.compile(r"^([+-])\s*(?:(\d{1,6})\s*d(?:ays?)?)?\s*(.*)$")
_FORMS = "write +1:00:00, -90m, +30d or +30d 2:15:00"
_START = "write the local time of the place, such as 2026-06-14 07:30"


@dataclass(frozen=True, slots=True)
class CorrectedClock:
    """A run's corrected clock: the columns of `run`, and by how much it moved."""

    columns: dict[str, Any]
    by: timedelta


def parse_shift(text: str) -> timedelta:
    """The time to add to a clock: '+1:00:00', '-90m', '+30d 2:15:00'. Raises WrongInput with the accepted forms."""
    match = _SHIFT.match(text.strip().lower())
    sign, days, rest = match.groups() if match else ("", None, "")
    try:
        seconds = parse_duration_s(rest) if rest or not days else 0.0
    except WrongInput:
        raise WrongInput(f"the clock shift '{text}' is not valid", _FORMS) from None
    by = timedelta(days=int(days or 0), seconds=seconds)
    return -by if sign == "-" else by


def parse_start(text: str) -> datetime:
    """A local start as a person writes it, '2026-06-14 07:30'. Raises WrongInput."""
    try:
        start = datetime.fromisoformat(text.strip())
    except ValueError:
        raise WrongInput(f"'{text}' is not a date and a time", _START) from None
    if start.tzinfo is not None or len(text.strip()) < len("2026-06-14 07:30"):
        raise WrongInput(f"'{text}' is not a date and a time without a zone", _START)
    return start


def shifted(run: RunRow, by: timedelta, now: datetime) -> CorrectedClock:
    """The run's clock moved by `by`; its local clock follows the summer time of the new day."""
    try:
        start_at = run.start_at.replace(tzinfo=UTC) + by
    except OverflowError:
        raise WrongInput("the shifted start is outside the years 1 to 9999", _FORMS) from None
    local = local_time(start_at, _clock_of(run))
    naive = start_at.replace(tzinfo=None)
    columns = {
        "start_at": naive,
        "start_local": local,
        "utc_offset_s": None if local is None else round((local - naive).total_seconds()),
        "clock_wrong": clock_is_wrong(start_at, now),
        "shift_s": run.shift_s + by.total_seconds(),
    }
    return CorrectedClock(columns, by)


def started(run: RunRow, local: datetime, now: datetime) -> CorrectedClock:
    """The run's clock with its start at this local time. Raises WrongInput if its time zone is unknown."""
    start_at = instant_of(local, _clock_of(run))
    if start_at is None:
        raise WrongInput(
            "the local time of this run is unknown, so --start cannot be used",
            "write by how much the clock was wrong, such as --shift +1:00:00",
        )
    return shifted(run, start_at.replace(tzinfo=None) - run.start_at, now)


def _clock_of(run: RunRow) -> LocalClock:
    return LocalClock(run.tz, run.utc_offset_s, cast(Rule, run.tz_rule), False)
