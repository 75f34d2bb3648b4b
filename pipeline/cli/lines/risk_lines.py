"""The result of `cramplog risk` as sentences and a table: the number, what it rests on, what it does not know.

Called by the verb. The numbers come from the action, some phrases from the report.
"""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.risk.air_sources import PlanAir
from pipeline.actions.risk.result import RiskAnswer, ShownPlan
from pipeline.report.numbers.heat_flags import ABOUT_HEAT, heat_flag
from pipeline.report.numbers.of_100 import OVER_95, ShownRisk, show_risk
from pipeline.report.numbers.wording import MONTHS, bare, brief, of_100, pace, pill, span
from pipeline.report.text.sentences import rest_of_it
from pipeline.report.text.warning_signs import STUDIES
from pipeline.units import Units, format_hours, format_temperature, plural

OPEN_METEO = "Weather data by Open-Meteo.com (https://open-meteo.com/, CC BY 4.0)."
WARNING = (
    "This does not check whether you are fit to run. Confusion or a collapse, chest pain, legs that give way, dark urine,"
    " a calf that stays swollen and warm: ignore the number and get help. The whole list: cramplog runner flags"
)
RED_FLAG = (
    "A warning sign is ticked, so no number is shown. Have it looked at first. After a doctor has looked at it:"
    " cramplog runner flags --clear all"
)
BEYOND = {"longer": "longer", "hotter": "hotter (WBGT)", "colder": "colder (WBGT)"}
WHY_NONE = {
    "too long": "it is more than 1.5 times as long as your longest run",
    "too hot": "it is far hotter than any of your runs",
    "too cold": "it is far colder than any of your runs",
}
NO_FORECAST = {
    "simulated": "These runs are simulated, so no forecast is fetched",
    "no place": "No place is known, so there is no forecast (give a place with --place 48.2,16.4)",
    "beyond": "The run is beyond the forecast, which ends 15 days after today",
    "off": "Requests to the weather service are switched off (CRAMPLOG_WEATHER_URL)",
    "silent": "The weather service gave no forecast",
}


HOUR_HEAD = ("start", "temperature", "of 100", "plausible", "")


def title(answer: RiskAnswer) -> str:
    """'anna: a run of 3 h, Saturday 2026-11-28 at 18:00, 24 to 19 °C, 5 % faster than your usual, as a race'."""
    plan = answer.planned_run
    parts = [f"{answer.runner.name}: a run of {format_hours(plan.planned_s)}"]
    if plan.start_local is not None:
        parts.append(when(plan.start_local))
    if answer.plan is not None and answer.plan.air_temp_c is not None:
        parts.append(_from_to(answer.plan.air_temp_c, answer.units))
    if round(plan.pace_faster_pct):
        parts.append(pace(plan.pace_faster_pct))
    return ", ".join([*parts, *(["as a race"] if plan.race else [])])


def when(local: datetime) -> str:
    """'Saturday 2026-11-28 at 18:00', in English whatever the computer's language."""
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[local.weekday()]
    return f"{day} {local:%Y-%m-%d} at {local.hour}:{local:%M}"


def withheld_lines(answer: RiskAnswer) -> list[str]:
    """Why there is no number, and what studies say instead."""
    if answer.withheld == "red flag":
        return [RED_FLAG]
    if answer.withheld == "no runs":
        return ["You have no runs here yet, so there is no personal number.", f"Studies: {STUDIES[0]}"]
    given, missing = answer.evidence.answered_runs, answer.answers_missing
    lead = f"No personal number yet: {plural(given, 'run')} answered, {missing} more needed."
    return [lead, f"What studies say: {' '.join(STUDIES[:2])}"]


def answer_lines(answer: RiskAnswer, plan: ShownPlan) -> list[str]:
    """All sentences about a plan that has an answer."""
    return [*number_lines(plan), *basis_lines(answer), *air_lines(answer), *so_far_lines(answer)]


def number_lines(plan: ShownPlan) -> list[str]:
    """The number with its range and its complement, or the range, or why there is neither; and whether it is a guess."""
    shown = show_risk(plan.shown)
    if shown.low is None or shown.high is None:
        return [f"There is no number for this run: {WHY_NONE[plan.why_none or 'too long']}."]
    beyond = " and ".join(BEYOND[word] for word in plan.beyond)
    return [_chance(shown), *([f"A rough guess: the run is {beyond} than any of yours."] if beyond else [])]


def _chance(shown: ShownRisk) -> str:
    between = span(shown.low or 0, shown.high or 0)
    if shown.of_100 is None:
        lead = f"Somewhere from {between} of 100 runs like it would bring you a cramp"
        return f"{lead} ({pill(shown)}): too uncertain for a single number."
    about = "" if shown.of_100 in (0, OVER_95) else "about "
    first = f"{about}{of_100(shown.of_100)}"
    without = (
        "more than 99" if shown.of_100 == 0 else "fewer than 5" if shown.of_100 == OVER_95 else str(100 - shown.of_100)
    )
    lead = f"{first[0].upper()}{first[1:]} runs like it would bring you a cramp (plausible: {between}), {without} would not."
    return f"{lead} On the report's scale: {pill(shown)}."


