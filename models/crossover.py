"""What goes along with one runner's cramps: each cramp run against own clean runs like it, and the claim fit.

Matched within the runner, so nothing fixed about them explains a difference. Called by pipeline.actions; what
models.abstain then allows is said, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.dataset import check_rows, runs_of
from models.design import EVIDENCE_PRIORS, PHYSICAL_LIMITS, Prior
from models.hazard import CrampHazard

Floats = NDArray[np.float64]

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
    model = CrampHazard(priors=CLAIM_PRIORS).fit(rows, first_answer=first_answer, usual_race=usual_race)
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
    runs = runs_of(rows).filter(pl.col("planned_s") > 0)
    clean = runs.filter(~pl.col("cramp"))
    cases: list[tuple[str, dict[str, float]]] = []
    like: list[list[str]] = []
    for case in runs.filter(pl.col("cramp")).iter_rows(named=True):
        exposure = _exposure_until(rows, factor, _onset_segment(rows, case["run_id"]))
        if case["run_id"] not in exposure:
            continue
        ratio = pl.col("planned_s") / case["planned_s"]
        alike = clean.filter((pl.col("race") == case["race"]) & ratio.is_between(*DURATION_RATIO))
        known = [str(run_id) for run_id in alike["run_id"] if run_id in exposure]
        cases.append((case["run_id"], exposure))
        like.append([known[place] for place in rng.permutation(len(known))])
    return [
        np.array([exposure[run_id] for run_id in (case_id, *controls)])
        for (case_id, exposure), controls in zip(cases, deal_controls(like), strict=True)
    ]


def deal_controls(like: list[list[str]]) -> list[list[str]]:
    """Up to 10 controls for each case from its own candidates, dealt in turn; no clean run serves two cases.

    Shared controls make the shuffles depend on each other, and P comes out too small: 5 of 100 null cases under
    .025 where 8 cramp runs share 20 clean ones.
    """
    dealt: list[list[str]] = [[] for _ in like]
    used: set[str] = set()
    for _ in range(CONTROLS):
        for controls, candidates in zip(dealt, like, strict=True):
            free = next((run_id for run_id in candidates if run_id not in used), None)
            if free is not None:
                controls.append(free)
                used.add(free)
    return dealt


def _onset_segment(rows: pl.DataFrame, run_id: str) -> int:
    """The segment holding most of the run's onset."""
    run = rows.filter(pl.col("run_id") == run_id)
    return int(run["segment_no"][int(np.argmax(run["onset"].to_numpy()))])


def _exposure_until(rows: pl.DataFrame, factor: str, segment_no: int) -> dict[str, float]:
    """Each run's mean exposure in its segments up to this one; runs without a physical value are left out."""
    column = EXPOSURES[factor]
    low, high = PHYSICAL_LIMITS[column]
    known = rows.filter((pl.col("segment_no") <= segment_no) & pl.col(column).is_between(low, high))
    means = known.group_by("run_id", maintain_order=True).agg(pl.col(column).mean())
    return dict(zip(means["run_id"].to_list(), means[column].to_list(), strict=True))
