"""Other methods on the same rows: rates, regressions, boosting, Cox, survival forests. Called by model_quality.

Each gets what it can use: segments or runs, what was known at the start, and the runner's rate so far.
lifelines and scikit-survival come with the extra `bench`; a peer that is not installed is named, not left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.cohort import Forecaster, Task
from models.fit.design import COVARIATE_COLUMNS, design_matrix
from models.scoring.baselines import PlannedLogistic, RunnerRate

Floats = NDArray[np.float64]

FOREST_RUNS = 6000  # per tree
RATE_WEIGHT = 0.35  # expected cramps added to a runner's rate
RAW_COLUMNS = ("moving_start_s", "planned_s", "race", *COVARIATE_COLUMNS)


def peers() -> Iterator[tuple[str, Forecaster | None]]:
    """Yields name and forecaster, None if its library is not installed."""
    yield "own rate", runner_rate
    yield "logistic on planned duration", planned_duration
    yield "pooled logistic hazard", pooled_hazard
    yield "gradient boosting", boosting
    yield "gradient boosting + own rate", boosting_with_rate
    yield "Cox (lifelines)", cox if find_spec("lifelines") else None
    yield "survival forest (scikit-survival)", forest if find_spec("sksurv") else None


def runner_rate(task: Task) -> Floats:
    """Returns forecasts from each runner's cramps per hour."""
    predicted = []
    for (runner,), plans in task.plans.group_by("runner_id", maintain_order=True):
        predicted.append(RunnerRate().fit(task.past.filter(pl.col("runner_id") == runner)).predict_runs(plans))
    return np.concatenate(predicted)


def planned_duration(task: Task) -> Floats:
    """All runners' cramps on the log of planned hours."""
    return PlannedLogistic().fit(task.past).predict_runs(task.plans)


def pooled_hazard(task: Task) -> Floats:
    """scikit-learn's logistic regression of the onset in a segment on our own columns, all runners as one."""
    scaler = StandardScaler().fit(_segment_design(task.past))
    model = LogisticRegression(max_iter=1000).fit(scaler.transform(_segment_design(task.past)), task.past["onset"])
    return _joined(task.plans, model.predict_proba(scaler.transform(_segment_design(task.plans)))[:, 1])


def boosting(task: Task) -> Floats:
    """scikit-learn's histogram boosting of the onset in a segment on the raw columns."""
    return _boosted(task, _raw)


def boosting_with_rate(task: Task) -> Floats:
    """Returns the same with the runner's rate before the run as another column."""
    rates = runner_rates(task)
    return _boosted(task, lambda rows: np.column_stack([_raw(rows), [rates[run_id] for run_id in rows["run_id"]]]))


def cox(task: Task) -> Floats:
    """lifelines' Cox model of the time to the first cramp on what was known at the start, including the runner's rate."""
    import pandas as pd
    from lifelines import CoxPHFitter

    past, covariates, ahead = _runs(task)
    frame = pd.DataFrame(covariates).assign(minutes=past["minutes"].to_numpy(), cramp=past["cramp"].to_numpy())
    model = CoxPHFitter(penalizer=0.01).fit(frame, "minutes", "cramp")
    base = model.baseline_cumulative_hazard_.iloc[:, 0]
    until = np.interp(task.coming["planned_s"].to_numpy() / 60.0, base.index.to_numpy(), base.to_numpy(), left=0.0)
    return -np.expm1(-until * model.predict_partial_hazard(pd.DataFrame(ahead)).to_numpy())


def forest(task: Task) -> Floats:
    """scikit-survival's random survival forest on the same: times to the nearest 5 minutes, else it needs gigabytes.

    Each tree sees at most 6,000 runs: with the 29,000 of 500 runners it was not done after 6 minutes.
    """
    from sksurv.ensemble import RandomSurvivalForest
    from sksurv.util import Surv

    past, covariates, ahead = _runs(task)
    minutes = np.maximum(5.0 * np.round(past["minutes"].to_numpy() / 5.0), 5.0)
    seen = FOREST_RUNS if past.height > FOREST_RUNS else None
    model = RandomSurvivalForest(n_estimators=100, min_samples_leaf=30, max_samples=seen, random_state=0)
    model.fit(covariates, Surv.from_arrays(past["cramp"].to_numpy(), minutes))
    survival = model.predict_survival_function(ahead, return_array=True)
    place = np.searchsorted(model.unique_times_, task.coming["planned_s"].to_numpy() / 60.0, side="right") - 1
    return np.where(place < 0, 0.0, 1.0 - survival[np.arange(place.size), np.maximum(place, 0)])


