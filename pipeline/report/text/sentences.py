"""The report's sentences: values in, plain sentences out. `**...**` marks what the page sets in bold.

Called by the templates through page.py. Headlines are findings;
docs/method.md#when-it-must-hold-back decides what may be found.
"""

from __future__ import annotations

from pipeline.report.numbers.counts import Basis, Where
from pipeline.report.numbers.facts import Others
from pipeline.report.numbers.of_100 import ABOVE, Said
from pipeline.report.numbers.summary import Answers, PlanCard, RiskReport, Short
from pipeline.report.numbers.wording import clock, days_between, muscle, of_100, pace, span, temp
from pipeline.units import Units, format_hours, plural

CARRIED_WORDS = {"watch": "your watch", "strava export": "your Strava export", "apple health": "Apple Health"}
SURE_WORDS = {4: "Quite sure", 3: "Fairly sure", 2: "Somewhat sure", 1: "Not sure yet"}
BEYOND_WORDS = {
    "longer": "longer than any run of yours",
    "hotter": "in more heat (WBGT) than any run of yours",
    "colder": "in cooler air (WBGT) than any run of yours",
}


def without(card: PlanCard) -> str:
    """The complement: '78 of 100 without a cramp'; empty for a range."""
    if card.without is None:
        return ""
    if card.said.of_100 == 0:
        return "more than 99 of 100 without a cramp"
    if card.said.of_100 == ABOVE:
        return "fewer than 5 of 100 without a cramp"
    return f"{card.without} of 100 without a cramp"


def run_words(card: PlanCard, units: Units) -> str:
    """'3 h at 24 °C, 5 % faster than your usual, as a race': only what is known and not the usual."""
    words = format_hours(card.planned_s)
    if card.air_temp_c is not None:
        words += f" at {temp(card.air_temp_c, units)}"
    if round(card.pace_faster_pct):
        words += f", {pace(card.pace_faster_pct)}"
    return words + (", as a race" if card.race else "")


def changed_words(short: Short, units: Units) -> str:
    """What differs in the compared run: 'at 14 °C', '2 h long', 'at your usual pace'."""
    if short.compared is None:
        return ""
    other = short.compared
    words = {
        "duration": f"{format_hours(other.planned_s)} long",
        "temperature": f"at {temp(other.air_temp_c, units)}" if other.air_temp_c is not None else "without its weather",
        "pace": pace(other.pace_faster_pct),
        "start": "started at another hour" if other.start_hour is None else f"started at {clock(other.start_hour)}",
        "race": "as a race" if other.race else "as training",
    }
    return words.get(short.changed or "", "unchanged")


def chance(said: Said) -> str:
    """The middle of a sentence: 'about **22 of 100**', '**fewer than 1 to 40 of 100**', with its marks."""
    if said.of_100 is not None:
        return f"{'' if said.of_100 in (0, ABOVE) else 'about '}**{of_100(said.of_100)}**"
    if said.low is None or said.high is None:
        return "no number"
    return f"somewhere from **{span(said.low, said.high)} of 100**"


def in_short(short: Short, units: Units) -> tuple[str, ...]:
    """One or two sentences with the two numbers."""
    plan = short.plan
    if plan.said.say == "nothing":
        return (f"For a run of **{run_words(plan, units)}** there is no number: it is far from any run of yours.",)
    first = f"On a run of **{run_words(plan, units)}**, {chance(plan.said)} runs like it would bring you a cramp."
    if short.compared is None or short.compared.said.say == "nothing":
        return (first,)
    return first, f"On the same run, but **{changed_words(short, units)}**, {chance(short.compared.said)}."


def basis(b: Basis) -> str:
    """The grey sentence under the headline."""
    if b.first_on is None or b.last_on is None:
        return "There is no run of yours here yet."
    cramps = f"{plural(b.cramps, 'cramp')} in {b.runs_with_cramp} of those runs" if b.cramps else "no cramp recorded"
    start = f"From {plural(b.runs, 'run')} {days_between(b.first_on, b.last_on)}, {cramps}."
    return f"{start} You answered “cramp or no cramp?” for {b.answered} of them."


def _weather_known(b: Basis) -> str:
    known = f"The weather is known for {b.runs_with_weather} of {plural(b.runs, 'run')}"
    temp_only = b.runs_with_weather - b.runs_with_wbgt
    return f"{known}, for {temp_only} of them only as a temperature." if temp_only else f"{known}."


