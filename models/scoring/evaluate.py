"""Backtests: forecasts from what was known before each run (models.scoring.forward) compared with the outcomes.

Time-forward for all runners together and for each runner; and as newcomers. Proper scores (models.scoring.scores),
calibration (models.scoring.calibration) and counts; accuracy is never used. Called by pipeline.actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.dataset import check_rows
from models.fit.runner_history import FirstAnswers
from models.scoring.as_of import HistoryAsOf
from models.scoring.calibration import Calibration, CalibrationGroup, calibrate, calibration_groups
from models.scoring.canary import looks_leaked
from models.scoring.comparison import clusters
from models.scoring.forward import KINDS, baseline_names, forward_forecasts, newcomer_forecasts
from models.scoring.scores import (
    BaselineScore,
    NetBenefit,
    average_precision,
    brier_skill,
    compare_with_baseline,
    net_benefits,
    order_within_kind,
    proper_scores,
)

FEWEST_FORECASTS = 10


@dataclass(frozen=True, slots=True)
class RunForecast:
    """The forecast before a run (0..1, with its 90 % range) and the outcome; `start_at` ISO, UTC."""

    run_id: str
    start_at: str
    predicted: float
    low: float
    high: float
    cramp: bool


@dataclass(frozen=True, slots=True)
class KindScore:
    """Runs of one kind. `order` is the AUROC among them, None with too few cramps or too few clean runs.

    `looks_leaked`: `order` is higher than what is known at the start of a run allows (models.scoring.canary).
    """

    kind: str
    runs: int
    cramps: int
    expected: float
    order: float | None
    looks_leaked: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of forecasts of runs with and without a cramp. `by`: the unit of resampling, 'runner' or 'run'."""

    log_loss: float
    brier: float
    brier_skill: float
    average_precision: float
    calibration: Calibration
    net_benefits: tuple[NetBenefit, ...]
    by: str


@dataclass(frozen=True, slots=True)
class ForecastEvaluation:
    """Forecasts compared with outcomes. `verdict`: 'enough', 'no cramp' or 'all cramps' (counts only), 'too few runs'.

    `scores` is None and `baselines` is empty unless the verdict is 'enough'. `forecasts` are filled for a single runner
    only.
    """

    verdict: str
    runners: int
    runs: int
    cramps: int
    expected: float
    scores: Scores | None
    baselines: tuple[BaselineScore, ...]
    kinds: tuple[KindScore, ...]
    groups: tuple[CalibrationGroup, ...]
    forecasts: tuple[RunForecast, ...] = ()

    def as_values(self) -> dict[str, Any]:
        """Returns plain values for JSON. Stored fits have the key "said" for `predicted`, so it stays."""
        values = asdict(self)
        for row in (*values["groups"], *values["forecasts"]):
            row["said"] = row.pop("predicted")
        return values


@dataclass(frozen=True, slots=True, eq=False)
class ModelEvaluation:
    """Time-forward for all runners together and by runner id; all runs as newcomers'; the count of runs without a plan."""

    together: ForecastEvaluation
    newcomers: ForecastEvaluation
    by_runner: Mapping[str, ForecastEvaluation]
    without_plan: int


def evaluate(
    rows: pl.DataFrame,
    first_answers: FirstAnswers | None = None,
    answered_at: Mapping[str, datetime] | None = None,
) -> ModelEvaluation:
    """Returns the evaluation on all runners' hazard rows. models.scoring.as_of says which first answers are used when.

    Runs without a planned duration are counted and not forecast. Deterministic.
    """
    history = HistoryAsOf(check_rows(rows), first_answers or {}, answered_at or {})
    forecasts = forward_forecasts(history)
    unplanned = history.rows.filter(pl.col("planned_s").is_null() | (pl.col("planned_s") <= 0))
    return ModelEvaluation(
        together=score(forecasts),
        newcomers=score(newcomer_forecasts(history), seen_runners=False),
        by_runner={
            runner: score(forecasts.filter(pl.col("runner_id") == runner))
            for runner in sorted(history.rows["runner_id"].unique().to_list())
        },
        without_plan=unplanned["run_id"].n_unique(),
    )


def score(forecasts: pl.DataFrame, *, seen_runners: bool = True) -> ForecastEvaluation:
    """Returns the evaluation of these forecasts (models.scoring.forward.FORECAST_SCHEMA and one column per baseline)."""
    runners = forecasts["runner_id"].n_unique()
    if forecasts.height < FEWEST_FORECASTS:
        return ForecastEvaluation("too few runs", runners, forecasts.height, 0, 0.0, None, (), (), ())
    predicted, cramp = forecasts["predicted"].to_numpy(), forecasts["cramp"].to_numpy()
    verdict = "enough" if 0 < cramp.sum() < cramp.size else "all cramps" if cramp.all() else "no cramp"
    cluster, by = clusters(forecasts)
    scored = verdict == "enough"
    return ForecastEvaluation(
        verdict=verdict,
        runners=runners,
        runs=cramp.size,
        cramps=int(cramp.sum()),
        expected=float(predicted.sum()),
        scores=_scores(predicted, cramp, cluster, by) if scored else None,
        baselines=tuple(
            compare_with_baseline(name, forecasts[name].to_numpy(), predicted, cramp, cluster)
            for name in baseline_names(forecasts)
        )
        if scored
        else (),
        kinds=tuple(
            _score_of_kind(forecasts.filter(pl.col("kind") == kind), kind, scored, seen_runners) for kind in KINDS
        ),
        groups=calibration_groups(predicted, cramp),
        forecasts=_run_forecasts(forecasts) if runners == 1 else (),
    )


def _scores(predicted: NDArray[np.float64], cramp: NDArray[np.bool_], cluster: NDArray[np.int64], by: str) -> Scores:
    loss, brier = proper_scores(predicted, cramp)
    return Scores(
        log_loss=loss,
        brier=brier,
        brier_skill=brier_skill(brier, cramp),
        average_precision=average_precision(predicted, cramp),
        calibration=calibrate(predicted, cramp, cluster),
        net_benefits=net_benefits(predicted, cramp),
        by=by,
    )


def _score_of_kind(forecasts: pl.DataFrame, kind: str, scored: bool, seen_runners: bool) -> KindScore:
    predicted, cramp = forecasts["predicted"].to_numpy(), forecasts["cramp"].to_numpy()
    order = order_within_kind(predicted, cramp) if scored else None
    leaked = looks_leaked(order, kind, seen_runners=seen_runners)
    return KindScore(kind, forecasts.height, int(cramp.sum()), float(predicted.sum()), order, leaked)


def _run_forecasts(forecasts: pl.DataFrame) -> tuple[RunForecast, ...]:
    columns = ("run_id", "start_at", "predicted", "low", "high", "cramp")
    return tuple(
        RunForecast(**{**row, "start_at": row["start_at"].isoformat()}) for row in forecasts.select(columns).to_dicts()
    )
