""" "Had we told you then": runs forecast from what was known before them (models.scoring.forward), held against what came.

Time-forward, for the store and for each runner; and for runners who are new. Proper scores (models.scoring.scores), calibration
(models.scoring.calibration) and counts; accuracy is never used. Called by pipeline.actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.fit.dataset import check_rows
from models.fit.runner_history import FirstAnswers
from models.scoring.as_of import Known
from models.scoring.calibration import Calibration, ForecastGroup, calibrate, forecast_groups
from models.scoring.canary import looks_leaked
from models.scoring.comparison import clusters
from models.scoring.forward import KINDS, forward_forecasts, newcomer_forecasts, simpler_ways
from models.scoring.scores import (
    BaselineScore,
    NetBenefit,
    average_precision,
    brier_skill,
    compared,
    net_benefits,
    order_within_kind,
    proper_scores,
)

FEWEST_FORECASTS = 10


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
class KindScore:
    """Runs of one kind. `order` is the AUROC among them, None where cramps or clean runs are too few.

    `looks_leaked`: it is better than anything known at the start could make it (models.scoring.canary).
    """

    kind: str
    runs: int
    cramps: int
    expected: float
    order: float | None
    looks_leaked: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """How good forecasts were, where there was something to tell apart. `by`: 'runner' or 'run', what ranges resample."""

    log_loss: float
    brier: float
    brier_skill: float
    average_precision: float
    calibration: Calibration
    net_benefits: tuple[NetBenefit, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A record. `verdict`: 'enough', 'no cramp' (counts only), 'all cramps' or 'too few runs' (nothing).

    `scores` is None and `baselines` are empty unless the verdict is 'enough'. `forecasts` are one runner's; empty for
    several. dataclasses.asdict gives plain JSON values.
    """

    verdict: str
    runners: int
    runs: int
    cramps: int
    expected: float
    scores: Scores | None
    baselines: tuple[BaselineScore, ...]
    kinds: tuple[KindScore, ...]
    groups: tuple[ForecastGroup, ...]
    forecasts: tuple[RunForecast, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The whole: time-forward over all runners and by runner id; all as newcomers; runs without a plan."""

    together: Evaluation
    newcomers: Evaluation
    by_runner: Mapping[str, Evaluation]
    without_plan: int


def evaluate(
    rows: pl.DataFrame,
    first_answers: FirstAnswers | None = None,
    answered_at: Mapping[str, datetime] | None = None,
) -> Record:
    """The record of everyone's hazard rows; what first answers are used before which run: models.scoring.as_of.Known.

    Runs without a planned duration are counted and not forecast. Deterministic.
    """
    known = Known(check_rows(rows), first_answers or {}, answered_at or {})
    told = forward_forecasts(known)
    unplanned = known.rows.filter(pl.col("planned_s").is_null() | (pl.col("planned_s") <= 0))
    return Record(
        together=score(told),
        newcomers=score(newcomer_forecasts(known), known_runners=False),
        by_runner={
            runner: score(told.filter(pl.col("runner_id") == runner))
            for runner in sorted(known.rows["runner_id"].unique().to_list())
        },
        without_plan=unplanned["run_id"].n_unique(),
    )


def score(told: pl.DataFrame, *, known_runners: bool = True) -> Evaluation:
    """The record of these forecasts (models.scoring.forward.FORECAST_SCHEMA and a column a simpler way)."""
    runners = told["runner_id"].n_unique()
    if told.height < FEWEST_FORECASTS:
        return Evaluation("too few runs", runners, told.height, 0, 0.0, None, (), (), ())
    said, cramp = told["said"].to_numpy(), told["cramp"].to_numpy()
    verdict = "enough" if 0 < cramp.sum() < cramp.size else "all cramps" if cramp.all() else "no cramp"
    cluster, by = clusters(told)
    scored = verdict == "enough"
    return Evaluation(
        verdict=verdict,
        runners=runners,
        runs=cramp.size,
        cramps=int(cramp.sum()),
        expected=float(said.sum()),
        scores=_scores(said, cramp, cluster, by) if scored else None,
        baselines=tuple(compared(name, told[name].to_numpy(), said, cramp, cluster) for name in simpler_ways(told))
        if scored
        else (),
        kinds=tuple(_of_kind(told.filter(pl.col("kind") == kind), kind, scored, known_runners) for kind in KINDS),
        groups=forecast_groups(said, cramp),
        forecasts=_forecasts(told) if runners == 1 else (),
    )


def _scores(said: NDArray[np.float64], cramp: NDArray[np.bool_], cluster: NDArray[np.int64], by: str) -> Scores:
    loss, brier = proper_scores(said, cramp)
    return Scores(
        log_loss=loss,
        brier=brier,
        brier_skill=brier_skill(brier, cramp),
        average_precision=average_precision(said, cramp),
        calibration=calibrate(said, cramp, cluster),
        net_benefits=net_benefits(said, cramp),
        by=by,
    )


def _of_kind(told: pl.DataFrame, kind: str, scored: bool, known_runners: bool) -> KindScore:
    said, cramp = told["said"].to_numpy(), told["cramp"].to_numpy()
    order = order_within_kind(said, cramp) if scored else None
    leaked = looks_leaked(order, kind, known_runners=known_runners)
    return KindScore(kind, told.height, int(cramp.sum()), float(said.sum()), order, leaked)


def _forecasts(told: pl.DataFrame) -> tuple[RunForecast, ...]:
    wanted = ("run_id", "start_at", "said", "low", "high", "cramp")
    return tuple(
        RunForecast(**{**row, "start_at": row["start_at"].isoformat()}) for row in told.select(wanted).to_dicts()
    )
