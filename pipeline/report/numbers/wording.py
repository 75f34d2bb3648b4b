"""The report's small words: counts, dates, temperatures, risks "of 100", muscles. Values in, plain words out.

Called by text.py, the templates and charts.py. The rules: docs/method.md#wording-of-a-report.
"""

from __future__ import annotations

from datetime import date, datetime

from pipeline.report.numbers.of_100 import ABOVE, LEVELS, Said
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
)  # fixed, whatever the machine's language
MUSCLE_WORDS = {
    "quadriceps": "front of the thigh",
    "hamstring": "back of the thigh",
    "adductor": "inner thigh",
}
SIDE_WORDS = {"left": "left", "right": "right", "both": "both sides"}


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
    return "more than 95" if count >= ABOVE else str(count)


def brief(count: int) -> str:
    """'22', '<1', '>95': for the cells of a table."""
    if count == 0:
        return "<1"
    return ">95" if count >= ABOVE else str(count)


def span(low: int, high: int) -> str:
    """'12 to 35', 'fewer than 1 to 4'; one end when both are the same."""
    return bare(low) if low == high else f"{bare(low)} to {bare(high)}"


def cell(said: Said | None) -> str:
    """'22 (12 to 35)', '12 to 60' where no single number is said, '–' where nothing is."""
    if said is None or said.low is None or said.high is None:
        return "–"
    if said.of_100 is None:
        return f"{brief(said.low)} to {brief(said.high)}"
    return f"{brief(said.of_100)} ({brief(said.low)} to {brief(said.high)})"


def big(said: Said) -> str:
    """The large figure of a card: '22', '<1', '12 to 60', '–'."""
    if said.of_100 is not None:
        return brief(said.of_100)
    return cell(said)


def square(said: Said) -> str:
    """A square of the heat table: '22', '12–60' where no single number is said, '–' where nothing is."""
    if said.low is None or said.high is None:
        return "–"
    return f"{brief(said.low)}–{brief(said.high)}" if said.of_100 is None else brief(said.of_100)


def hours_brief(seconds: float) -> str:
    """'2', '2½', '2:20': hours for the head of a narrow column."""
    minutes = round(seconds / 60)
    if minutes % 30:
        return f"{minutes // 60}:{minutes % 60:02d}"
    return f"{minutes // 60 or ''}{'½' if minutes % 60 else ''}"


def plausible(said: Said) -> str:
    """'plausible: 12 to 35'; empty when nothing is said."""
    return "" if said.low is None or said.high is None else f"plausible: {span(said.low, said.high)}"


def level_word(level: int) -> str:
    """The word alone; "fewer than 1" shares the lowest word."""
    return LEVELS[max(level, 1) - 1][0]


def level_range(level: int) -> str:
    """'5 to 9 of 100', '35 or more of 100', 'fewer than 1 of 100'."""
    if level == 0:
        return "fewer than 1 of 100"
    _, lowest, highest = LEVELS[level - 1]
    return f"{lowest} or more of 100" if highest is None else f"{lowest} to {highest} of 100"


def pill(said: Said) -> str:
    """'high (20 to 34 of 100)'; for a range its two words: 'some to very high'."""
    if said.level is None or said.low_level is None:
        return "no number"
    if said.say == "number":
        return f"{level_word(said.level)} ({level_range(said.level)})"
    words = level_word(said.low_level), level_word(said.level)
    return f"anywhere {words[0]}" if words[0] == words[1] else f"from {words[0]} to {words[1]}"


def muscle(word: str | None) -> str:
    """'calf', 'front of the thigh', 'not noted'."""
    return "not noted" if word is None else MUSCLE_WORDS.get(word, word)


def side(word: str | None) -> str:
    """'left', 'both sides', 'not noted'."""
    return "not noted" if word is None else SIDE_WORDS.get(word, word)


def degrees(air_temp_c: float | None, units: Units) -> str:
    """'24°' under a head that names the unit, '–' where it is not known."""
    return "–" if air_temp_c is None else f"{round(in_temperature_unit(air_temp_c, units))}°".replace("-", "−")


def way(distance_m: float | None, units: Units) -> str:
    """'25', whole kilometres or miles under a head that names them, '–' where it is not known."""
    return "–" if distance_m is None else str(round(in_distance_unit(distance_m, units)))


def score(log_loss: float) -> str:
    """Three decimals: scores of forecasts lie close together."""
    return f"{log_loss:.3f}"


def diamonds(count: int) -> str:
    """A sign a cramp, up to eight; more are told by their number alone."""
    return "◆" * count if count <= 8 else ""


def when_in_run(phase: str, onset_s: float | None) -> str:
    """'2 h 20', 'after the run', 'somewhere'."""
    if phase == "after":
        return "after the run"
    return "somewhere" if onset_s is None else format_hours(onset_s)


def told(title: str | None, note: str | None) -> str:
    """The runner's own words: 'Sunday long run · came back on the hill'."""
    return " · ".join(part for part in (title, note) if part)
