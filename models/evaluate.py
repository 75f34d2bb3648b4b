""" "Had we told you then": each run forecast from the runs before it, then held against what came.

Time-forward for one runner, from what was known at the start: planned duration, usual pace, the weather then.
Proper scores (log loss, Brier) and counts; accuracy is never used. Called by pipeline.actions.

scikit-learn's splits and scores are loaded where they are used: that takes half a second, and a short record needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.baselines import RunForecaster, baselines
from models.dataset import check_rows, planned_rows, runs_of
from models.hazard import CrampHazard

Floats = NDArray[np.float64]

FIRST_RUNS = 10  # learnt from before the first forecast: MODEL.md's floor for a personal number
FEWEST_FORECASTS = 10
RUNS_A_REFIT = 5
GROUP_BOUNDS = (
    0.0,
    0.01,
    0.05,
    0.10,
    0.20,
    0.35,
    1.0,
)  # the report's words: low, some, raised, high, very high


@dataclass(frozen=True, slots=True)
class RunForecast:
    """What would have been said before a run (0..1, 90 % range), and what came; `start_at` ISO, UTC."""

    run_id: str
    start_at: str
    said: float
    low: float
    high: float
    cramp: bool


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """Runs whose forecast lay in [low, high): how many, their mean forecast (0..1), how many with a cramp."""

    low: float
    high: float
    runs: int
    said: float
    cramps: int


@dataclass(frozen=True, slots=True)
class BaselineScore:
    """A baseline on the same runs. `worse_by`: its log loss minus the hazard's, mean a run, with its SE."""

    name: str
    log_loss: float
    brier: float
    expected: float
    worse_by: float
    worse_by_se: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The record. `verdict`: 'enough', 'no cramp' (counts only), 'all cramps' or 'too few runs' (nothing).

    Scores are None unless the verdict is 'enough'; dataclasses.asdict gives plain JSON values.
    """

    verdict: str
    runs: int
    cramps: int
    expected: float
    without_plan: int
    log_loss: float | None
    brier: float | None
    baselines: tuple[BaselineScore, ...]
    groups: tuple[ForecastGroup, ...]
    forecasts: tuple[RunForecast, ...]


def evaluate(
    rows: pl.DataFrame,
    first_answer: str | None = None,
    usual_race: str | None = None,
    *,
    runs_a_refit: int = RUNS_A_REFIT,
) -> Evaluation:
    """The time-forward record of one runner's hazard rows, the first answer known from the start.

    Runs without a planned duration are counted and not forecast. Deterministic.
    """
    runs = runs_of(rows)
    without_plan = int(runs["planned_s"].is_null().sum())
    forecasts: list[RunForecast] = []
    said: dict[str, list[float]] = {forecaster.name: [] for forecaster in baselines()}
    for past, coming in _folds(check_rows(rows), runs, runs_a_refit):
        plans = planned_rows(coming)
        if plans.is_empty():
            continue
        model = CrampHazard().fit(past, first_answer=first_answer, usual_race=usual_race)
        forecasts += _forecasts(model, coming, plans)
        for forecaster in baselines():
            said[forecaster.name] += _told(forecaster, past, plans)
    if len(forecasts) < FEWEST_FORECASTS:
        return Evaluation("too few runs", len(forecasts), 0, 0.0, without_plan, None, None, (), (), ())
    return _scored(forecasts, said, without_plan)


def _folds(rows: pl.DataFrame, runs: pl.DataFrame, runs_a_refit: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """(rows of all earlier runs, the next few runs), oldest first; never a later row in the first."""
    n_splits = (runs.height - FIRST_RUNS) // runs_a_refit
    if n_splits < 2:  # TimeSeriesSplit's least
        return
    from sklearn.model_selection import TimeSeriesSplit

    for past, coming in TimeSeriesSplit(n_splits, test_size=runs_a_refit).split(np.arange(runs.height)):
        yield rows.filter(pl.col("run_id").is_in(runs["run_id"][past].to_list())), runs[coming]


def _forecasts(model: CrampHazard, coming: pl.DataFrame, plans: pl.DataFrame) -> list[RunForecast]:
    came = {run["run_id"]: run for run in coming.iter_rows(named=True)}
    return [
        RunForecast(
            run_id,
            came[run_id]["start_at"].isoformat(),
            risk.mean,
            risk.low,
            risk.high,
            came[run_id]["cramp"],
        )
        for run_id, risk in model.run_risks(plans).items()
    ]


def _told(forecaster: RunForecaster, past: pl.DataFrame, plans: pl.DataFrame) -> list[float]:
    return [float(p) for p in forecaster.fit(past).predict_runs(plans)]


def _scored(forecasts: list[RunForecast], said: dict[str, list[float]], without_plan: int) -> Evaluation:
    cramp = np.array([forecast.cramp for forecast in forecasts])
    own = np.array([forecast.said for forecast in forecasts])
    verdict = "enough" if 0 < cramp.sum() < cramp.size else "all cramps" if cramp.all() else "no cramp"
    scored = verdict == "enough"
    return Evaluation(
        verdict=verdict,
        runs=cramp.size,
        cramps=int(cramp.sum()),
        expected=float(own.sum()),
        without_plan=without_plan,
        log_loss=_scores(own, cramp)[0] if scored else None,
        brier=_scores(own, cramp)[1] if scored else None,
        baselines=tuple(_beside(name, np.array(p), own, cramp) for name, p in said.items()) if scored else (),
        groups=forecast_groups(own, cramp),
        forecasts=tuple(forecasts),
    )


def _beside(name: str, theirs: Floats, own: Floats, cramp: NDArray[np.bool_]) -> BaselineScore:
    difference = run_losses(theirs, cramp) - run_losses(own, cramp)
    loss, brier = _scores(theirs, cramp)
    return BaselineScore(
        name=name,
        log_loss=loss,
        brier=brier,
        expected=float(theirs.sum()),
        worse_by=float(difference.mean()),
        worse_by_se=float(difference.std(ddof=1) / np.sqrt(difference.size)),
    )


def run_losses(said: Floats, cramp: NDArray[np.bool_]) -> Floats:
    """Log loss of each run (n_runs,): -log of the probability given to what came."""
    tiny = np.finfo(np.float64).eps
    inside = np.clip(said, tiny, 1 - tiny)
    return -np.where(cramp, np.log(inside), np.log1p(-inside))


def _scores(said: Floats, cramp: NDArray[np.bool_]) -> tuple[float, float]:
    """scikit-learn's log loss and Brier score."""
    from sklearn.metrics import brier_score_loss, log_loss

    loss = log_loss(cramp, said, labels=[0, 1])
    return float(loss), float(brier_score_loss(cramp, said, labels=[0, 1], pos_label=1))


def forecast_groups(said: Floats, cramp: NDArray[np.bool_]) -> tuple[ForecastGroup, ...]:
    """The forecasts by size, empty groups left out; the last group holds 1.0 as well."""
    place = np.clip(np.digitize(said, GROUP_BOUNDS) - 1, 0, len(GROUP_BOUNDS) - 2)
    return tuple(
        ForecastGroup(
            low=GROUP_BOUNDS[k],
            high=GROUP_BOUNDS[k + 1],
            runs=int((place == k).sum()),
            said=float(said[place == k].mean()),
            cramps=int(cramp[place == k].sum()),
        )
        for k in sorted(set(place.tolist()))
    )
