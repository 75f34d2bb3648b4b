"""Several made-up runners for the tests of evaluation: their hazard rows, with runner and run ids of their own."""

from __future__ import annotations

import numpy as np
import polars as pl

from models.fit.design import EVIDENCE_PRIORS
from tests.model.runners import drawn_onsets, hazard_rows, varied_plans

MEANS = np.array([prior.mean for prior in EVIDENCE_PRIORS])


def renamed(rows: pl.DataFrame, runner: str) -> pl.DataFrame:
    """The rows as this runner's; run ids 'anna r000'."""
    return rows.with_columns(
        pl.lit(runner).alias("runner_id"), (pl.lit(f"{runner} ") + pl.col("run_id")).alias("run_id")
    )


def cohort_rows(n_runners: int, n_runs: int, seed: int, level: float = 2.0, spread: float = 1.0) -> pl.DataFrame:
    """Runners whose level lies `level` above the evidence's, N(0, spread^2) apart; cramps drawn from it."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(n_runners):
        plans = varied_plans(n_runs, rng)
        truth = MEANS + np.eye(MEANS.size)[0] * (level + spread * rng.standard_normal())
        found.append(renamed(hazard_rows(plans, drawn_onsets(plans, truth, rng)), f"runner{k:02d}"))
    return pl.concat(found)
