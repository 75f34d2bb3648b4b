"""The answers of sql/analysis once more, in plain loops over the slow cohort, for test_analysis to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from tests.sql.analysis.slow_cohort import Cohort, Piece


def rates(pieces: Iterable[Piece], band: Callable[[Piece], str]) -> dict[str, list[float]]:
    """By band: runs, hours at risk, first cramps, runners who cramped, cramps per 100 hours."""
    by_band: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_band[band(piece)].append(piece)
    return {name: _rate(inside) for name, inside in by_band.items()}


def heat_band(wbgt_c: float | None) -> str:
    """The band of a WBGT in words."""
    if wbgt_c is None:
        return "unknown"
    bands = ((10, "under 10 C"), (18, "10 to 18 C"), (23, "18 to 23 C"))
    return next((name for below_c, name in bands if wbgt_c < below_c), "23 C and more")


def pace_band(piece: Piece) -> str:
    """The band of a pace against the usual in words."""
    if piece.start_s < 900:
        return "first 15 minutes"
    if piece.faster_pct is None:
        return "unknown"
    if -5 < piece.faster_pct < 5:
        return "within 5 % of usual"
    return "faster by 5 % or more" if piece.faster_pct > 0 else "slower by 5 % or more"


def part_of_day(piece: Piece) -> str:
    """The part of the local day of the run's start in words."""
    if piece.start_hour < 11:
        return "morning, before 11"
    return "midday, 11 to 16" if piece.start_hour < 16 else "evening, 16 and later"


def hour_and_kind(piece: Piece) -> str:
    """The hour of the run, 3 for all later ones, and race or training."""
    return f"{min(int(piece.start_s // 3600), 2) + 1} {'race' if piece.race else 'training'}"


def against_others(pieces: list[Piece], factor: Callable[[Piece], float | None]) -> list[float]:
    """Cramps, runners, comparisons, mean at cramps, mean in the others, difference, how often higher, how often lower."""
    known = [(piece, value) for piece in pieces if (value := factor(piece)) is not None]
    pairs, runners, comparisons = [], set(), 0
    for cramp, value in known:
        others = [
            other_value
            for other, other_value in known
            if (other.runner_id, other.segment_no) == (cramp.runner_id, cramp.segment_no)
            and other.run_id != cramp.run_id
        ]
        if cramp.cramp and others:
            pairs.append((value, sum(others) / len(others)))
            runners.add(cramp.runner_id)
            comparisons += len(others)
    at, elsewhere = (sum(side) / len(pairs) for side in zip(*pairs, strict=True))
    higher, lower = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    return [len(pairs), len(runners), comparisons, at, elsewhere, at - elsewhere, higher, lower]


def came_back(cohort: Cohort, from_s: float, to_s: float) -> list[float]:
    """Runs, hours and second cramps in a stretch of moving time after a run's first cramp."""
    hours, back = [], 0
    for run_id, run in cohort.runs.items():
        if not run["cramped"] or run["sport"] != "running":
            continue
        first_s, *more_s = cohort.moments_s[run_id]
        run_on_s = (more_s[0] if more_s else run["moving_s"]) - first_s
        if run_on_s > from_s:
            hours.append((min(run_on_s, to_s) - from_s) / 3600)
            back += bool(more_s) and run_on_s <= to_s
    return [len(hours), sum(hours), back]


def answered(cohort: Cohort) -> dict[str, list[int]]:
    """Runs, answered ones and cramped ones: of all, by heat, by planned length, of races and of training."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for run_id, run in cohort.runs.items():
        heat = [cohort.wbgt_c.get((run_id, segment["segment_no"])) for segment in cohort.segments[run_id]]
        known = [wbgt_c for wbgt_c in heat if wbgt_c is not None]
        rows = (
            "all runs all",
            f"mean WBGT {heat_band(sum(known) / len(known) if known else None)}",
            f"planned length {_length_band(run['planned_s'])}",
            f"race or training {'race' if run['raced'] else 'training'}",
        )
        for row in rows if run["sport"] == "running" else ():
            counts[row] = [n + one for n, one in zip(counts[row], (1, run["told"], run["cramped"]), strict=True)]
    return counts


def _length_band(planned_s: float | None) -> str:
    if planned_s is None:
        return "unknown"
    return "under 1 h" if planned_s < 3600 else "1 to 1.5 h" if planned_s < 5400 else "1.5 h and more"


def _rate(pieces: list[Piece]) -> list[float]:
    hours, cramps = sum(piece.hours for piece in pieces), [piece for piece in pieces if piece.cramp]
    runs, runners = {piece.run_id for piece in pieces}, {piece.runner_id for piece in cramps}
    return [len(runs), hours, len(cramps), len(runners), 100 * len(cramps) / hours]