def basis_lines(answer: RiskAnswer) -> list[str]:
    """What the number rests on, if there is one."""
    if answer.plan is None or answer.plan.shown.risk is None:
        return ["These runs are simulated."] if answer.simulated else []
    cramps = plural(answer.evidence.cramps, "run") + " with a cramp" if answer.evidence.cramps else "no cramp"
    basis = f"It rests on your {plural(answer.evidence.answered_runs, 'answered run')}, {cramps}"
    rest = rest_of_it(answer.others, answer.published_evidence)
    simulated = " These runs are simulated." if answer.simulated else ""
    return [f"{basis}{rest}{simulated}"]


def so_far_lines(answer: RiskAnswer) -> list[str]:
    """How the forecasts stored before their answer turned out, and whether this one is stored."""
    past, lines = answer.so_far, []
    if past.runs:
        expected = bare(whole) if (whole := int(past.expected + 0.5)) == 0 else f"about {whole:,}"
        runs = f"{plural(past.runs, 'run')} with a forecast before the answer"
        lines.append(f"So far, of {runs}: {expected} predicted to have a cramp, {past.observed:,} had one.")
    if answer.stored:
        lines.append("This forecast is stored, and compared with your answer once the run is done.")
    return lines


def air_lines(answer: RiskAnswer) -> list[str]:
    """The source of the weather and its age, why it is no forecast, and what the heat alone means."""
    air, plan = answer.air, answer.plan
    if air is None or plan is None:
        return []
    lines = [_source(answer, air)]
    if answer.planned_run.moved_clock and answer.planned_run.start_local is not None:
        lines.append(f"The clocks change that night: the start is taken as {answer.planned_run.start_local:%H:%M}.")
    if answer.planned_run.clock.rule == "none" and answer.planned_run.start_local is not None:
        lines.append(
            "No time zone is known, so the times are UTC (set it: cramplog runner edit --home-tz Europe/Vienna)."
        )
    flag, hottest_c = heat_flag(plan.hottest_wbgt_c), plan.hottest_wbgt_c
    if flag is not None and hottest_c is not None:
        heat = format_temperature(hottest_c, answer.units)
        lines.append(f"Heat alone: WBGT up to {heat}, a {flag.colour} flag at races: {flag.advice}. {ABOUT_HEAT}")
    if hottest_c is None and air.source != "none":
        lines.append("Humidity, sun and wind are not known well enough, so the number is for mild weather.")
    return lines


def _source(answer: RiskAnswer, air: PlanAir) -> str:
    reason = f": {air.reason}" if air.reason and air.why_not else ""
    why = f"{NO_FORECAST[air.why_not]}{reason}. " if air.why_not else ""
    month = "" if answer.planned_run.start_local is None else MONTHS[answer.planned_run.start_local.month - 1]
    where = "where you usually run" if answer.planned_run.at_home else "the place you named"
    sources = {
        "given": "Temperature as you gave it; humidity, sun and wind as on your own runs at that time.",
        "forecast": f"Forecast for {where}, fetched just now. {OPEN_METEO}" + (f" {air.reason}." if air.reason else ""),
        "own month": f"Instead: the median of your own runs in {month} at these hours.",
        "usual": 'Temperature of your last runs. To use the forecast for a day: --at "tomorrow 18:00"',
        "none": "No weather is known, so the number is for mild weather.",
    }
    return why + sources[air.source]


def hour_rows(answer: RiskAnswer) -> list[list[str]]:
    """Rows of HOUR_HEAD: the same run at other hours of its day, the plan itself marked."""
    rows = []
    for plan in answer.by_hour:
        shown = show_risk(plan.shown)
        number = brief(shown.of_100) if shown.of_100 is not None else "–"
        start = "" if plan.start_local is None else f"{plan.start_local.hour}:{plan.start_local:%M}"
        temps = "" if plan.air_temp_c is None else _from_to(plan.air_temp_c, answer.units)
        between = "no number" if shown.low is None or shown.high is None else span(shown.low, shown.high)
        marks = [*(["the plan"] if plan is answer.plan else []), *(["a rough guess"] if shown.beyond else [])]
        rows.append([start, temps, number, between, ", ".join(marks)])
    return rows


def _from_to(temps_c: tuple[float, float], units: Units) -> str:
    """'24 °C', '24 to 19 °C'."""
    first, last = (format_temperature(temp, units) for temp in temps_c)
    return first if first == last else f"{first.split(' ')[0]} to {last}"


def plan_text(plan: ShownPlan) -> str:
    """'about 7 of 100 (3 to 14)', '12 to 60 of 100' or 'no number', for programs that show it."""
    shown = show_risk(plan.shown)
    if shown.low is None or shown.high is None:
        return "no number"
    if shown.of_100 is None:
        return f"{span(shown.low, shown.high)} of 100"
    about = "" if shown.of_100 in (0, OVER_95) else "about "
    return f"{about}{bare(shown.of_100)} of 100 ({span(shown.low, shown.high)})"
