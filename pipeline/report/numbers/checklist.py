"""The trainer's checklist: for each question what the runner's own data show, or the command that records it.

Called by `summary.summarise`. Counts are shown with control counts only where enough runs without a cramp were asked about.
For private items the page shows only whether there are any.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.report.numbers.counts import MuscleTable, onsets_of, runs_of
from pipeline.report.numbers.facts import CrampFact, ReportFacts, RunFact
from pipeline.report.numbers.questionnaire import counts_of, profile_lines, question_lines
from pipeline.report.numbers.shares import RunShares
from pipeline.report.numbers.wording import clock, muscle, temp
from pipeline.rules import MORNING_ENDS_H
from pipeline.units import format_hours, plural

NOT_RECORDED = "Not recorded yet. To add it:"
NO_CRAMP = "No cramp recorded yet. To add one:"
_TAG = "cramplog tag last --at 1:42:00 --muscle calf --side left --severity moderate"
# title, questions about runs, questions about the runner, in the order of the page
_TOPICS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Clothing", ("clothing",), ()),
    ("Shoes", ("shoes_new",), ("usual_shoes",)),
    ("Drink and electrolytes", ("drink", "electrolytes"), ("drink_habit",)),
    ("Diet and supplements", ("food_before", "food_during"), ("diet", "supplements")),
    ("Sleep and sore legs", ("sleep_h", "soreness"), ()),
    ("Do you also cramp on the bike or in other exercise?", (), ("also_cramps",)),
    ("Cramps in the family", (), ("family_cramps",)),
)
_PRIVATE = (
    ("Orthopaedic problems and injuries", "injury"),
    ("Other conditions", "condition"),
    ("Medication", "medication"),
    ("Blood values", "blood"),
)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One question of the trainer: what is recorded, and the command that records what is missing, None if nothing is."""

    title: str
    sentences: tuple[str, ...]
    command: str | None = None
    missing: str = NOT_RECORDED


def checklist_lines(
    facts: ReportFacts, muscles: MuscleTable, warm: RunShares | None, morning: RunShares | None
) -> tuple[CheckLine, ...]:
    """Every line in the trainer's order. `warm` and `morning` are None under five runs with a cramp."""
    optional = [_optional(facts, *topic) for topic in _TOPICS]
    return (
        _muscle(muscles),
        _side(muscles),
        _heat(facts, warm),
        _hour(facts, morning),
        *optional[:5],
        _training(facts),
        *optional[5:6],
        _stretching(facts),
        *optional[6:],
        *(_private(facts, title, kind) for title, kind in _PRIVATE),
    )


def _muscle(muscles: MuscleTable) -> CheckLine:
    counts = tuple(f"{muscle(row.muscle)} {row.total}" for row in muscles.rows)
    sentences = (f"Of {plural(muscles.total, 'cramp')}: {', '.join(counts)}.",) if muscles.total else ()
    return CheckLine("Which muscle", sentences, None if sentences else _TAG, NO_CRAMP)


def _side(muscles: MuscleTable) -> CheckLine:
    names = (("left", "left"), ("right", "right"), ("both", "both sides at once"))
    counts = {name: sum(getattr(row, side) for row in muscles.rows) for side, name in names}
    listed = ", ".join(f"{name} {number}" for name, number in counts.items() if number)
    sentences = (f"Of {plural(muscles.total, 'cramp')}: {listed}.",) if listed else ()
    return CheckLine("One side or both", sentences, None if sentences else _TAG, NO_CRAMP)


def _heat(facts: ReportFacts, warm: RunShares | None) -> CheckLine:
    sentences = _felt(facts)
    cramp_runs = _cramp_runs(facts)
    runs = [run for run in cramp_runs if run.air_temp_c is not None]
    if warm is not None:
        sentences = (_compared(f"At {temp(warm.threshold, facts.units)} or warmer", warm), *sentences)
    elif runs:
        temps = ", ".join(temp(run.air_temp_c, facts.units) for run in runs if run.air_temp_c is not None)
        sentences = (f"{_runs_with(runs)}: {temps}.", *sentences)
    elif not cramp_runs:
        sentences = ("No run with a cramp yet.", *sentences)
    missing = "No weather for your runs with a cramp yet. To add it:"
    return CheckLine("Hot or cold", sentences, None if sentences else "cramplog weather", missing)


def _felt(facts: ReportFacts) -> tuple[str, ...]:
    return question_lines(facts, "felt", "Hot or cold") if counts_of(facts, "felt") else ()


def _hour(facts: ReportFacts, morning: RunShares | None) -> CheckLine:
    title = "Morning or evening"
    if morning is not None:
        return CheckLine(title, (_compared(f"Started before {clock(MORNING_ENDS_H)}", morning),))
    runs = [run for run in _cramp_runs(facts) if run.start_hour_local is not None]
    starts = ", ".join(clock(run.start_hour_local) for run in runs if run.start_hour_local is not None)
    return CheckLine(title, (f"{_runs_with(runs)}: started at {starts}.",) if runs else ("No run with a cramp yet.",))


def _training(facts: ReportFacts) -> CheckLine:
    """Fitness and "too much too soon": runs against the 30 days before them, and the runner's answers."""
    profile = profile_lines(facts, ("training_change", "strength_per_week"))
    longer = _longer(facts)
    return CheckLine(
        "Fitness, and too much too soon",
        (*longer, *profile),
        None if profile else _edit(facts, "training_change=more"),
        "How you train is not recorded yet. To add it:" if longer else NOT_RECORDED,
    )


