"""Runners made up for the model's tests: hazard rows of plain plans, runners drawn from the prior itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from models.fit.design import EVIDENCE_PRIORS, HAZARD_ROW_COLUMNS, design_matrix, plan_rows

FIRST_DAY = datetime(2024, 1, 1, 6, 0)  # naive: the view gives UTC without saying so


def hazard_rows(plans: pl.DataFrame, onset_at: dict[str, int] | None = None) -> pl.DataFrame:
    """Training rows from plan rows, a run every third day; a run ends with the segment of its onset."""
    onset_at = onset_at or {}
    run_no = {run_id: k for k, run_id in enumerate(plans["run_id"].unique(maintain_order=True))}
    keep = [no <= onset_at.get(run, 10_000) for run, no in zip(plans["run_id"], plans["segment_no"], strict=True)]
    rows = plans.filter(pl.Series(keep, dtype=pl.Boolean))
    return rows.with_columns(
        pl.lit("anna").alias("runner_id"),
        pl.Series(
            "start_at",
            [FIRST_DAY + timedelta(days=3 * run_no[run]) for run in rows["run_id"]],
            pl.Datetime("us"),
        ),
        pl.Series(
            "onset",
            [float(onset_at.get(run) == no) for run, no in zip(rows["run_id"], rows["segment_no"], strict=True)],
            pl.Float64,
        ),
        pl.lit(True).alias("simulated"),
    ).select(HAZARD_ROW_COLUMNS)


def no_rows() -> pl.DataFrame:
    """A runner without a single answered run."""
    return hazard_rows(plan_rows(3600.0)).clear()


def clean_runs(n: int, hours: float = 1.0) -> pl.DataFrame:
    """n clean runs at WBGT 15, usual pace, 2 h the longest before."""
    if n == 0:
        return no_rows()
    return hazard_rows(
        pl.concat([plan_rows(hours * 3600, run_id=f"r{k:03d}", wbgt_c=15.0, longest30_s=7200.0) for k in range(n)])
    )


def varied_plans(n: int, rng: np.random.Generator) -> pl.DataFrame:
    """n runs of a common year: mostly 40-70 min, some of 2 h, a marathon in forty; all covariates known."""
    hours = rng.choice([0.7, 1.1, 2.0], size=n, p=[0.6, 0.25, 0.15])
    race = (np.arange(n) % 40) == 39
    return pl.concat(
        [
            plan_rows(
                3600.0 * (4.0 if race[k] else hours[k]),
                run_id=f"r{k:03d}",
                longest30_s=7200.0,
                pace_faster_pct=float(rng.normal(0.0, 4.0)),
                race=bool(race[k]),
                wbgt_c=float(15.0 + 8.0 * np.sin(k / n * 2 * np.pi) + rng.normal(0.0, 3.0)),
                descent_m=float(rng.uniform(0.0, 400.0)),
                load_3d_z=float(rng.normal()),
                start_hour_local=float(rng.choice([7.0, 12.0, 18.5])),
            )
            for k in range(n)
        ]
    )


def drawn_coefficients(rng: np.random.Generator) -> np.ndarray:
    """One runner's true coefficients (n_features,), from the evidence priors for a runner alone."""
    means = np.array([prior.mean for prior in EVIDENCE_PRIORS])
    sds = np.array([prior.sd_alone for prior in EVIDENCE_PRIORS])
    return means + sds * rng.standard_normal(means.size)


def drawn_onsets(plans: pl.DataFrame, truth: np.ndarray, rng: np.random.Generator) -> dict[str, int]:
    """The segment of each run's first onset under the true hazard; runs that stay clean are left out."""
    chance = -np.expm1(-plans["minutes"].to_numpy() * np.exp(design_matrix(plans) @ truth))
    hit = plans.select("run_id", "segment_no", hit=pl.Series(rng.random(plans.height) < chance)).filter("hit")
    first = hit.group_by("run_id", maintain_order=True).agg(pl.col("segment_no").min())
    return dict(zip(first["run_id"].to_list(), first["segment_no"].to_list(), strict=True))


def of_runner(rows: pl.DataFrame, runner: str) -> pl.DataFrame:
    """The same rows as another runner's."""
    return rows.with_columns(pl.lit(runner).alias("runner_id"))


def cohort(
    n: int, n_runs: int, group: np.ndarray, sds: np.ndarray, rng: np.random.Generator
) -> tuple[pl.DataFrame, dict[str, np.ndarray]]:
    """Hazard rows of n runners, and each one's true coefficients: the group's (n_features,) + N(0, sds^2)."""
    truths = {f"runner{k:03d}": group + sds * rng.standard_normal(group.size) for k in range(n)}
    rows = []
    for runner, truth in truths.items():
        plans = varied_plans(n_runs, rng)
        rows.append(of_runner(hazard_rows(plans, drawn_onsets(plans, truth, rng)), runner))
    return pl.concat(rows), truths