def asides(b: Basis) -> tuple[str, ...]:
    """What the basis leaves out or lacks, a sentence each, only where there is something."""
    lines = []
    if b.runs and b.runs_with_wbgt < b.runs:
        lines.append(_weather_known(b))
    if b.tightness:
        lines.append(f"Tightness ({plural(b.tightness, 'time')}) is kept but not counted as a cramp.")
    if b.cramps_after:
        lines.append(f"{plural(b.cramps_after, 'cramp')} after a run, shown below but not part of the numbers.")
    if b.other_activities:
        many = plural(b.other_activities, "activity", "activities")
        more = f", with {plural(b.cramps_elsewhere, 'cramp')}" if b.cramps_elsewhere else ""
        lines.append(f"{many} of other sports{more}, not part of the numbers.")
    return tuple(lines)


def sureness(short: Short, b: Basis) -> tuple[str, ...]:
    """What the number rests on, and what would narrow it."""
    cramps = plural(b.cramps, "cramp") if b.cramps else "no cramp"
    own = f"It rests on your {plural(b.answered, 'answered run')} with {cramps}"
    lead = f"{own}{rest_of_it(short.others, short.published_evidence)}"
    return lead, "Every answered run narrows the range. Runs without a cramp count just as much."


def rest_of_it(others: Others, published_evidence: bool) -> str:
    """The end of a sentence on the runner's own part: ', and for the rest on published studies, ...'."""
    logs = f"{plural(others.runs, 'run')} of {plural(others.runners, 'other runner')}"
    if not others.runners:
        return ", and for the rest on published studies, not on other runners here."
    if published_evidence:
        return f", and for the rest on published studies; {logs} whose logs are here add a little."
    return f", on {logs} whose logs are here, and on published studies."


def missing_headline(answers: Answers) -> str:
    """'4 more answers to a number of your own'."""
    return f"{plural(answers.missing, 'more answer')} to a number of your own"


def missing(answers: Answers) -> str:
    """'6 of 10 answered runs. 4 more to go.'"""
    return f"{answers.given} of {answers.needed} answered runs that it takes. {answers.missing} to go."


def where_lead(w: Where) -> str:
    """'7 of 9 cramps were in the calf, 5 of those on the left.'"""
    if w.top_muscle is None:
        return f"{plural(w.total, 'cramp')}, without a note of the muscle."
    places = {"left": " on the left", "right": " on the right", "both": " on both sides"}
    if w.total == 1:
        return f"Your one cramp was in the {muscle(w.top_muscle)}{places.get(w.top_side or '', '')}."
    lead = f"{w.top_count} of {w.total} cramps were in the {muscle(w.top_muscle)}"
    if w.top_side is None:
        return f"{lead}."
    how_many = "all" if w.top_side_count == w.top_count else f"{w.top_side_count} of those"
    return f"{lead}, {how_many}{places[w.top_side]}."


def headline(report: RiskReport) -> str:
    """The page's first line."""
    words = {
        "number": "here is your cramp risk",
        "not enough": "not enough yet",
        "no runs": "no run yet",
        "red flag": "please see a doctor first",
    }
    return f"{report.runner}, {words[report.state]}"


def card_title(short: Short, compared: bool) -> str:
    """'Your planned run', 'Your usual run', 'The same run'."""
    if compared:
        return "The same run, but"
    return "Your planned run" if short.plan_asked else "Your usual run"


def beyond(card: PlanCard) -> str:
    """'longer than any run of yours: a rough guess', or why there is no number; empty inside the own
    experience.
    """
    if card.said.say == "nothing":
        return "too far from any run of yours for a number"
    return f"{' and '.join(BEYOND_WORDS[way] for way in card.beyond)}: a rough guess" if card.beyond else ""


def icon_legend(short: Short) -> tuple[tuple[str, str], ...]:
    """(kind of sign, its words), as the cards on the page use them."""
    ways = {card.said.say for card in (short.plan, short.compared) if card is not None}
    filled = {True: "best estimate, or lower end of a range", False: "best estimate"}["range" in ways]
    if "number" not in ways:
        filled = "lower end of the range"
    return (
        ("yes", f"a run with a cramp ({filled})"),
        ("maybe", "could be a cramp too (upper end)"),
        ("no", "a run without a cramp"),
    )


def weather_source(report: RiskReport) -> str:
    """Where the weather came from, but for the service that has to be named with a link; and what is not settled of it."""
    named = [name for name in report.provenance.weather_providers if name != "open-meteo"]
    hours = [name for name in named if name not in CARRIED_WORDS]
    carried = [words for name, words in CARRIED_WORDS.items() if name in named]
    lines = [f"Weather: {', '.join(hours)}."] if hours else []
    if provisional := report.provenance.provisional_runs:
        lines.append(f"The weather of {plural(provisional, 'run')} is provisional: its source may still correct it.")
    if carried:
        lines.append(
            f"Where no weather hours are known, the temperature is what {' or '.join(carried)} said. That knows nothing of "
            "the sun, so the model learns nothing about heat from it."
        )
    return " ".join(lines)