def _longer(facts: ReportFacts) -> tuple[str, ...]:
    """How many runs with a cramp were longer than all runs before; with control counts where patterns may be shown."""
    runs, cramped = runs_of(facts), _cramp_runs(facts)
    controls = [run for run in runs if run.answer == "no cramp" and run not in cramped]
    longer, longer_controls = (sum(_longest_of_30_days(run, runs) for run in group) for group in (cramped, controls))
    if not cramped:
        return ()
    what = "Longer than any run in the 30 days before"
    if facts.permission.patterns == "counts" and controls:
        return (_compared(what, RunShares(0.0, longer, len(cramped), longer_controls, len(controls))),)
    return (f"{what}: {longer} of {plural(len(cramped), 'run')} with a cramp.",)


def _longest_of_30_days(run: RunFact, runs: Sequence[RunFact]) -> bool:
    """True if the run is longer than every run in the 30 days before; False without such a run."""
    days = [(run.start_local - earlier.start_local).total_seconds() / 86_400 for earlier in runs]
    before = [earlier.moving_s for earlier, ago in zip(runs, days, strict=True) if 0 < ago <= 30]
    return bool(before) and run.moving_s > max(before)


def _stretching(facts: ReportFacts) -> CheckLine:
    """Whether stopping and stretching helped, and whether the cramp came back."""
    cramps = [cramp for cramp in facts.cramps if cramp.severity != "tightness"]
    sentences = (*_relief(cramps), *_recurrence(cramps), *profile_lines(facts, ("stretching",)))
    title = "Does stretching help, and does the cramp come back?"
    return CheckLine(title, sentences, None if sentences else _ask(facts))


def _relief(cramps: Sequence[CrampFact]) -> tuple[str, ...]:
    answers = Counter(cramp.relief for cramp in cramps if cramp.relief)
    listed = ", ".join(f"{answer} {number}" for answer, number in answers.most_common())
    return (f"Did stopping and stretching help? Your answers: {listed}.",) if listed else ()


def _recurrence(cramps: Sequence[CrampFact]) -> tuple[str, ...]:
    """'The cramp came back in 4 of 6 runs that you continued, after 9 min (middle value).'"""
    continued = {cramp.run_id for cramp in cramps if cramp.recurred in ("yes", "no")}
    back = {cramp.run_id for cramp in cramps if cramp.recurred == "yes"}
    if not continued:
        return ()
    after_s = [cramp.recurred_after_s for cramp in cramps if cramp.recurred_after_s]
    middle = " (middle value)" if len(after_s) > 1 else ""
    when = f", after {format_hours(median(after_s))}{middle}" if after_s else ""
    return (f"The cramp came back in {len(back)} of {plural(len(continued), 'run')} that you continued{when}.",)


def _optional(facts: ReportFacts, title: str, run_keys: tuple[str, ...], runner_keys: tuple[str, ...]) -> CheckLine:
    """A topic of the optional questions; the command is for the questions about runs, where there are any."""
    sentences = [line for key in run_keys if counts_of(facts, key) for line in question_lines(facts, key, title)]
    sentences += profile_lines(facts, runner_keys)
    example = f"{runner_keys[0]}=..." if runner_keys else ""
    command = _ask(facts) if run_keys else _edit(facts, example)
    return CheckLine(title, tuple(sentences), None if sentences else command)


def _private(facts: ReportFacts, title: str, kind: str) -> CheckLine:
    """Whether such items are recorded; their content stays out of the report."""
    if kind in facts.questionnaire.private_kinds:
        return CheckLine(title, ("Recorded. Reports never show what it is.",))
    example = f'"{kind}: NAME"' + (" --value N --unit mmol/l --on DATE" if kind == "blood" else "")
    command = f"cramplog runner private {shlex.quote(facts.runner)} --add {example}"
    return CheckLine(title, (), command, "Not recorded. To store it for yourself only:")


def _ask(facts: ReportFacts) -> str:
    """Without RUN, `cramplog ask` skips runs that have an answer; a missing answer there needs the run's name."""
    return "cramplog ask RUN" if facts.questionnaire.counts else "cramplog ask"


def _edit(facts: ReportFacts, pair: str) -> str:
    return f"cramplog runner edit {shlex.quote(facts.runner)} --set {pair}"


def _compared(what: str, shares: RunShares) -> str:
    """Counts with their control counts, and how little they prove."""
    with_cramp = f"{shares.cramp_runs_with} of {plural(shares.cramp_runs, 'run')} with a cramp"
    controls = f"{shares.control_runs_with} of {shares.control_runs} other answered runs"
    return f"{what}: {with_cramp}, and {controls}. This could be chance."


def _cramp_runs(facts: ReportFacts) -> list[RunFact]:
    """Runs with a cramp, oldest first."""
    ids = {cramp.run_id for cramp in onsets_of(facts)}
    return sorted((run for run in runs_of(facts) if run.run_id in ids), key=lambda run: run.start_local)


def _runs_with(runs: Sequence[RunFact]) -> str:
    return "Your run with a cramp" if len(runs) == 1 else f"Your {len(runs)} runs with a cramp"
