"""The trainer's checklist: for each of their questions what the runner's own data say, or how to record it.

Called by `summary.summarise`. Counts stand beside their control counts only where enough runs without a cramp were asked;
of private items no more is said than whether there are any.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.report.numbers.counts import Where, own_onsets, own_runs
from pipeline.report.numbers.facts import CrampFact, ReportFacts, RunFact
from pipeline.report.numbers.questionnaire import counts_of, profile_lines, question_lines
from pipeline.report.numbers.shares import Share
from pipeline.report.numbers.wording import clock, muscle, temp
from pipeline.rules import MORNING_ENDS_H
from pipeline.units import format_hours, plural

NOBODY = "Nobody asked yet:"
_TAG = "cramplog tag last --at 1:42:00 --muscle calf --side left --severity moderate"
# title, questions about runs, questions about the runner, in the order they are told
_TOPICS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("Clothing", ("clothing",), ()),
    ("Shoes", ("shoes_new",), ("usual_shoes",)),
    ("Drink and electrolytes", ("drink", "electrolytes"), ("drink_habit",)),
    ("Diet and supplements", ("food_before", "food_during"), ("diet", "supplements")),
    ("Sleep and sore legs", ("sleep_h", "soreness"), ()),
    ("Does the bike or another exercise cramp too?", (), ("also_cramps",)),
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
    """One question of the trainer's: what is known, and the command that records what is missing, None for nothing."""

    title: str
    said: tuple[str, ...]
    command: str | None = None
    missing: str = NOBODY


def checklist_lines(
    facts: ReportFacts, where: Where, warm: Share | None, morning: Share | None
) -> tuple[CheckLine, ...]:
    """Every line, the trainer's order. `warm` and `morning` are None under five own runs with a cramp."""
    asked = [_asked(facts, *topic) for topic in _TOPICS]
    return (
        _muscle(where),
        _side(where),
        _heat(facts, warm),
        _hour(facts, morning),
        *asked[:5],
        _training(facts),
        *asked[5:6],
        _stretching(facts),
        *asked[6:],
        *(_private(facts, title, kind) for title, kind in _PRIVATE),
    )


def _muscle(where: Where) -> CheckLine:
    counts = tuple(f"{muscle(row.muscle)} {row.total}" for row in where.rows)
    said = (f"Of {plural(where.total, 'cramp')}: {', '.join(counts)}.",) if where.total else ()
    return CheckLine("Which muscle", said, None if said else _TAG, "No cramp noted yet:")


def _side(where: Where) -> CheckLine:
    names = (("left", "left"), ("right", "right"), ("both", "both sides at once"))
    counts = {told: sum(getattr(row, name) for row in where.rows) for name, told in names}
    words = ", ".join(f"{told} {number}" for told, number in counts.items() if number)
    said = (f"Of {plural(where.total, 'cramp')}: {words}.",) if words else ()
    return CheckLine("One side or both", said, None if said else _TAG, "No cramp noted yet:")


def _heat(facts: ReportFacts, warm: Share | None) -> CheckLine:
    said = _felt(facts)
    runs = [run for run in _cramp_runs(facts) if run.air_temp_c is not None]
    if warm is not None:
        said = (_shared(f"At {temp(warm.threshold, facts.units)} or warmer", warm), *said)
    elif runs:
        temps = ", ".join(temp(run.air_temp_c, facts.units) for run in runs if run.air_temp_c is not None)
        said = (f"{_runs_with(runs)}: {temps}.", *said)
    return CheckLine("Hot or cold", said, None if said else "cramplog weather", "No weather known yet:")


def _felt(facts: ReportFacts) -> tuple[str, ...]:
    return question_lines(facts, "felt", "Hot or cold") if counts_of(facts, "felt") else ()


def _hour(facts: ReportFacts, morning: Share | None) -> CheckLine:
    title = "Morning or evening"
    if morning is not None:
        return CheckLine(title, (_shared(f"Started before {clock(MORNING_ENDS_H)}", morning),))
    runs = [run for run in _cramp_runs(facts) if run.start_hour_local is not None]
    starts = ", ".join(clock(run.start_hour_local) for run in runs if run.start_hour_local is not None)
    said = (f"{_runs_with(runs)}: started at {starts}.",) if runs else ("No run with a cramp yet.",)
    return CheckLine(title, said)


def _training(facts: ReportFacts) -> CheckLine:
    """Fitness and "too much too soon": own runs against the 30 days before them, and what the runner says."""
    told = profile_lines(facts, ("training_change", "strength_per_week"))
    said = _longer(facts)
    return CheckLine(
        "Fitness, and too much too soon",
        (*said, *told),
        None if told else _edit(facts, "training_change=more"),
        "Nobody asked how you train:" if said else NOBODY,
    )


