"""The answer of `cramplog risk` in sentences and a table: what may be said, what it rests on, what it cannot know.

Called by the verb. The numbers come from the action, the small words from the report's.
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
    "This is no check that you are fit to run. Confusion or a collapse, chest pain, legs that give way, dark urine, a calf"
    " that stays swollen and warm: ignore the number and get help. The whole list: cramplog runner flags"
)
RED_FLAG = (
    "A warning sign is ticked, so no number is told: what counts now is that someone looks at it. When somebody who knows"
    " has: cramplog runner flags --clear all"
)
BEYOND = {"longer": "it is longer", "hotter": "its heat (WBGT) is more", "colder": "its air (WBGT) is cooler"}
WHY_NONE = {
    "too long": "there is no number: it is more than half as long again as any run of yours",
    "too hot": "there is no number: it is far hotter than any run of yours",
    "too cold": "there is no number: it is far colder than any run of yours",
}
NO_FORECAST = {
    "simulated": "These runs are simulated, so no forecast is asked for",
    "no place": "No place is known, so there is no forecast (give one with --place 48.2,16.4)",
    "beyond": "The plan lies beyond the forecast, which ends 15 days after today",
    "off": "Asking the weather service is switched off (CRAMPLOG_WEATHER_URL)",
    "silent": "The weather service gave no forecast",
}


def title(answer: RiskAnswer) -> str:
    """'anna: a run of 3 h, Saturday 2026-11-28 at 18:00, 24 to 19 °C, 5 % faster than your usual, as a race'."""
    asked = answer.planned_run
    parts = [f"{answer.runner.name}: a run of {format_hours(asked.planned_s)}"]
    if asked.start_local is not None:
        parts.append(when(asked.start_local))
    if answer.plan is not None and answer.plan.air_temp_c is not None:
        parts.append(_from_to(answer.plan.air_temp_c, answer.units))
    if round(asked.pace_faster_pct):
        parts.append(pace(asked.pace_faster_pct))
    return ", ".join([*parts, *(["as a race"] if asked.race else [])])


def when(local: datetime) -> str:
    """'Saturday 2026-11-28 at 18:00', in English whatever the machine's language."""
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[local.weekday()]
    return f"{day} {local:%Y-%m-%d} at {local.hour}:{local:%M}"


def withheld(answer: RiskAnswer) -> list[str]:
    """Why there is no number, and what there is instead."""
    if answer.withheld == "red flag":
        return [RED_FLAG]
    if answer.withheld == "no runs":
        return ["There is no run of yours here yet, so there is no number of your own.", f"Studies: {STUDIES[0]}"]
    given, missing = answer.evidence.answered_runs, answer.answers_missing
    lead = f"No number of your own yet: {plural(given, 'run')} answered, {missing} to go."
    return [lead, f"Until then, what studies say: {' '.join(STUDIES[:2])}"]


def told(plan: ShownPlan) -> list[str]:
    """The number with its range and its complement, or the range, or why there is neither; and how far it is a guess."""
    said = show_risk(plan.shown)
    if said.low is None or said.high is None:
        return [f"For this run {WHY_NONE[plan.why_none or 'too long']}."]
    guess = " and ".join(BEYOND[word] for word in plan.beyond)
    return [_chance(said), *([f"A rough guess: {guess} than on any run of yours."] if guess else [])]


def _chance(said: ShownRisk) -> str:
    between = span(said.low or 0, said.high or 0)
    if said.of_100 is None:
        return f"Somewhere from {between} of 100 runs like it would bring you a cramp ({pill(said)}): too unsure for one number."
    about = "" if said.of_100 in (0, OVER_95) else "about "
    first = f"{about}{of_100(said.of_100)}"
    without = (
        "more than 99" if said.of_100 == 0 else "fewer than 5" if said.of_100 == OVER_95 else str(100 - said.of_100)
    )
    lead = f"{first[0].upper()}{first[1:]} runs like it would bring you a cramp (plausible: {between}), {without} would not."
    return f"{lead} On the report's scale: {pill(said)}."


def basis(answer: RiskAnswer) -> list[str]:
    """What the number rests on, where there is one."""
    if answer.plan is None or answer.plan.shown.risk is None:
        return ["These runs are simulated."] if answer.simulated else []
    cramps = plural(answer.evidence.cramps, "run") + " with a cramp" if answer.evidence.cramps else "no cramp"
    own = f"It rests on your {plural(answer.evidence.answered_runs, 'answered run')}, {cramps}"
    rest = rest_of_it(answer.others, answer.published_evidence)
    simulated = " These runs are simulated." if answer.simulated else ""
    return [f"{own}{rest}{simulated}"]


