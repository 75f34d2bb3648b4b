"""Counting a runner's own runs and cramps: the basis of the report, and where it happens.

Called by `summary.summarise`; values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.report.numbers.facts import CrampFact, ReportFacts, RunFact
from pipeline.vocabulary import SIDES

TOLD_ANSWERS = ("no cramp", "cramp")  # 'not sure' and 'unanswered' are missing, never a no


@dataclass(frozen=True, slots=True)
class Basis:
    """What the report rests on. `cramps` are onsets during runs; tightness and cramps afterwards are
    counted apart.
    """

    runs: int
    first_on: date | None
    last_on: date | None
    answered: int
    cramps: int
    runs_with_cramp: int
    cramps_after: int
    tightness: int
    other_activities: int
    cramps_elsewhere: int
    runs_with_weather: int
    runs_with_wbgt: int
    longest_s: float | None


@dataclass(frozen=True, slots=True)
class MuscleRow:
    """Cramps of one muscle by side; `unnoted` where the side was not recorded."""

    muscle: str | None
    left: int
    right: int
    both: int
    unnoted: int
    total: int


@dataclass(frozen=True, slots=True)
class OwnCramp:
    """One line of the runner's own record, newest first."""

    on: date
    title: str | None
    phase: str
    onset_s: float | None
    distance_m: float | None
    air_temp_c: float | None
    muscle: str | None
    side: str | None
    severity: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Where:
    """Muscle by side over all cramps of runs (during and after, no tightness), and the record itself."""

    total: int
    rows: tuple[MuscleRow, ...]
    top_muscle: str | None
    top_count: int
    top_side: str | None
    top_side_count: int
    some_unnoted: bool
    record: tuple[OwnCramp, ...]


def own_runs(facts: ReportFacts) -> tuple[RunFact, ...]:
    """The runs among the activities."""
    return tuple(run for run in facts.runs if run.sport == "running")


def is_onset(cramp: CrampFact) -> bool:
    """A cramp of mild or more during the run; tightness and a cramp afterwards are shown, never an onset."""
    return cramp.phase == "during" and cramp.severity != "tightness"


def own_onsets(facts: ReportFacts) -> tuple[CrampFact, ...]:
    """Every cramp during a run, several a run when it came back."""
    ids = {run.run_id for run in own_runs(facts)}
    return tuple(cramp for cramp in facts.cramps if cramp.run_id in ids and is_onset(cramp))


def count_basis(facts: ReportFacts) -> Basis:
    """The numbers of the page's first sentence."""
    runs = own_runs(facts)
    ids = {run.run_id for run in runs}
    on_runs = [cramp for cramp in facts.cramps if cramp.run_id in ids]
    onsets = own_onsets(facts)
    days = sorted(run.start_local.date() for run in runs)
    return Basis(
        runs=len(runs),
        first_on=days[0] if days else None,
        last_on=days[-1] if days else None,
        answered=sum(run.answer in TOLD_ANSWERS for run in runs),
        cramps=len(onsets),
        runs_with_cramp=len({cramp.run_id for cramp in onsets}),
        cramps_after=sum(c.phase == "after" and c.severity != "tightness" for c in on_runs),
        tightness=sum(c.severity == "tightness" for c in on_runs),
        other_activities=len(facts.runs) - len(runs),
        cramps_elsewhere=sum(c.severity != "tightness" for c in facts.cramps) - _real(on_runs),
        runs_with_weather=sum(run.air_temp_c is not None for run in runs),
        runs_with_wbgt=sum(run.wbgt_c is not None for run in runs),
        longest_s=max((run.moving_s for run in runs), default=None),
    )


def _real(cramps: list[CrampFact]) -> int:
    return sum(cramp.severity != "tightness" for cramp in cramps)


def count_where(facts: ReportFacts) -> Where:
    """Muscle by side, most frequent first."""
    runs = {run.run_id: run for run in own_runs(facts)}
    recorded = [c for c in facts.cramps if c.run_id in runs]
    cramps = [c for c in recorded if c.severity != "tightness"]
    muscles = sorted({c.muscle for c in cramps}, key=lambda m: (-_of_muscle(cramps, m), m is None, m or ""))
    rows = tuple(_muscle_row(cramps, muscle) for muscle in muscles)
    top = next((row for row in rows if row.muscle is not None), None)
    side, side_count = _top_side(top) if top else (None, 0)
    return Where(
        total=len(cramps),
        rows=rows,
        top_muscle=top.muscle if top else None,
        top_count=top.total if top else 0,
        top_side=side,
        top_side_count=side_count,
        some_unnoted=any(row.unnoted for row in rows),
        record=_record(recorded, runs),
    )


def _of_muscle(cramps: list[CrampFact], muscle: str | None) -> int:
    return sum(cramp.muscle == muscle for cramp in cramps)


def _muscle_row(cramps: list[CrampFact], muscle: str | None) -> MuscleRow:
    left, right, both, unnoted = (sum(c.muscle == muscle and c.side == side for c in cramps) for side in (*SIDES, None))
    return MuscleRow(muscle, left, right, both, unnoted, left + right + both + unnoted)


def _top_side(row: MuscleRow) -> tuple[str | None, int]:
    counted = (("left", row.left), ("right", row.right), ("both", row.both))
    side, count = max(counted, key=lambda pair: pair[1])
    return (side, count) if count else (None, 0)


def _record(cramps: list[CrampFact], runs: dict[str, RunFact]) -> tuple[OwnCramp, ...]:
    in_order = sorted(cramps, key=lambda cramp: cramp.onset_moving_s or 0.0)
    newest_first = sorted(in_order, key=lambda cramp: runs[cramp.run_id].start_local, reverse=True)
    return tuple(_own_cramp(cramp, runs[cramp.run_id]) for cramp in newest_first)


def _own_cramp(cramp: CrampFact, run: RunFact) -> OwnCramp:
    return OwnCramp(
        on=run.start_local.date(),
        title=run.title,
        phase=cramp.phase,
        onset_s=cramp.onset_moving_s,
        distance_m=cramp.distance_m,
        air_temp_c=cramp.air_temp_c,
        muscle=cramp.muscle,
        side=cramp.side,
        severity=cramp.severity,
        note=cramp.note,
    )
