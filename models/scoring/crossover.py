"""What goes along with one runner's cramps: each cramp run against own clean runs like it, and the claim fit.

Matched within the runner, so nothing fixed about them explains a difference. Called by pipeline.actions; what
pipeline.rules then allows is said, nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.dataset import check_rows, runs_of
from models.fit.design import EVIDENCE_PRIORS, PHYSICAL_LIMITS, Prior
from models.fit.hazard import CrampHazard

Floats = NDArray[np.float64]
Run = TypeVar("Run", bound=Hashable)

CONTROLS = 10
DURATION_RATIO = (0.75, 1.33)
PERMUTATIONS = 2_000
SEED = 20240617
EXPOSURES = {"heat": "wbgt_c", "pace": "pace_faster_pct"}

# Pace, heat and morning may not lean on studies where a claim about this runner is to be made.
CLAIM_PRIORS = (
    *(
        Prior(prior.column, 0.0, 1.0, 0.0) if prior.column in EXPOSURES else prior
        for prior in EVIDENCE_PRIORS
        if not prior.column.startswith("hour")
    ),
    Prior("morning", 0.0, 1.0, 0.0),
)


@dataclass(frozen=True, slots=True)
class CaseCrossover:
    """`p`: the share of shuffles with the cramp runs at least as high; `higher_by`: the mean difference.

    The unit of `higher_by` is the exposure's (C of WBGT, % faster); `sets` are cramp runs with a control.
    Without any, p = 1 and higher_by = 0.
    """

    sets: int
    controls: int
    higher_by: float
    p: float


def claim_slopes(
    rows: pl.DataFrame, first_answer: str | None = None, usual_race: str | None = None
) -> dict[str, float]:
    """P(slope > 0) for heat and pace in the claim fit (prior mean 0, SD 1 on pace, heat, morning)."""
    answers = {rows["runner_id"][0]: (first_answer, usual_race)}
    model = CrampHazard(priors=CLAIM_PRIORS).fit(rows, first_answers=answers)
    return {factor: model.probability_positive(factor) for factor in EXPOSURES}


def case_crossover(rows: pl.DataFrame, factor: str) -> CaseCrossover:
    """Each cramp run against up to 10 own clean runs of like planned duration and the same race flag.

    A run's exposure is its mean up to the segment of the cramp run's onset, in case and control alike: the
    same time on the way, and nothing from after an onset. One-sided: higher in cramp runs. Fixed seed.
    """
    rng = np.random.default_rng(SEED)
    sets = [exposures for exposures in _matched_sets(check_rows(rows), factor, rng) if exposures.size > 1]
    if not sets:
        return CaseCrossover(0, 0, 0.0, 1.0)
    differences = [exposures - (exposures.sum() - exposures) / (exposures.size - 1) for exposures in sets]
    seen = sum(difference[0] for difference in differences)
    shuffled = sum(difference[rng.integers(difference.size, size=PERMUTATIONS)] for difference in differences)
    as_high = int((np.asarray(shuffled) >= seen - 1e-12).sum())
    n_controls = sum(exposures.size - 1 for exposures in sets)
    return CaseCrossover(len(sets), n_controls, float(seen) / len(sets), (1 + as_high) / (1 + PERMUTATIONS))


def _matched_sets(rows: pl.DataFrame, factor: str, rng: np.random.Generator) -> list[Floats]:
    """For each cramp run the exposures (1 + n_controls,) of itself and its controls, itself first."""
    runs = runs_of(rows)
    planned_s = runs["planned_s"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    race, cramp = runs["race"].to_numpy(), runs["cramp"].to_numpy()
    cases: list[tuple[int, Floats]] = []
    like: list[list[int]] = []
    for case, exposure in _exposures_until_onset(rows, factor, cramp & (planned_s > 0)):
        ratio = planned_s / planned_s[case]
        alike = ~cramp & (race == race[case]) & (ratio >= DURATION_RATIO[0]) & (ratio <= DURATION_RATIO[1])
        cases.append((case, exposure))
        like.append(rng.permutation(np.flatnonzero(alike & ~np.isnan(exposure))).tolist())
    return [exposure[[case, *dealt]] for (case, exposure), dealt in zip(cases, deal_controls(like), strict=True)]


def deal_controls(like: Sequence[Sequence[Run]]) -> list[list[Run]]:
    """Up to 10 controls for each case from its own candidates, dealt in turn; no clean run serves two cases.

    Shared controls make the shuffles depend on each other, and P comes out too small: 5 of 100 null cases under
    .025 where 8 cramp runs share 20 clean ones.
    """
    dealt: list[list[Run]] = [[] for _ in like]
    used: set[Run] = set()
    for _ in range(CONTROLS):
        for controls, candidates in zip(dealt, like, strict=True):
            free = next((run for run in candidates if run not in used), None)
            if free is not None:
                controls.append(free)
                used.add(free)
    return dealt


def _exposures_until_onset(rows: pl.DataFrame, factor: str, cases: NDArray[np.bool_]) -> Iterator[tuple[int, Floats]]:
    """Each case's place among the runs, and all runs' mean exposure (n_runs,) up to the segment of its onset.

    A mean rests on physical values only and is NaN without any; a case without one is left out.
    """
    run = rows["run_id"].rle_id().to_numpy()
    segment = rows["segment_no"].to_numpy().astype(np.int64)
    low, high = PHYSICAL_LIMITS[EXPOSURES[factor]]
    values = rows[EXPOSURES[factor]].cast(pl.Float64).to_numpy()
    known = (values >= low) & (values <= high)
    for case in np.flatnonzero(cases):
        own = np.flatnonzero(run == case)
        until = segment[own[np.argmax(rows["onset"].to_numpy()[own])]]  # holds most of the onset
        counted = np.flatnonzero(known & (segment <= until))
        n = np.bincount(run[counted], minlength=cases.size).astype(np.float64)
        exposure = np.bincount(run[counted], values[counted], cases.size) / np.where(n > 0, n, np.nan)
        if not np.isnan(exposure[case]):
            yield int(case), exposure