def _runs(task: Task) -> tuple[pl.DataFrame, Floats, Floats]:
    """Returns the runs for fitting, their covariates, and those of the runs to forecast, as _at_the_start."""
    past, rates = _past_runs(task), runner_rates(task)
    first = task.plans.group_by("run_id", maintain_order=True).first()
    return past, _at_the_start(past, rates, past), _at_the_start(first, rates, past)


def runner_rates(task: Task) -> dict[str, float]:
    """Returns the log of the runner's rate before each run relative to all runners, shrunk; 0 without data.

    Only earlier runs are used, also for the runs for fitting; for runs to forecast, all runs for fitting are used.
    """
    past = _past_runs(task)
    rate = past["cramp"].sum() / past["minutes"].sum()
    found: dict[str, float] = {}
    ended: dict[str, float] = {}
    for (runner,), runs in past.group_by("runner_id", maintain_order=True):
        cramps, expected = np.cumsum(runs["cramp"].to_numpy()), rate * np.cumsum(runs["minutes"].to_numpy())
        log_rate = np.log((np.append(0, cramps) + RATE_WEIGHT) / (np.append(0, expected) + RATE_WEIGHT))
        found |= dict(zip(runs["run_id"].to_list(), log_rate[:-1].tolist(), strict=True))
        ended[str(runner)] = float(log_rate[-1])
    coming = task.coming.select("run_id", "runner_id").iter_rows()
    return found | {run_id: ended[runner] for run_id, runner in coming}


def _past_runs(task: Task) -> pl.DataFrame:
    """Returns one row per run for fitting: runner_id, minutes until the onset or the end, cramp, and covariates at the start."""
    return task.past.group_by("run_id", maintain_order=True).agg(
        pl.col("runner_id", "planned_s", "race", *COVARIATE_COLUMNS).first(),
        pl.col("minutes").sum(),
        (pl.col("onset").sum() > 0.5).alias("cramp"),
    )


def _at_the_start(runs: pl.DataFrame, rates: dict[str, float], filling: pl.DataFrame) -> Floats:
    """(n_runs, 8): what was known when each run began, missing weather is the median of the runs for fitting."""
    wbgt_c = runs["wbgt_c"].fill_null(filling["wbgt_c"].median())
    return np.column_stack(
        [
            np.log(runs["planned_s"].to_numpy() / 3600.0),
            np.log(runs["longest30_s"].to_numpy() / 7200.0),
            runs["pace_faster_pct"].to_numpy() / 10.0,
            runs["race"].cast(pl.Float64).to_numpy(),
            (wbgt_c.to_numpy() - 15.0) / 10.0,
            runs["load_3d_z"].to_numpy(),
            (runs["start_hour_local"] >= 17.0).cast(pl.Float64).to_numpy(),
            [rates[run_id] for run_id in runs["run_id"]],
        ]
    )


def _segment_design(rows: pl.DataFrame) -> Floats:
    """Returns our columns without the intercept. Never the segment's minutes: an onset shortens them, so they would leak it."""
    return design_matrix(rows)[:, 1:]


def _raw(rows: pl.DataFrame) -> Floats:
    return rows.select(pl.col(*RAW_COLUMNS).cast(pl.Float64)).to_numpy()


def _boosted(task: Task, columns: Callable[[pl.DataFrame], Floats]) -> Floats:
    model = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=200, random_state=0
    )
    model.fit(columns(task.past), task.past["onset"].to_numpy())
    return _joined(task.plans, model.predict_proba(columns(task.plans))[:, 1])


def _joined(plans: pl.DataFrame, onset: Floats) -> Floats:
    """Returns P(cramp) of each run from its segments: 1 - prod(1 - p)."""
    return -np.expm1(np.bincount(plans["run_id"].rle_id().to_numpy(), np.log1p(-onset)))
