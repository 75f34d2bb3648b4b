"""The report's sentences: values in, plain sentences out. The page shows `**...**` in bold.

Called by the templates through page.py. Headlines are findings; docs/method.md#when-it-must-hold-back decides what may be
found.
"""

from __future__ import annotations

from pipeline.report.numbers.counts import Basis, MuscleTable
from pipeline.report.numbers.facts import Others
from pipeline.report.numbers.of_100 import OVER_95, ShownRisk
from pipeline.report.numbers.summary import Answers, PlanCard, RiskReport, Short
from pipeline.report.numbers.wording import clock, days_between, muscle, of_100, pace, span, temp
from pipeline.units import Units, format_hours, plural

RECORDERS = {"watch": "your watch", "strava export": "your Strava export", "apple health": "Apple Health"}
SURE_LEVELS = {4: "Quite sure", 3: "Fairly sure", 2: "Somewhat sure", 1: "Not sure yet"}
BEYOND_PHRASES = {
    "longer": "longer than any of your runs",
    "hotter": "in more heat (WBGT) than any of your runs",
    "colder": "in cooler air (WBGT) than any of your runs",
}


def without(card: PlanCard) -> str:
    """The complement: '78 of 100 without a cramp'; empty for a range."""
    if card.without is None:
        return ""
    if card.shown.of_100 == 0:
        return "more than 99 of 100 without a cramp"
    if card.shown.of_100 == OVER_95:
        return "fewer than 5 of 100 without a cramp"
    return f"{card.without} of 100 without a cramp"


def describe_run(card: PlanCard, units: Units) -> str:
    """'3 h at 24 °C, 5 % faster than your usual, as a race': only what is known and unusual."""
    parts = format_hours(card.planned_s)
    if card.air_temp_c is not None:
        parts += f" at {temp(card.air_temp_c, units)}"
    if round(card.pace_faster_pct):
        parts += f", {pace(card.pace_faster_pct)}"
    return parts + (", as a race" if card.race else "")


def describe_change(short: Short, units: Units) -> str:
    """What differs in the compared run: 'at 14 °C', '2 h long', 'at your usual pace'."""
    if short.compared is None:
        return ""
    run = short.compared
    changes = {
        "duration": f"{format_hours(run.planned_s)} long",
        "temperature": f"at {temp(run.air_temp_c, units)}" if run.air_temp_c is not None else "without its weather",
        "pace": pace(run.pace_faster_pct),
        "start": "started at another hour" if run.start_hour is None else f"started at {clock(run.start_hour)}",
        "race": "as a race" if run.race else "as training",
    }
    return changes.get(short.changed or "", "unchanged")


def chance(shown: ShownRisk) -> str:
    """The middle of a sentence: 'about **22 of 100**', 'anywhere from **12 to 60 of 100**', with the marks for bold."""
    if shown.of_100 is not None:
        return f"{'' if shown.of_100 in (0, OVER_95) else 'about '}**{of_100(shown.of_100)}**"
    if shown.low is None or shown.high is None:
        return "no number"
    return f"anywhere from **{span(shown.low, shown.high)} of 100**"


def in_short(short: Short, units: Units) -> tuple[str, ...]:
    """One or two sentences with the two numbers."""
    plan = short.plan
    if plan.shown.form == "nothing":
        return (
            f"For a run of **{describe_run(plan, units)}** there is no number: it is too far from any of your runs.",
        )
    first = f"For a run of **{describe_run(plan, units)}**: {chance(plan.shown)} runs like it would bring you a cramp."
    if short.compared is None or short.compared.shown.form == "nothing":
        return (first,)
    return first, f"For the same run, but **{describe_change(short, units)}**: {chance(short.compared.shown)}."


def basis(b: Basis) -> str:
    """The grey sentence under the headline."""
    if b.first_on is None or b.last_on is None:
        return "You have no runs here yet."
    cramps = (
        f"with {plural(b.cramps, 'cramp')} in {b.runs_with_cramp} of them" if b.cramps else "with no cramp recorded"
    )
    start = f"Based on {plural(b.runs, 'run')} {days_between(b.first_on, b.last_on)}, {cramps}."
    return f"{start} You answered “cramp or no cramp?” for {b.answered} of the runs."


def _weather_coverage(b: Basis) -> str:
    lead = f"The weather is known for {b.runs_with_weather} of {plural(b.runs, 'run')}"
    temp_only = b.runs_with_weather - b.runs_with_wbgt
    return f"{lead}, for {temp_only} of them only as a temperature." if temp_only else f"{lead}."