def so_far(answer: RiskAnswer) -> list[str]:
    """How the forecasts kept before their answer went, and whether this is one of them."""
    past, lines = answer.so_far, []
    if past.runs:
        expected = bare(whole) if (whole := int(past.expected + 0.5)) == 0 else f"about {whole:,}"
        runs = f"{plural(past.runs, 'run')} that {'was' if past.runs == 1 else 'were'} forecast"
        lines.append(
            f"So far: of {runs} before the answer, {expected} expected to bring a cramp; {past.observed:,} did."
        )
    if answer.stored:
        lines.append("This forecast is kept, and held against what comes once you answer the run.")
    return lines


def air_lines(answer: RiskAnswer) -> list[str]:
    """Where the air comes from and how old it is, why it is no forecast, what its heat means by itself."""
    air, plan = answer.air, answer.plan
    if air is None or plan is None:
        return []
    lines = [_source(answer, air)]
    if answer.planned_run.moved_clock and answer.planned_run.start_local is not None:
        lines.append(f"The clocks leap that night: the start is taken to be {answer.planned_run.start_local:%H:%M}.")
    if answer.planned_run.clock.rule == "none" and answer.planned_run.start_local is not None:
        lines.append("No zone is known for it, so the times are UTC (cramplog runner edit --home-tz Europe/Vienna).")
    flag, hottest_c = heat_flag(plan.hottest_wbgt_c), plan.hottest_wbgt_c
    if flag is not None and hottest_c is not None:
        heat = format_temperature(hottest_c, answer.units)
        lines.append(f"Heat by itself: WBGT up to {heat}, a {flag.colour} flag at races: {flag.advice}. {ABOUT_HEAT}")
    if hottest_c is None and air.source != "none":
        lines.append("The rest of the air is not known well enough, so the number stands for mild weather.")
    return lines


def _source(answer: RiskAnswer, air: PlanAir) -> str:
    reason = f": {air.reason}" if air.reason and air.why_not else ""
    why = f"{NO_FORECAST[air.why_not]}{reason}. " if air.why_not else ""
    month = "" if answer.planned_run.start_local is None else MONTHS[answer.planned_run.start_local.month - 1]
    where = "where you usually run" if answer.planned_run.at_home else "the place you named"
    words = {
        "given": "Temperature as you gave it; the rest of the air as your own runs meet it then.",
        "forecast": f"Forecast for {where}, fetched just now. {OPEN_METEO}" + (f" {air.reason}." if air.reason else ""),
        "own month": f"Instead: the middle of your own runs in {month} at these hours.",
        "usual": 'Temperature of your last runs. For the forecast of a day: --at "tomorrow 18:00"',
        "none": "No weather is known for it, so the number stands for mild weather.",
    }
    return why + words[air.source]


def hour_rows(answer: RiskAnswer) -> list[list[str]]:
    """Start, temperature, of 100, plausible: the same run through its day, the plan itself marked."""
    rows = []
    for plan in answer.by_hour:
        said = show_risk(plan.shown)
        known = said.low is not None and said.high is not None
        number = brief(said.of_100) if said.of_100 is not None else "–"
        start = "" if plan.start_local is None else f"{plan.start_local.hour}:{plan.start_local:%M}"
        temps = "" if plan.air_temp_c is None else _from_to(plan.air_temp_c, answer.units)
        between = span(said.low, said.high) if known and said.low is not None and said.high is not None else "no number"
        marks = [*(["the plan"] if plan is answer.plan else []), *(["a rough guess"] if said.beyond else [])]
        rows.append([start, temps, number, between, ", ".join(marks)])
    return rows


def _from_to(temps_c: tuple[float, float], units: Units) -> str:
    """'24 °C', '24 to 19 °C'."""
    first, last = (format_temperature(temp, units) for temp in temps_c)
    return first if first == last else f"{first.split(' ')[0]} to {last}"


def in_words(plan: ShownPlan) -> str:
    """'about 7 of 100 (3 to 14)', '12 to 60 of 100', 'no number': for programs that show it."""
    said = show_risk(plan.shown)
    if said.low is None or said.high is None:
        return "no number"
    if said.of_100 is None:
        return f"{span(said.low, said.high)} of 100"
    about = "" if said.of_100 in (0, OVER_95) else "about "
    return f"{about}{bare(said.of_100)} of 100 ({span(said.low, said.high)})"
