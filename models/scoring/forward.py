"""Forecasts as they could have been made in the past: each run predicted before it began, by the hazard and by baselines.

Time-forward: the group is fitted to everyone's earlier runs, the runner's part to their own earlier runs. Newcomers: only
other runners' runs are used. Called by models.scoring.evaluate, which scores the forecasts. scikit-learn's splits are
imported where they are used.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import polars as pl

from models.fit.hazard import CrampHazard
from models.fit.runner_history import FirstAnswers
from models.scoring.as_of import HistoryAsOf, RunnerLog
from models.scoring.baselines import LevelTimesShape, PlannedLogistic, RunForecaster, RunnerRate
from models.scoring.pooled_hazard import PooledHazard

PolarsType = pl.DataType | type[pl.DataType]

FIRST_RUNS = (
    10  # runs before a runner's first forecast, as for a personal number (docs/method.md#when-it-must-hold-back)
)
FIRST_REFIT, REFIT_GROWTH = 10, 1.5  # forecasts between two refits of the group; the runner's own runs are folded in
MOST_FOLDS = 400  # in a larger store several runs of a runner are forecast from the same posterior
NEWCOMER_GROUPS = 5  # groups of runners; each is forecast from the other groups
LONG_S = 5400.0  # planned; a run that is neither long nor a race is 'other'
KINDS = ("race", "long", "other")
FORECAST_SCHEMA: Mapping[str, PolarsType] = {
    "runner_id": pl.String,
    "run_id": pl.String,
    "start_at": pl.Datetime("us"),
    "kind": pl.String,
    "cramp": pl.Boolean,
    "predicted": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True, slots=True, eq=False)
class FittedForecasters:
    """The hazard and the baselines that learn from all runners, fitted to the same earlier runs."""

    model: CrampHazard
    shared: tuple[RunForecaster, ...]

    @classmethod
    def of(cls, rows: pl.DataFrame, answers: FirstAnswers, several: bool) -> FittedForecasters:
        """Fits all to these rows. Without `several` runners the pooled hazard equals the hazard and is left out."""
        shared: list[RunForecaster] = [PlannedLogistic().fit(rows)]
        if several:
            shared.append(PooledHazard().fit(rows))
        return cls(CrampHazard().fit(rows, first_answers=answers), tuple(shared))


def forward_forecasts(history: HistoryAsOf) -> pl.DataFrame:
    """Returns FORECAST_SCHEMA and one column per baseline, one row per run, oldest first.

    Each run is forecast from what was known before it. Runs with a planned duration, from each runner's eleventh run on.
    Deterministic.
    """
    logs = history.logs
    due = _runs_to_forecast(logs.values())
    runs_per_fold = -(-due.height // MOST_FOLDS) or 1
    forecasts: list[pl.DataFrame] = []
    for begin, end in refit_intervals(due.height):
        coming = due[begin:end]
        at: datetime = coming["start_at"][0]
        earlier = history.rows.filter(pl.col("start_at") < at)
        fitted = FittedForecasters.of(earlier, history.answers(at), len(logs) > 1)
        for (runner,), mine in coming.group_by("runner_id", maintain_order=True):
            log, batches = logs[str(runner)], mine.iter_slices(runs_per_fold)
            forecasts += [_forecast_runs(fitted, log, batch["run_no"].to_list(), history) for batch in batches]
    return pl.concat(forecasts).sort("start_at", "run_id") if forecasts else pl.DataFrame(schema=FORECAST_SCHEMA)


def newcomer_forecasts(history: HistoryAsOf) -> pl.DataFrame:
    """Returns the same columns; every planned run is forecast as a newcomer's, from the other groups of runners.

    All runs of the other groups are used, also later ones. Empty with one runner.
    """
    from sklearn.model_selection import GroupKFold

    logs = history.logs
    if len(logs) < 2:
        return pl.DataFrame(schema=FORECAST_SCHEMA)
    forecasts: list[pl.DataFrame] = []
    runners = history.rows["runner_id"].to_numpy()
    for others, held_out in GroupKFold(min(NEWCOMER_GROUPS, len(logs))).split(runners, groups=runners):
        rest = history.rows[others]
        names = set(rest["runner_id"].unique().to_list())
        answers = {name: answer for name, answer in history.first_answers.items() if name in names}
        fitted = FittedForecasters.of(rest, answers, several=True)
        newcomers = sorted(set(runners[held_out].tolist()))
        forecasts += [_forecast_newcomer(fitted, logs[runner], history) for runner in newcomers]
    return pl.concat(forecasts).sort("start_at", "run_id")


def refit_intervals(n_forecasts: int) -> list[tuple[int, int]]:
    """Returns (begin, end) of the runs forecast from one refit: 0-10, 10-15, 15-23, ..., each end half as far again.

    All refits together cost about as much as three of the last one. A run has the same forecast when later runs follow.
    """
    ends = []
    end = float(FIRST_REFIT)
    while (rounded := math.ceil(end)) < n_forecasts:
        ends.append(rounded)
        end *= REFIT_GROWTH
    return list(pairwise([0, *ends, n_forecasts])) if n_forecasts else []


def _runs_to_forecast(logs: Iterable[RunnerLog]) -> pl.DataFrame:
    """Returns the runs to forecast (runner_id, run_no, start_at), oldest first."""
    found = [
        log.runs.select(
            pl.lit(log.runner).alias("runner_id"), pl.int_range(pl.len()).alias("run_no"), "start_at", "planned_s"
        ).filter((pl.col("run_no") >= FIRST_RUNS) & (pl.col("planned_s") > 0))
        for log in logs
    ]
    schema: Mapping[str, PolarsType] = {
        "runner_id": pl.String,
        "run_no": pl.Int64,
        "start_at": pl.Datetime("us"),
        "planned_s": pl.Float64,
    }
    return pl.concat(found).sort("start_at", "runner_id", "run_no") if found else pl.DataFrame(schema=schema)


def _forecast_runs(
    fitted: FittedForecasters, log: RunnerLog, run_nos: Sequence[int], history: HistoryAsOf
) -> pl.DataFrame:
    """Returns forecasts of these runs of one runner, all from what was known before the first of them."""
    past, at = log.before(run_nos[0]), log.runs["start_at"][run_nos[0]]
    return _forecasts(fitted, log, log.runs[run_nos], past, history.answer_of(log.runner, at))


def _forecast_newcomer(fitted: FittedForecasters, log: RunnerLog, history: HistoryAsOf) -> pl.DataFrame:
    """Returns forecasts of all planned runs of one runner, from none of their runs."""
    answer = history.answer_of(log.runner, log.runs["start_at"][0])
    return _forecasts(fitted, log, log.runs.filter(pl.col("planned_s") > 0), log.before(0), answer)


def _forecasts(
    fitted: FittedForecasters, log: RunnerLog, runs: pl.DataFrame, past: pl.DataFrame, answer: FirstAnswers
) -> pl.DataFrame:
    """Returns FORECAST_SCHEMA of planned runs and one column per baseline, after the runner's `past` rows."""
    model = fitted.model.fold_in(past, runner=log.runner, first_answers=answer)
    baselines: tuple[RunForecaster, ...] = (RunnerRate().fit(past), LevelTimesShape().fit(past), *fitted.shared)
    if runs.is_empty():
        return pl.DataFrame(schema={**FORECAST_SCHEMA, **{baseline.name: pl.Float64 for baseline in baselines}})
    plans = log.plans.filter(pl.col("run_id").is_in(runs["run_id"].to_list()))
    risks = list(model.run_risks(plans, runner=log.runner).values())
    return runs.select(
        pl.lit(log.runner).alias("runner_id"),
        "run_id",
        "start_at",
        kind_of_run(),
        "cramp",
        pl.Series("predicted", [risk.mean for risk in risks]),
        pl.Series("low", [risk.low for risk in risks]),
        pl.Series("high", [risk.high for risk in risks]),
        *(pl.Series(baseline.name, baseline.predict_runs(plans)) for baseline in baselines),
    )


def kind_of_run() -> pl.Expr:
    """Returns 'race' if the runner marked it so, 'long' from 90 planned minutes on, otherwise 'other'."""
    rest = pl.when(pl.col("planned_s") >= LONG_S).then(pl.lit("long")).otherwise(pl.lit("other"))
    return pl.when("race").then(pl.lit("race")).otherwise(rest).alias("kind")


def baseline_names(forecasts: pl.DataFrame) -> Iterator[str]:
    """Returns the names of the baselines in a frame of forecasts, in its order."""
    return (name for name in forecasts.columns if name not in FORECAST_SCHEMA)
