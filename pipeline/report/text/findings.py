"""What the report finds in each section: headlines that are findings, the lead sentence under them, the notes.

Called by the templates through page.py. docs/method.md#when-it-must-hold-back decides what may be found.
"""

from __future__ import annotations

from pipeline.report.numbers.counts import Basis
from pipeline.report.numbers.curves import SingleCurve, TimeSection
from pipeline.report.numbers.heat import HeatSection
from pipeline.report.numbers.heat_flags import ABOUT_HEAT
from pipeline.report.numbers.shares import RunShares
from pipeline.report.numbers.summary import Patterns
from pipeline.report.numbers.wording import bare, clock, of_100, temp
from pipeline.report.text.warning_signs import NOT_CAUSING
from pipeline.rules import CRAMPS_FOR_COUNTS, MORNING_ENDS_H
from pipeline.units import Units, format_hours, plural


def time_headline(section: TimeSection) -> str:
    """How long the risk stays small; else how it climbs; else that the number gets less certain."""
    if section.under_ten_throughout:
        return "On runs as long as yours, your risk stays under 10 of 100"
    if section.under_ten_s is not None:
        return f"Up to {format_hours(section.under_ten_s)} your risk stays under 10 of 100"
    if section.climb is None:
        return "The longer the run, the less certain the number"
    return f"Your risk climbs with time, from {bare(section.climb[0])} to {of_100(section.climb[1])}"


def time_lead(section: TimeSection) -> str:
    """What the chart shows."""
    lead = "How many of 100 runs of each length would bring you a cramp. Shaded: the plausible range."
    return f"{lead} Each ◆ is one of your cramps." if section.onsets_s else lead


def time_notes(section: TimeSection, units: Units) -> tuple[str, ...]:
    """When the runner's cramps came, and what the hatching means."""
    notes = []
    if section.under_ten_s is not None:
        notes.append("“Under 10 of 100” holds for the upper end of the plausible range as well.")
    if len(section.onsets_s) == 1:
        notes.append(f"Your one cramp came after {format_hours(section.onsets_s[0])} of running.")
    elif section.onsets_s:
        earliest = format_hours(section.onsets_s[0])
        notes.append(f"The earliest of your {len(section.onsets_s)} cramps came after {earliest} of running.")
    if section.hatched:
        notes.append(f"Hatched: longer than your longest run ({format_hours(section.longest_s)}), so a rough guess.")
    if section.guessed_temps:
        temps = " and ".join(temp(t, units) for t in section.guessed_temps)
        verb = "is" if len(section.guessed_temps) == 1 else "are"
        notes.append(f"{temps} {verb} outside the weather of your own runs, so a rough guess as well.")
    if section.any_range:
        notes.append("Where only the shaded range is drawn, it is too wide for one number.")
    return tuple(notes)


def heat_headline(section: HeatSection, patterns: Patterns) -> str:
    """The claim, where it is allowed; else which of the two weighs more in the table."""
    if "heat" in patterns.claims:
        return "Your cramps came more often on warmer runs"
    if section.heat_times is None or section.time_times is None:
        return "Heat and time, side by side"
    more = section.time_times > section.heat_times
    return "Time weighs more than heat in your numbers" if more else "Heat weighs as much as time in your numbers"


def heat_notes(section: HeatSection) -> tuple[str, ...]:
    """How many of the runner's cramps lie in the table, and what it does not cover."""
    notes = []
    if section.onsets and section.marked < section.onsets:
        notes.append(f"{section.marked} of your {plural(section.onsets, 'cramp')} fall into this table.")
    notes.append("This is about cramps only. Heat has its own dangers, whatever the number says.")
    return tuple(notes)


def heat_by_itself(section: HeatSection, units: Units) -> str:
    """The runner's runs under the heat colours of races; empty if none was that warm."""
    if not section.flags:
        return ""
    counted = "; ".join(
        f"{plural(runs, 'run')} under {flag.colour} (WBGT {temp(flag.from_c, units)} or more: {flag.advice})"
        for flag, runs in section.flags
    )
    return f"Heat itself, by the flags used at races: {counted}. {ABOUT_HEAT}"


def no_heat_headline(basis: Basis) -> str:
    """Why there is no table: no weather, temperatures only, or not enough of it."""
    if basis.runs_with_weather == 0:
        return "Heat: no weather for your runs yet"
    if basis.runs_with_wbgt == 0:
        return "Heat: only the temperature of your runs is known, not the full weather"
    return f"Heat: the weather of {basis.runs_with_wbgt} of {plural(basis.runs, 'run')} is not enough"


def usual_run(section: SingleCurve, units: Units) -> str:
    """'A run of 1 h 30 at 18 °C': the run a curve is drawn for."""
    run = f"A run of {format_hours(section.planned_s)}"
    return run if section.air_temp_c is None else f"{run} at {temp(section.air_temp_c, units)}"


def hour_headline(patterns: Patterns) -> str:
    """No claim: no rule for the time of day was good enough."""
    return "Time of day: no clear link" if patterns.shown else "Time of day: too early to tell"


def hour_lead(section: SingleCurve, units: Units) -> str:
    """What the curve by start hour rests on."""
    lead = f"{usual_run(section, units)}, by its start time."
    return f"{lead} We found no study of this, so the line starts flat and only your own runs can change it."


def pace_headline(patterns: Patterns) -> str:
    """The claim, where it is allowed; else what studies say."""
    if "pace" in patterns.claims:
        return "Your cramps came more often on faster runs"
    return "A faster pace goes along with more cramps, in studies"


def pace_lead(section: SingleCurve, units: Units) -> str:
    """What the curve by pace rests on."""
    lead = f"{usual_run(section, units)}, by its pace compared with your usual pace."
    return f"{lead} In two race studies, athletes who cramped had raced faster than athletes with similar preparation."


def heat_patterns(patterns: Patterns, units: Units) -> tuple[str, ...]:
    """Warm runs among the runs with a cramp and among the others."""
    if patterns.warm is None:
        return ()
    what = f"At {temp(patterns.warm.threshold, units)} or warmer"
    return _counted(patterns, patterns.warm, what, "heat" in patterns.claims)


def pace_notes(patterns: Patterns) -> tuple[str, ...]:
    """Fast runs among the runs with a cramp and among the others."""
    if patterns.fast is None:
        return ()
    return _counted(patterns, patterns.fast, "Faster than your usual pace", "pace" in patterns.claims)


def hour_notes(patterns: Patterns) -> tuple[str, ...]:
    """Morning runs among the runs with a cramp and among the others, or how many runs this comparison needs."""
    if patterns.morning is not None:
        return _counted(patterns, patterns.morning, f"Started before {clock(MORNING_ENDS_H)}", False)
    if patterns.shown or not patterns.cramp_runs:
        return ()
    needed = f"From {CRAMPS_FOR_COUNTS} runs with a cramp on, your morning starts are compared with your other runs"
    return (f"{needed}; so far you have {patterns.cramp_runs}.",)


def _counted(patterns: Patterns, shares: RunShares, what: str, claimed: bool) -> tuple[str, ...]:
    """The counts with their control counts, and how little they prove."""
    with_cramp = f"{shares.cramp_runs_with} of your {plural(shares.cramp_runs, 'run')} with a cramp"
    controls = f"{shares.control_runs_with} of your {shares.control_runs} other answered runs"
    counts = f"{what}: {with_cramp}, and {controls}."
    if claimed:
        return (f"{counts} {NOT_CAUSING}",)
    doubt = "This could be chance, or such runs may be your longer ones."
    return (f"{counts} {doubt}{' There may also be a link we have missed.' if patterns.could_miss else ''}",)
