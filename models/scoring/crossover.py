"""What is associated with one runner's cramps: each cramp run against the runner's similar clean runs, and the claim fit.

Runs are matched within the runner, so that no constant property of the runner explains a difference. Called by
pipeline.actions; pipeline.rules decides which result may be reported.
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

# A claim about this runner must not rest on studies: pace, heat and morning get neutral priors.
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
    """`p`: the share of permutations with a difference at least as high; `higher_by`: the mean difference.

    The unit of `higher_by` is that of the exposure (°C of WBGT, % faster). `sets`: the number of cramp runs with a control;
    if it is 0, p = 1 and higher_by = 0.
    """

    sets: int
    controls: int
    higher_by: float
    p: float


def claim_slopes(
    rows: pl.DataFrame, first_answer: str | None = None, usual_race: str | None = None
) -> dict[str, float]:
    """Returns P(slope > 0) for heat and pace in the claim fit (prior mean 0, SD 1 on pace, heat, morning)."""
    answers = {rows["runner_id"][0]: (first_answer, usual_race)}
    model = CrampHazard(priors=CLAIM_PRIORS).fit(rows, first_answers=answers)
    return {factor: model.probability_positive(factor) for factor in EXPOSURES}


def case_crossover(rows: pl.DataFrame, factor: str) -> CaseCrossover:
    """Compares each cramp run with up to 10 clean runs of the runner, of similar planned duration and the same race flag.

    The exposure of a run is its mean up to the segment of the cramp run's onset, for case and controls alike: the same time
    in the run, and nothing after an onset. One-sided test: higher in cramp runs. Fixed seed.
    """
    rng = np.random.default_rng(SEED)
    sets = [exposures for exposures in _matched_sets(check_rows(rows), factor, rng) if exposures.size > 1]
    if not sets:
        return CaseCrossover(0, 0, 0.0, 1.0)
    differences = [exposures - (exposures.sum() - exposures) / (exposures.size - 1) for exposures in sets]
    observed = sum(difference[0] for difference in differences)
    shuffled = sum(difference[rng.integers(difference.size, size=PERMUTATIONS)] for difference in differences)
    as_high = int((np.asarray(shuffled) >= observed - 1e-12).sum())
    n_controls = sum(exposures.size - 1 for exposures in sets)
    return CaseCrossover(len(sets), n_controls, float(observed) / len(sets), (1 + as_high) / (1 + PERMUTATIONS))


def _matched_sets(rows: pl.DataFrame, factor: str, rng: np.random.Generator) -> list[Floats]:
    """Returns for each cramp run the exposures (1 + n_controls,): its own first, then those of its controls."""
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
    """Returns up to 10 controls per case from its candidates, dealt in turn; no clean run is a control of two cases.

    Shared controls make the permutations dependent, and P becomes too small: 5 of 100 null cases were under .025 when
    8 cramp runs shared 20 clean ones.
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
    """Yields the index of each case, and the mean exposure of all runs (n_runs,) up to the segment of its onset.

    Only physical values count; a mean without any is NaN. A case with NaN is left out.
    """
    run = rows["run_id"].rle_id().to_numpy()
    segment = rows["segment_no"].to_numpy().astype(np.int64)
    low, high = PHYSICAL_LIMITS[EXPOSURES[factor]]
    values = rows[EXPOSURES[factor]].cast(pl.Float64).to_numpy()
    physical = (values >= low) & (values <= high)
    for case in np.flatnonzero(cases):
        mine = np.flatnonzero(run == case)
        until = segment[mine[np.argmax(rows["onset"].to_numpy()[mine])]]  # the segment with most of the onset
        counted = np.flatnonzero(physical & (segment <= until))
        n = np.bincount(run[counted], minlength=cases.size).astype(np.float64)
        exposure = np.bincount(run[counted], values[counted], cases.size) / np.where(n > 0, n, np.nan)
        if not np.isnan(exposure[case]):
            yield int(case), exposure
