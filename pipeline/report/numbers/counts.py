"""Counts of a runner's runs and cramps: the basis of the report, and the muscles that cramped.

Called by `summary.summarise`; values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.report.numbers.facts import CrampFact, ReportFacts, RunFact
from pipeline.vocabulary import SIDES

DEFINITE_ANSWERS = ("no cramp", "cramp")  # 'not sure' and 'unanswered' count as missing


@dataclass(frozen=True, slots=True)
class Basis:
    """What the report is based on. `cramps` are onsets during runs; tightness and cramps afterwards are counted separately."""

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
    """Cramps of one muscle by side; `side_missing` where the side was not recorded."""

    muscle: str | None
    left: int
    right: int
    both: int
    side_missing: int
    total: int


@dataclass(frozen=True, slots=True)
class CrampLine:
    """One cramp in the list on the page."""

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
class MuscleTable:
    """Cramps by muscle and side, during and after runs, without tightness; and the list of all of them, newest first.

    The list has tightness too.
    """

    total: int
    rows: tuple[MuscleRow, ...]
    top_muscle: str | None
    top_count: int
    top_side: str | None
    top_side_count: int
    any_side_missing: bool
    cramps: tuple[CrampLine, ...]


def runs_of(facts: ReportFacts) -> tuple[RunFact, ...]:
    """The activities that are runs."""
    return tuple(run for run in facts.runs if run.sport == "running")


def is_onset(cramp: CrampFact) -> bool:
    """True for a cramp, mild or worse, during the run; tightness and a cramp afterwards are shown but are no onset."""
    return cramp.phase == "during" and cramp.severity != "tightness"


def onsets_of(facts: ReportFacts) -> tuple[CrampFact, ...]:
    """Every cramp during a run; several per run when it came back."""
    ids = {run.run_id for run in runs_of(facts)}
    return tuple(cramp for cramp in facts.cramps if cramp.run_id in ids and is_onset(cramp))


def count_basis(facts: ReportFacts) -> Basis:
    """The numbers of the first sentence on the page."""
    runs = runs_of(facts)
    ids = {run.run_id for run in runs}
    on_runs = [cramp for cramp in facts.cramps if cramp.run_id in ids]
    onsets = onsets_of(facts)
    days = sorted(run.start_local.date() for run in runs)
    return Basis(
        runs=len(runs),
        first_on=days[0] if days else None,
        last_on=days[-1] if days else None,
        answered=sum(run.answer in DEFINITE_ANSWERS for run in runs),
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


def count_muscles(facts: ReportFacts) -> MuscleTable:
    """Cramps by muscle and side, most frequent muscle first."""
    runs = {run.run_id: run for run in runs_of(facts)}
    recorded = [c for c in facts.cramps if c.run_id in runs]
    cramps = [c for c in recorded if c.severity != "tightness"]
    muscles = sorted({c.muscle for c in cramps}, key=lambda m: (-_of_muscle(cramps, m), m is None, m or ""))
    rows = tuple(_muscle_row(cramps, muscle) for muscle in muscles)
    top = next((row for row in rows if row.muscle is not None), None)
    side, side_count = _top_side(top) if top else (None, 0)
    return MuscleTable(
        total=len(cramps),
        rows=rows,
        top_muscle=top.muscle if top else None,
        top_count=top.total if top else 0,
        top_side=side,
        top_side_count=side_count,
        any_side_missing=any(row.side_missing for row in rows),
        cramps=_cramp_lines(recorded, runs),
    )


def _of_muscle(cramps: list[CrampFact], muscle: str | None) -> int:
    return sum(cramp.muscle == muscle for cramp in cramps)


def _muscle_row(cramps: list[CrampFact], muscle: str | None) -> MuscleRow:
    left, right, both, missing = (sum(c.muscle == muscle and c.side == side for c in cramps) for side in (*SIDES, None))
    return MuscleRow(muscle, left, right, both, missing, left + right + both + missing)


def _top_side(row: MuscleRow) -> tuple[str | None, int]:
    counted = (("left", row.left), ("right", row.right), ("both", row.both))
    side, count = max(counted, key=lambda pair: pair[1])
    return (side, count) if count else (None, 0)


def _cramp_lines(cramps: list[CrampFact], runs: dict[str, RunFact]) -> tuple[CrampLine, ...]:
    in_order = sorted(cramps, key=lambda cramp: cramp.onset_moving_s or 0.0)
    newest_first = sorted(in_order, key=lambda cramp: runs[cramp.run_id].start_local, reverse=True)
    return tuple(_cramp_line(cramp, runs[cramp.run_id]) for cramp in newest_first)


def _cramp_line(cramp: CrampFact, run: RunFact) -> CrampLine:
    return CrampLine(
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