def asides(b: Basis) -> tuple[str, ...]:
    """What the numbers leave out or lack, one sentence per item; empty if nothing."""
    lines = []
    if b.runs and b.runs_with_wbgt < b.runs:
        lines.append(_weather_coverage(b))
    if b.tightness:
        lines.append(f"Tightness ({plural(b.tightness, 'time')}) is recorded but does not count as a cramp.")
    if b.cramps_after:
        lines.append(f"{plural(b.cramps_after, 'cramp')} after a run: shown below, but not part of the numbers.")
    if b.other_activities:
        many = plural(b.other_activities, "activity", "activities")
        cramps = f" (with {plural(b.cramps_elsewhere, 'cramp')})" if b.cramps_elsewhere else ""
        lines.append(f"{many} of other sports{cramps}: not part of the numbers.")
    return tuple(lines)


def sureness(short: Short, b: Basis) -> tuple[str, ...]:
    """What the number rests on, and what would narrow its range."""
    cramps = plural(b.cramps, "cramp") if b.cramps else "no cramp"
    lead = f"The number rests on your {plural(b.answered, 'answered run')} with {cramps}"
    sentence = f"{lead}{rest_of_it(short.others, short.published_evidence)}"
    return sentence, "Every answered run narrows the range. Runs without a cramp count just as much."


def rest_of_it(others: Others, published_evidence: bool) -> str:
    """The end of a sentence about what a number rests on, after the runner's own runs."""
    logs = f"{plural(others.runs, 'run')} of {plural(others.runners, 'other runner')}"
    if not others.runners:
        return ", and for the rest on published studies, not on other runners here."
    if published_evidence:
        return f", and for the rest on published studies. The {logs} recorded here add a little."
    return f", on {logs} recorded here, and on published studies."


def missing_headline(answers: Answers) -> str:
    """'4 more answers to your personal number'."""
    return f"{plural(answers.missing, 'more answer')} to your personal number"


def missing(answers: Answers) -> str:
    """'You have 6 of 10 answered runs. 4 to go.'"""
    return f"You have {answers.given} of {answers.needed} answered runs. {answers.missing} to go."


def where_lead(table: MuscleTable) -> str:
    """'7 of 9 cramps were in the calf, 5 of those on the left.'"""
    if table.top_muscle is None:
        return f"{plural(table.total, 'cramp')}; the muscle is not recorded."
    sides = {"left": " on the left", "right": " on the right", "both": " on both sides"}
    if table.total == 1:
        return f"Your one cramp was in the {muscle(table.top_muscle)}{sides.get(table.top_side or '', '')}."
    lead = f"{table.top_count} of {table.total} cramps were in the {muscle(table.top_muscle)}"
    if table.top_side is None:
        return f"{lead}."
    how_many = "all" if table.top_side_count == table.top_count else f"{table.top_side_count} of those"
    return f"{lead}, {how_many}{sides[table.top_side]}."


def headline(report: RiskReport) -> str:
    """The first line of the page."""
    endings = {
        "number": "here is your cramp risk",
        "not enough": "not enough data yet",
        "no runs": "no runs yet",
        "red flag": "please see a doctor first",
    }
    return f"{report.runner}, {endings[report.state]}"


def card_title(short: Short, compared: bool) -> str:
    """'Your planned run', 'Your usual run', 'The same run, but'."""
    if compared:
        return "The same run, but"
    return "Your planned run" if short.plan_given else "Your usual run"


def beyond(card: PlanCard) -> str:
    """'longer than any of your runs: a rough guess', or why there is no number; empty inside the runner's own runs."""
    if card.shown.form == "nothing":
        return "too far from any of your runs for a number"
    return f"{' and '.join(BEYOND_PHRASES[key] for key in card.beyond)}: a rough guess" if card.beyond else ""


def icon_legend(short: Short) -> tuple[tuple[str, str], ...]:
    """(kind of sign, its meaning), as the cards on the page use them."""
    forms = {card.shown.form for card in (short.plan, short.compared) if card is not None}
    filled = {True: "best estimate, or lower end of a range", False: "best estimate"}["range" in forms]
    if "number" not in forms:
        filled = "lower end of the range"
    return (
        ("yes", f"a run with a cramp ({filled})"),
        ("maybe", "could be a cramp too (upper end)"),
        ("no", "a run without a cramp"),
    )


def weather_source(report: RiskReport) -> str:
    """The sources of the weather, without open-meteo, which the page names with a link; and what may still change."""
    providers = [name for name in report.provenance.weather_providers if name != "open-meteo"]
    services = [name for name in providers if name not in RECORDERS]
    recorders = [phrase for name, phrase in RECORDERS.items() if name in providers]
    lines = [f"Weather: {', '.join(services)}."] if services else []
    if provisional := report.provenance.provisional_runs:
        lines.append(f"The weather of {plural(provisional, 'run')} is provisional: its source may still correct it.")
    if recorders:
        lines.append(
            f"Where there is no hourly weather, the temperature is the one from {' or '.join(recorders)}. It does not "
            "include the sun, so the model learns nothing about heat from it."
        )
    return " ".join(lines)
