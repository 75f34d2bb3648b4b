"""The record of forecasts in words: what would have been said of earlier runs, and what was kept before an answer.

Called by the templates through page.py.
"""

from __future__ import annotations

from pipeline.report.numbers.forecast_record import KeptRecord, KindRecord
from pipeline.report.numbers.looking_back import ForecastGroup, LookingBack
from pipeline.report.numbers.wording import bare
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS
from pipeline.units import plural

RIVAL_WORDS = {
    "own rate": "a runner's plain share of runs with a cramp",
    "level and shape": "a runner's own level on the usual curve of time",
    "logistic": "a simple curve over planned runs",
    "everyone alike": "one and the same forecast for all runners",
}
KIND_WORDS = {"automatic": "of each new run", "asked": "of plans you asked about"}


def group_name(group: ForecastGroup) -> str:
    """'0 to 4', '35 and more'."""
    return f"{group.from_of_100} and more" if group.to_of_100 is None else f"{group.from_of_100} to {group.to_of_100}"


def back_headline(back: LookingBack | None, kept: KeptRecord | None) -> str:
    """Expected against came, unless either record is off."""
    if kept and kept.off:
        return "Our forecasts have been off so far"
    if back and back.off:
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
        lines.append(
            f"It takes about {CRAMPS_TO_JUDGE_FORECASTS} cramps to say how good forecasts are, so this says little yet."
        )
    return tuple(lines)


def _against_rivals(back: LookingBack) -> str:
    of_whom = "your runs" if back.scored_runners == 1 else f"the runs of {plural(back.scored_runners, 'runner')}"
    where = f"On {of_whom} ({back.scored_runs:,} forecasts)"
    closer = [RIVAL_WORDS[rival.name] for rival in back.rivals if rival.came_closer]
    if not closer:
        return f"{where} ours came closer than {plural(len(back.rivals), 'simpler way')} of forecasting."
    return f"{where} {' and '.join(closer)} came closer than ours did."


def record_lead(record: KeptRecord | None, simulated: bool) -> str:
    """What these forecasts are, or that there is none yet."""
    if record is None:
        return "No forecast was kept before an answer yet. From now on each new run gets one before you answer it."
    lead = "These forecasts were kept before the answer was known, so nothing of what came could be in them."
    return f"{lead} These runs are simulated, and so is what came." if simulated else lead


def kind_row(kind: KindRecord) -> tuple[str, str, str, str]:
    """What was forecast, runs, with a cramp expected, came."""
    expected = bare(kind.expected) if kind.expected == 0 else f"about {kind.expected:,}"
    return KIND_WORDS[kind.kind], f"{kind.runs:,}", expected, f"{kind.came:,}"


def record_notes(record: KeptRecord) -> tuple[str, ...]:
    """How much it proves, and which forecasts have no outcome."""
    lines = []
    if record.off:
        lines.append(
            "What came is further from what was expected than chance explains, so take the numbers here with caution."
        )
    if record.kinds and not (record.enough or record.off):
        lines.append(
            f"It takes about {CRAMPS_TO_JUDGE_FORECASTS} cramps to say how good forecasts are, so this says little yet."
        )
    if record.unanswered:
        lines.append(f"{plural(record.unanswered, 'forecast')} can be counted once you answer the run.")
    if record.ahead:
        lines.append(f"{plural(record.ahead, 'plan')} lie{'s' if record.ahead == 1 else ''} ahead.")
    if record.expired:
        lines.append(f"Of {plural(record.expired, 'plan')} no run was recorded within 6 hours.")
    return tuple(lines)
