"""What the report finds in each section: headlines that are findings, the lead under them, the notes.

Called by the templates through page.py. What may be found at all is decided by MODEL.md's table.
"""

from __future__ import annotations

from pipeline.report.counts import Basis
from pipeline.report.curves import OneCurve, TimeSection
from pipeline.report.heat import HeatSection
from pipeline.report.heat_flags import ABOUT_HEAT
from pipeline.report.kept_record import KeptRecord
from pipeline.report.looking_back import ENOUGH_CRAMPS, ForecastGroup, LookingBack
from pipeline.report.shares import Share
from pipeline.report.summary import Patterns
from pipeline.report.warning_signs import NOT_CAUSING
from pipeline.report.words import bare, of_100, plural, temp
from pipeline.units import Units, format_hours

PATTERN_CRAMPS = 5  # as MODEL.md's table decides; said here, decided by the permission
RIVAL_WORDS = {
    "own rate": "a runner's plain share of runs with a cramp",
    "level and shape": "a runner's own level on the usual curve of time",
    "logistic": "a simple curve over planned runs",
    "everyone alike": "one number for all runners alike",
}


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
        return _counted(patterns, patterns.morning, "Started before 10:00", False)
    if patterns.shown or not patterns.cramp_runs:
        return ()
    have = f"so far there {'is' if patterns.cramp_runs == 1 else 'are'} {patterns.cramp_runs}"
    return (f"Your runs with a cramp are counted for and against from {PATTERN_CRAMPS} on; {have}.",)


def _counted(patterns: Patterns, share: Share, what: str, claimed: bool) -> tuple[str, ...]:
    """The counts with their control counts, and how little they prove."""
    with_cramp = f"{share.cramp_with} of your {plural(share.cramp_known, 'run')} with a cramp"
    counts = f"{what}: {with_cramp}, and {share.other_with} of your {share.other_known} other answered runs."
    if claimed:
        return (f"{counts} {NOT_CAUSING}",)
    doubt = "This could be chance, or such runs may be your longer ones."
    return (f"{counts} {doubt}{' There may also be a link we have missed.' if patterns.could_miss else ''}",)


def group_name(group: ForecastGroup) -> str:
    """'0 to 4', '35 and more'."""
    return f"{group.from_of_100} and more" if group.to_of_100 is None else f"{group.from_of_100} to {group.to_of_100}"


def back_headline(back: LookingBack | None, kept: KeptRecord | None) -> str:
    """Expected against came, unless either record is off."""
    if (back and back.off) or (kept and kept.off):
        return "Had we told you then: our numbers have been off"
    if back is None:
        return "Had we told you then: too early to say"
    return f"Had we told you then: {bare(back.expected)} expected, {back.came} came"


def back_verdict(back: LookingBack) -> tuple[str, ...]:
    """The record in words: the sums, the comparison with simpler ways, how much it proves."""
    about = "fewer than 1 run" if back.expected == 0 else f"about {plural(back.expected, 'run')}"
    over = f"Over {plural(back.runs, 'answered run')} we would have expected {about} with a cramp"
    lines = [f"{over}; {back.came} came."]
    if back.off:
        lines.append("That is further apart than chance explains, so take the numbers here with caution.")
    if back.rivals:
        lines.append(_against_rivals(back))
    if not back.enough:
        lines.append(f"It takes about {ENOUGH_CRAMPS} cramps to say how good forecasts are, so this says little yet.")
    return tuple(lines)


def _against_rivals(back: LookingBack) -> str:
    of_whom = "your runs" if back.scored_runners == 1 else f"the runs of {plural(back.scored_runners, 'runner')}"
    where = f"On {of_whom} ({back.scored_runs:,} forecasts)"
    closer = [RIVAL_WORDS[rival.name] for rival in back.rivals if rival.came_closer]
    if not closer:
        return f"{where} ours came closer than {plural(len(back.rivals), 'simpler way')} of forecasting."
    return f"{where} {' and '.join(closer)} came closer than ours did."
