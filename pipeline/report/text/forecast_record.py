"""How good the forecasts were, in sentences: forecasts of past runs computed afterwards, and forecasts stored before an answer.

Called by the templates through page.py.
"""

from __future__ import annotations

from pipeline.report.numbers.forecast_record import KindOutcome, TrackRecord
from pipeline.report.numbers.looking_back import ForecastGroup, LookingBack
from pipeline.report.numbers.wording import bare
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS
from pipeline.units import plural

RIVAL_NAMES = {
    "own rate": "own rate of cramps per hour",
    "level and shape": "own level on the curve from studies",
    "logistic": "the planned duration alone",
    "everyone alike": "the same model for all runners",
}
KIND_NAMES = {"automatic": "for new runs", "asked": "for plans you asked about"}
TOO_FEW = f"It takes about {CRAMPS_TO_JUDGE_FORECASTS} cramps to say how good forecasts are, so this says little yet."


def group_name(group: ForecastGroup) -> str:
    """'0 to 4', '35 and more'."""
    return f"{group.from_of_100} and more" if group.to_of_100 is None else f"{group.from_of_100} to {group.to_of_100}"


def back_headline(back: LookingBack | None, record: TrackRecord | None) -> str:
    """Predicted and observed cramps, unless one of the two records is off."""
    if record and record.off:
        return "Our forecasts have been off so far"
    if back and back.off:
        return "Looking back: our numbers have been off"
    if back is None:
        return "Looking back: too early to say"
    cramps = "cramp" if back.expected <= 1 else "cramps"
    return f"Looking back: {bare(back.expected)} {cramps} predicted, {back.observed} happened"


def back_verdict(back: LookingBack) -> tuple[str, ...]:
    """The record in sentences: the sums, the comparison with simpler methods, how much it proves."""
    about = "fewer than 1 run" if back.expected == 0 else f"about {plural(back.expected, 'run')}"
    lead = f"For {plural(back.runs, 'answered run')} we would have predicted {about} with a cramp"
    lines = [f"{lead}; there {'was' if back.observed == 1 else 'were'} {back.observed}."]
    if back.off:
        lines.append("The difference is larger than chance explains, so be cautious with the numbers here.")
    if back.rivals:
        lines.append(_against_rivals(back))
    if not back.enough:
        lines.append(TOO_FEW)
    return tuple(lines)


def _against_rivals(back: LookingBack) -> str:
    runs = "your runs" if back.scored_runners == 1 else f"the runs of {plural(back.scored_runners, 'runner')}"
    lead = f"Over {runs} ({back.scored_runs:,} forecasts)"
    closer = [f"“{RIVAL_NAMES[rival.name]}”" for rival in back.rivals if rival.is_closer]
    if not closer:
        return f"{lead} our forecasts were closer to what happened than {plural(len(back.rivals), 'simpler method')}."
    return f"{lead} {' and '.join(closer)} {'was' if len(closer) == 1 else 'were'} closer to what happened than our forecasts."


def record_lead(record: TrackRecord | None, simulated: bool) -> str:
    """What these forecasts are, or that there is none yet."""
    if record is None:
        return "No forecast was stored before an answer yet. From now on each new run gets one before you answer it."
    lead = "These forecasts were stored before the answer was known, so the outcome could not change them."
    return f"{lead} These runs and their outcomes are simulated." if simulated else lead


def kind_row(kind: KindOutcome) -> tuple[str, str, str, str]:
    """Kind of forecast, runs, runs with a cramp predicted, runs with a cramp observed."""
    expected = bare(kind.expected) if kind.expected == 0 else f"about {kind.expected:,}"
    return KIND_NAMES[kind.kind], f"{kind.runs:,}", expected, f"{kind.observed:,}"


def record_notes(record: TrackRecord) -> tuple[str, ...]:
    """How much it proves, and which forecasts have no outcome."""
    lines = []
    if record.off:
        lines.append(
            "The outcomes differ from the forecasts by more than chance explains, so be cautious with the numbers here."
        )
    if record.kinds and not (record.enough or record.off):
        lines.append(TOO_FEW)
    if record.unanswered:
        runs = "its run" if record.unanswered == 1 else "their runs"
        lines.append(f"{plural(record.unanswered, 'forecast')} will count once you answer {runs}.")
    if record.ahead:
        lines.append(f"{plural(record.ahead, 'planned run')} still to come.")
    if record.expired:
        lines.append(
            f"For {plural(record.expired, 'planned run')} no recording started within 6 hours of the planned start."
        )
    return tuple(lines)
