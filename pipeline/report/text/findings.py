"""What the report finds in each section: headlines that are findings, the lead under them, the notes.

Called by the templates through page.py. docs/method.md#when-it-must-hold-back decides what may be found.
"""

from __future__ import annotations

from pipeline.report.numbers.counts import Basis
from pipeline.report.numbers.curves import OneCurve, TimeSection
from pipeline.report.numbers.heat import HeatSection
from pipeline.report.numbers.heat_flags import ABOUT_HEAT
from pipeline.report.numbers.shares import Share
from pipeline.report.numbers.summary import Patterns
from pipeline.report.numbers.wording import bare, clock, of_100, temp
from pipeline.report.text.warning_signs import NOT_CAUSING
from pipeline.rules import CRAMPS_FOR_COUNTS, MORNING_ENDS_H
from pipeline.units import Units, format_hours, plural


def time_headline(section: TimeSection) -> str:
    """Up to where the risk stays small; else how it climbs; else that it cannot be told."""
    if section.under_ten_throughout:
        return "On runs as long as yours, your risk stays under 10 of 100"
    if section.under_ten_s is not None:
        return f"Up to {format_hours(section.under_ten_s)} your risk stays under 10 of 100"
    if section.climb is None:
        return "The longer the run, the less sure the number"
    return f"Your risk climbs with time, from {bare(section.climb[0])} to {of_100(section.climb[1])}"


def time_lead(section: TimeSection) -> str:
    """What the chart shows."""
    lead = "Chance of a cramp in a run of that length, of 100 runs like it. Shaded: the plausible range."
    return f"{lead} Each ◆ is one of your cramps." if section.onsets_s else lead


def time_notes(section: TimeSection, units: Units) -> tuple[str, ...]:
    """When own cramps came, and what the hatching means."""
    notes = []
    if section.under_ten_s is not None:
        notes.append("“Under 10 of 100” holds for the upper end of the plausible range as well.")
    if len(section.onsets_s) == 1:
        notes.append(f"Your one cramp came after {format_hours(section.onsets_s[0])} of running.")
    elif section.onsets_s:
        earliest = format_hours(section.onsets_s[0])
        notes.append(f"The earliest of your {len(section.onsets_s)} cramps came after {earliest} of running.")
    if section.hatched:
        notes.append(f"Hatched: longer than your longest run ({format_hours(section.longest_s)}), a rough guess.")
    if section.guessed_temps:
        temps = " and ".join(temp(t, units) for t in section.guessed_temps)
        notes.append(f"{temps} is beyond the weather of your own runs, a rough guess as well.")
    if section.any_range:
        notes.append("Where only the shaded range is drawn, it is too wide for one number.")
    return tuple(notes)


def heat_headline(section: HeatSection, patterns: Patterns) -> str:
    """The one claim that is allowed, else which of the two weighs more in the table."""
    if "heat" in patterns.claims:
        return "Your cramps came more often on warmer runs"
    if section.heat_times is None or section.time_times is None:
        return "Heat and time, side by side"
    more = section.time_times > section.heat_times
    return "Time weighs more than heat in your numbers" if more else "Heat weighs as much as time in your numbers"


def heat_notes(section: HeatSection) -> tuple[str, ...]:
    """Where own cramps lie in the table, and what it does not cover."""
    notes = []
    if section.onsets and section.marked < section.onsets:
        notes.append(f"{section.marked} of your {plural(section.onsets, 'cramp')} fall into this table.")
    notes.append("This is about cramps only. Heat has its own dangers, whatever the number says.")
    return tuple(notes)


def heat_by_itself(section: HeatSection, units: Units) -> str:
    """Own runs under the colours of heat that races fly; empty where none was that warm."""
    if not section.flags:
        return ""
    counted = "; ".join(
        f"{plural(runs, 'run')} under {flag.colour} (from WBGT {temp(flag.from_c, units)} on: {flag.asks})"
        for flag, runs in section.flags
    )
    return f"Heat by itself, by the flags that races fly: {counted}. {ABOUT_HEAT}"


def no_heat_headline(basis: Basis) -> str:
    """Why there is no table: no weather, temperatures only, or not enough of it."""
    if basis.runs_with_weather == 0:
        return "Heat: no weather for your runs yet"
    if basis.runs_with_wbgt == 0:
        return "Heat: only the temperature of your runs is known, not the whole weather"
    return f"Heat: the weather of {basis.runs_with_wbgt} of {plural(basis.runs, 'run')} is not enough"


def usual_run(section: OneCurve, units: Units) -> str:
    """'A run of 1 h 30 at 18 °C': the run a curve is drawn for."""
    words = f"A run of {format_hours(section.planned_s)}"
    return words if section.air_temp_c is None else f"{words} at {temp(section.air_temp_c, units)}"


def hour_headline(patterns: Patterns) -> str:
    """Never a claim: no rule for the time of day was good enough."""
    return "Time of day: no clear link" if patterns.shown else "Time of day: too early to tell"


def hour_lead(section: OneCurve, units: Units) -> str:
    """What the curve by start hour rests on."""
    lead = f"{usual_run(section, units)}, by the hour it starts."
    return f"{lead} No study of this was found, so the line begins flat and only your own runs can bend it."


def pace_headline(patterns: Patterns) -> str:
    """The one claim that is allowed, else what studies say."""
    if "pace" in patterns.claims:
        return "Your cramps came more often on faster runs"
    return "A faster pace goes along with more cramps, in studies"


def pace_lead(section: OneCurve, units: Units) -> str:
    """What the curve by pace rests on."""
    lead = f"{usual_run(section, units)}, by its pace against your usual."
    return f"{lead} In two race studies athletes who cramped had raced faster than similarly prepared ones."


def heat_patterns(patterns: Patterns, units: Units) -> tuple[str, ...]:
    """Own warm runs, counted for and against."""
    if patterns.warm is None:
        return ()
    what = f"At {temp(patterns.warm.threshold, units)} or warmer"
    return _counted(patterns, patterns.warm, what, "heat" in patterns.claims)


def pace_notes(patterns: Patterns) -> tuple[str, ...]:
    """Own fast runs, counted for and against."""
    if patterns.fast is None:
        return ()
    return _counted(patterns, patterns.fast, "Faster than your usual", "pace" in patterns.claims)


def hour_notes(patterns: Patterns) -> tuple[str, ...]:
    """Own morning runs, counted for and against, or from when on they are."""
    if patterns.morning is not None:
        return _counted(patterns, patterns.morning, f"Started before {clock(MORNING_ENDS_H)}", False)
    if patterns.shown or not patterns.cramp_runs:
        return ()
    have = f"so far there {'is' if patterns.cramp_runs == 1 else 'are'} {patterns.cramp_runs}"
    return (f"Your runs with a cramp are counted for and against from {CRAMPS_FOR_COUNTS} on; {have}.",)


def _counted(patterns: Patterns, share: Share, what: str, claimed: bool) -> tuple[str, ...]:
    """The counts with their control counts, and how little they prove."""
    with_cramp = f"{share.cramp_with} of your {plural(share.cramp_known, 'run')} with a cramp"
    counts = f"{what}: {with_cramp}, and {share.other_with} of your {share.other_known} other answered runs."
    if claimed:
        return (f"{counts} {NOT_CAUSING}",)
    doubt = "This could be chance, or such runs may be your longer ones."
    return (f"{counts} {doubt}{' There may also be a link we have missed.' if patterns.could_miss else ''}",)