def _longer(facts: ReportFacts) -> tuple[str, ...]:
    """How many runs with a cramp were longer than any before; with control counts where patterns may be told."""
    runs, cramped = own_runs(facts), _cramp_runs(facts)
    others = [run for run in runs if run.answer == "no cramp" and run not in cramped]
    longer, longer_others = (sum(_longest_of_30_days(run, runs) for run in some) for some in (cramped, others))
    if not cramped:
        return ()
    share = Share(0.0, longer, len(cramped), longer_others, len(others))
    if facts.permission.patterns == "counts" and others:
        return (_shared("Longer than any run of the 30 days before", share),)
    return (f"Longer than any run of the 30 days before: {longer} of {plural(len(cramped), 'run')} with a cramp.",)


def _longest_of_30_days(run: RunFact, runs: Sequence[RunFact]) -> bool:
    """False too where there is no run in the 30 days before."""
    days = [(run.start_local - other.start_local).total_seconds() / 86_400 for other in runs]
    before = [other.moving_s for other, ago in zip(runs, days, strict=True) if 0 < ago <= 30]
    return bool(before) and run.moving_s > max(before)


def _stretching(facts: ReportFacts) -> CheckLine:
    """Whether stopping and stretching helped, and whether it came back."""
    cramps = [cramp for cramp in facts.cramps if cramp.severity != "tightness"]
    said = [*_relief(cramps), *_came_back(cramps), *profile_lines(facts, ("stretching",))]
    return CheckLine("Does stretching help, and does it come back?", tuple(said), None if said else _ask(facts))


def _relief(cramps: Sequence[CrampFact]) -> tuple[str, ...]:
    words = Counter(cramp.relief for cramp in cramps if cramp.relief)
    told = ", ".join(f"{word} {number}" for word, number in words.most_common())
    return (f"Stopping and stretching helped: {told}.",) if told else ()


def _came_back(cramps: Sequence[CrampFact]) -> tuple[str, ...]:
    """'Came back in 4 of 6 runs you went on with, after 9 min (the middle).'"""
    went_on = {cramp.run_id for cramp in cramps if cramp.recurred in ("yes", "no")}
    back = {cramp.run_id for cramp in cramps if cramp.recurred == "yes"}
    if not went_on:
        return ()
    after_s = [cramp.recurred_after_s for cramp in cramps if cramp.recurred_after_s]
    when = f", after {format_hours(median(after_s))}{' (the middle)' if len(after_s) > 1 else ''}" if after_s else ""
    return (f"It came back in {len(back)} of {plural(len(went_on), 'run')} you went on with{when}.",)


def _asked(facts: ReportFacts, title: str, run_keys: tuple[str, ...], runner_keys: tuple[str, ...]) -> CheckLine:
    """A topic of the optional questions; the command is about what can be asked of runs first."""
    said = [line for key in run_keys if counts_of(facts, key) for line in question_lines(facts, key, title)]
    said += profile_lines(facts, runner_keys)
    example = f"{runner_keys[0]}=..." if runner_keys else ""
    return CheckLine(title, tuple(said), None if said else _ask(facts) if run_keys else _edit(facts, example))


def _private(facts: ReportFacts, title: str, kind: str) -> CheckLine:
    """Recorded or not: what it is stays in its file."""
    if kind in facts.told.private_kinds:
        return CheckLine(title, ("Recorded, and shown nowhere but to you.",))
    example = f'"{kind}: NAME"' + (" --value N --unit mmol/l --on DATE" if kind == "blood" else "")
    command = f"cramplog runner private {shlex.quote(facts.runner)} --add {example}"
    return CheckLine(title, (), command, "Not recorded. If you want to keep it, for yourself alone:")


def _ask(facts: ReportFacts) -> str:
    """A run with an answer is no longer due: what is open there is asked by the run's name."""
    return "cramplog ask RUN" if facts.told.counts else "cramplog ask"


def _edit(facts: ReportFacts, pair: str) -> str:
    return f"cramplog runner edit {shlex.quote(facts.runner)} --set {pair}"


def _shared(what: str, share: Share) -> str:
    """Own counts beside their control counts, and how little they prove."""
    with_cramp = f"{share.cramp_with} of {plural(share.cramp_known, 'run')} with a cramp"
    return f"{what}: {with_cramp}, and {share.other_with} of {share.other_known} other answered runs. This could be chance."


def _cramp_runs(facts: ReportFacts) -> list[RunFact]:
    """Runs with a cramp, oldest first."""
    ids = {cramp.run_id for cramp in own_onsets(facts)}
    return sorted((run for run in own_runs(facts) if run.run_id in ids), key=lambda run: run.start_local)


def _runs_with(runs: Sequence[RunFact]) -> str:
    return "Your run with a cramp" if len(runs) == 1 else f"Your {len(runs)} runs with a cramp"
