"""Reads a planned run as a person writes it: duration, start, place, temperature, pace. Text in, values out, no store.

Called by the action behind `cramplog risk`. Each error says what was expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.errors import WrongInput
from pipeline.units import Units, celsius, in_temperature_unit, parse_duration_s
from pipeline.weather.cells import cell_of

SHORTEST_S, LONGEST_S = 300.0, 86_400.0
COLDEST_C, HOTTEST_C = -20.0, 50.0
SLOWER_PCT, FASTER_PCT = -30.0, 20.0  # beyond these the model treats paces alike (models.fit.design)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOME = "home"

_WHEN = re.compile(r"^(?:(?P<day>[a-z]+|\d{4}-\d{2}-\d{2})[ t]+(?:at )?)?(?P<hour>\d{1,2}):(?P<minute>\d{2})$")
_TEMP = re.compile(r"^(?P<number>[+-]?\d+(?:\.\d+)?)\s*°?\s*(?P<unit>[cf])?$")
_PACE = re.compile(r"^(?P<number>[+-]?\d+(?:\.\d+)?)\s*%?$")
_PLACE = re.compile(r"^(?P<north>[+-]?\d+(?:\.\d+)?)\s*[,;]\s*(?P<east>[+-]?\d+(?:\.\d+)?)$")
_AT_FORMS = 'write "tomorrow 18:00", "saturday 9:00", "2026-11-28 07:30" or "18:00", in the local time of the place'


@dataclass(frozen=True, slots=True)
class PlanText:
    """The plan as typed; None for an option not given."""

    time: str
    at: str | None = None
    temp: str | None = None
    pace: str | None = None
    place: str | None = None
    race: bool = False


def planned_s(text: str) -> float:
    """Seconds of a planned duration, 5 minutes to 24 hours. Raises WrongInput."""
    seconds = parse_duration_s(text)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise WrongInput(f"--time {text} is outside the range for a plan", "expected 0:05 to 24:00 (h:mm)")
    return seconds


def air_temp_c(text: str, units: Units) -> float:
    """°C from '24', '24C' or '75F'; a bare number is in the runner's unit. Raises WrongInput outside -20 to 50 °C."""
    match = _TEMP.match(text.strip().lower())
    unit = (match["unit"] or units.temperature).upper() if match else units.temperature
    meant = Units(temperature=unit)
    temp = celsius(float(match["number"]), meant) if match else None
    if temp is None or not COLDEST_C - 1e-9 <= temp <= HOTTEST_C + 1e-9:
        low, high = (in_temperature_unit(limit, meant) for limit in (COLDEST_C, HOTTEST_C))
        raise WrongInput(f"--temp {text} is not a valid air temperature", f"expected {low:.0f} to {high:.0f} {unit}")
    return temp


def pace_faster_pct(text: str) -> float:
    """Percent faster (+) than usual from '5%' or '-10'. Raises WrongInput."""
    match = _PACE.match(text.strip())
    pct = float(match["number"]) if match else None
    if pct is None or not SLOWER_PCT <= pct <= FASTER_PCT:
        hint = f"expected {SLOWER_PCT:.0f}% (slower) to {FASTER_PCT:.0f}% (faster than your usual)"
        raise WrongInput(f"--pace {text} is not valid", hint)
    return pct


def place_cell(text: str) -> str | None:
    """The 0.1 degree cell of '48.2,16.4'; None for 'home'. Raises WrongInput. Nothing finer is stored."""
    word = text.strip().lower()
    if word == HOME:
        return None
    match = _PLACE.match(word)
    if match and abs(float(match["north"])) <= 90.0 and abs(float(match["east"])) <= 180.0:
        return cell_of(float(match["north"]), float(match["east"]))
    raise WrongInput(f"--place {text} is not a place", "write latitude,longitude in degrees such as 48.2,16.4, or home")


def start_local(text: str, now_local: datetime) -> datetime:
    """The start as naive local time, counted from `now_local` at the place. Raises WrongInput for other texts and the past.

    A time alone means today, or tomorrow if that is past; a weekday means the next such day at that time.
    """
    match = _WHEN.match(" ".join(text.lower().split()))
    if match is None or int(match["hour"]) > 23 or int(match["minute"]) > 59:
        raise WrongInput(f"'{text}' is not a day and a time", _AT_FORMS)
    clock = timedelta(hours=int(match["hour"]), minutes=int(match["minute"]))
    start = datetime.combine(_day(match["day"], text, now_local, clock), datetime.min.time()) + clock
    if start < now_local:
        raise WrongInput(
            f"'{text}' is in the past: the local time of the place is {now_local:%Y-%m-%d %H:%M}",
            "write a start in the future",
        )
    return start


def _day(word: str | None, text: str, now_local: datetime, clock: timedelta) -> date:
    today = now_local.date()
    past = datetime.combine(today, datetime.min.time()) + clock < now_local
    if word is None:
        return today + timedelta(days=past)
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    named = [at for at, name in enumerate(WEEKDAYS) if word in (name, name[:3])]
    if named:
        ahead = (named[0] - today.weekday()) % 7
        return today + timedelta(days=7 if ahead == 0 and past else ahead)
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise WrongInput(f"'{text}' is not a day and a time", _AT_FORMS) from None
