"""The report's short phrases: counts, dates, temperatures, risks "of 100", muscles. Values in, plain text out.

Called by the modules of `text` and `charts`, by the templates and by `cramplog risk`. The rules:
docs/method.md#wording-of-a-report.
"""

from __future__ import annotations

from datetime import date, datetime

from pipeline.report.numbers.of_100 import LEVELS, OVER_95, ShownRisk
from pipeline.units import Units, format_hours, format_temperature, in_distance_unit, in_temperature_unit

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)  # English, whatever the language of the machine
MUSCLE_NAMES = {
    "quadriceps": "front of the thigh",
    "hamstring": "back of the thigh",
    "adductor": "inner thigh",
}
SIDE_NAMES = {"left": "left", "right": "right", "both": "both sides"}


def day(on: date) -> str:
    """'3 March 2026'."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def days_between(first: date, last: date) -> str:
    """'between 3 March and 21 November 2026', 'on 3 March 2026'."""
    if first == last:
        return f"on {day(first)}"
    start = day(first).removesuffix(f" {last.year}") if first.year == last.year else day(first)
    return f"between {start} and {day(last)}"


def moment(at: datetime) -> str:
    """'21 November 2026, 21:40'."""
    return f"{day(at.date())}, {at:%H:%M}"


def clock(hour: float) -> str:
    """'7:00' or '18:30' from hours of the local day."""
    minutes = round(hour * 60)
    return f"{minutes // 60 % 24}:{minutes % 60:02d}"


def temp(air_temp_c: float, units: Units) -> str:
    """'24 °C' or '75 °F', rounded, with a true minus sign."""
    return format_temperature(air_temp_c, units).replace("-", "−")


def pace(faster_pct: float) -> str:
    """'5 % faster than your usual', 'at your usual pace'."""
    whole = round(abs(faster_pct))
    if whole == 0:
        return "at your usual pace"
    return f"{whole} % {'faster' if faster_pct > 0 else 'slower'} than your usual"


def of_100(count: int) -> str:
    """'22 of 100', 'fewer than 1 of 100', 'more than 95 of 100'."""
    return f"{bare(count)} of 100"


def bare(count: int) -> str:
    """'22', 'fewer than 1', 'more than 95'."""
    if count == 0:
        return "fewer than 1"
    return "more than 95" if count >= OVER_95 else str(count)


def brief(count: int) -> str:
    """'22', '<1', '>95': for a table."""
    if count == 0:
        return "<1"
    return ">95" if count >= OVER_95 else str(count)


def span(low: int, high: int) -> str:
    """'12 to 35', 'fewer than 1 to 4'; one end when both are the same."""
    return bare(low) if low == high else f"{bare(low)} to {bare(high)}"


def cell(shown: ShownRisk | None) -> str:
    """'22 (12 to 35)'; '12 to 60' for a range without a number; '–' without both."""
    if shown is None or shown.low is None or shown.high is None:
        return "–"
    if shown.of_100 is None:
        return f"{brief(shown.low)} to {brief(shown.high)}"
    return f"{brief(shown.of_100)} ({brief(shown.low)} to {brief(shown.high)})"


def big(shown: ShownRisk) -> str:
    """The large figure of a card: '22', '<1', '12 to 60', '–'."""
    if shown.of_100 is not None:
        return brief(shown.of_100)
    return cell(shown)


def heat_cell(shown: ShownRisk) -> str:
    """For the heat table: '22'; '12–60' for a range without a number; '–' without both."""
    if shown.low is None or shown.high is None:
        return "–"
    return f"{brief(shown.low)}–{brief(shown.high)}" if shown.of_100 is None else brief(shown.of_100)


def hours_brief(seconds: float) -> str:
    """'2', '2½', '2:20': hours for the header of a narrow column."""
    minutes = round(seconds / 60)
    if minutes % 30:
        return f"{minutes // 60}:{minutes % 60:02d}"
    return f"{minutes // 60 or ''}{'½' if minutes % 60 else ''}"


def plausible(shown: ShownRisk) -> str:
    """'plausible: 12 to 35'; empty without a range."""
    return "" if shown.low is None or shown.high is None else f"plausible: {span(shown.low, shown.high)}"


def level_word(level: int) -> str:
    """The word for a level; "fewer than 1" has the lowest word."""
    return LEVELS[max(level, 1) - 1][0]


def level_range(level: int) -> str:
    """'5 to 9 of 100', '35 or more of 100', 'fewer than 1 of 100'."""
    if level == 0:
        return "fewer than 1 of 100"
    _, lowest, highest = LEVELS[level - 1]
    return f"{lowest} or more of 100" if highest is None else f"{lowest} to {highest} of 100"


def pill(shown: ShownRisk) -> str:
    """'high (20 to 34 of 100)'; for a range the words of its ends: 'from some to very high'."""
    if shown.level is None or shown.low_level is None:
        return "no number"
    if shown.form == "number":
        return f"{level_word(shown.level)} ({level_range(shown.level)})"
    lower, upper = level_word(shown.low_level), level_word(shown.level)
    return f"{lower} throughout" if lower == upper else f"from {lower} to {upper}"


def muscle(key: str | None) -> str:
    """'calf', 'front of the thigh', 'not recorded'."""
    return "not recorded" if key is None else MUSCLE_NAMES.get(key, key)


def side(key: str | None) -> str:
    """'left', 'both sides', 'not recorded'."""
    return "not recorded" if key is None else SIDE_NAMES.get(key, key)


def degrees(air_temp_c: float | None, units: Units) -> str:
    """'24°' for a column that names the unit, '–' where it is not known."""
    return "–" if air_temp_c is None else f"{round(in_temperature_unit(air_temp_c, units))}°".replace("-", "−")


def distance(distance_m: float | None, units: Units) -> str:
    """'25': whole kilometres or miles, for a column that names the unit; '–' where it is not known."""
    return "–" if distance_m is None else str(round(in_distance_unit(distance_m, units)))


def score(log_loss: float) -> str:
    """Three decimals: scores of forecasts lie close together."""
    return f"{log_loss:.3f}"


def diamonds(count: int) -> str:
    """One sign per cramp up to eight cramps; empty above, where the number alone is shown."""
    return "◆" * count if count <= 8 else ""


def when_in_run(phase: str, onset_s: float | None) -> str:
    """'2 h 20', 'after the run', 'not known'."""
    if phase == "after":
        return "after the run"
    return "not known" if onset_s is None else format_hours(onset_s)


def title_and_note(title: str | None, note: str | None) -> str:
    """The runner's title and note: 'Sunday long run · came back on the hill'."""
    return " · ".join(part for part in (title, note) if part)
