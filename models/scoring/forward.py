"""Forecasts as they could have been made: each run told before it began, by the hazard and by simpler ways.

Time-forward: what others teach from everyone's earlier runs, the own part from own earlier runs. New runners: from the
runs of others only. Called by models.scoring.evaluate, which scores them; scikit-learn's splits are loaded where they are used.
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
from models.scoring.as_of import Known, OwnLog
from models.scoring.baselines import LevelTimesShape, OwnRate, PlannedLogistic, RunForecaster
from models.scoring.pooled_hazard import PooledHazard

PolarsType = pl.DataType | type[pl.DataType]

FIRST_RUNS = 10  # before the first forecast: as for a personal number (docs/method.md#when-it-must-hold-back)
FIRST_STRETCH, STRETCH_GROWTH = 10, 1.5  # told runs between two refits of what others teach; own runs fold in between
MOST_FOLDS = 400  # in a larger store several runs of a runner are told at once
NEWCOMER_GROUPS = 5  # groups of runners, each told from the others
LONG_S = 5400.0  # planned; what is neither that nor a race is 'other'
KINDS = ("race", "long", "other")
FORECAST_SCHEMA: Mapping[str, PolarsType] = {
    "runner_id": pl.String,
    "run_id": pl.String,
    "start_at": pl.Datetime("us"),
    "kind": pl.String,
    "cramp": pl.Boolean,
    "said": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What everyone's earlier runs taught: the hazard, and the simpler ways that learn from everyone."""

    model: CrampHazard
    shared: tuple[RunForecaster, ...]

    @classmethod
    def of(cls, rows: pl.DataFrame, answers: FirstAnswers, several: bool) -> Learnt:
        """From these rows; for one runner alone a pooled hazard would be the hazard itself, and is left out."""
        shared: list[RunForecaster] = [PlannedLogistic().fit(rows)]
        if several:
            shared.append(PooledHazard().fit(rows))
        return cls(CrampHazard().fit(rows, first_answers=answers), tuple(shared))


def forward_forecasts(known: Known) -> pl.DataFrame:
    """FORECAST_SCHEMA and a column a simpler way, one row a run told from what was known before it, oldest first.

    Each runner's runs from the eleventh on that have a planned duration. Deterministic.
    """
    logs = known.logs
    due = _due(logs.values())
    runs_a_fold = -(-due.height // MOST_FOLDS) or 1
    told: list[pl.DataFrame] = []
    for begin, end in stretches(due.height):
        coming = due[begin:end]
        at: datetime = coming["start_at"][0]
        learnt = Learnt.of(known.rows.filter(pl.col("start_at") < at), known.answers(at), len(logs) > 1)
        for (runner,), mine in coming.group_by("runner_id", maintain_order=True):
            log, batches = logs[str(runner)], mine.iter_slices(runs_a_fold)
            told += [_told(learnt, log, batch["run_no"].to_list(), known) for batch in batches]
    return pl.concat(told).sort("start_at", "run_id") if told else pl.DataFrame(schema=FORECAST_SCHEMA)


def newcomer_forecasts(known: Known) -> pl.DataFrame:
    """The same columns, every planned run told as a newcomer's, from the runs of the other groups of runners only.

    Of the others all runs count, also later ones. Empty with one runner.
    """
    from sklearn.model_selection import GroupKFold

    logs = known.logs
    if len(logs) < 2:
        return pl.DataFrame(schema=FORECAST_SCHEMA)
    told: list[pl.DataFrame] = []
    runners = known.rows["runner_id"].to_numpy()
    for others, held_out in GroupKFold(min(NEWCOMER_GROUPS, len(logs))).split(runners, groups=runners):
        rest = known.rows[others]
        names = set(rest["runner_id"].unique().to_list())
        answers = {name: said for name, said in known.first_answers.items() if name in names}
        learnt = Learnt.of(rest, answers, several=True)
        newcomers = sorted(set(runners[held_out].tolist()))
        told += [_told_as_newcomer(learnt, logs[runner], known) for runner in newcomers]
    return pl.concat(told).sort("start_at", "run_id")


def stretches(n_told: int) -> list[tuple[int, int]]:
    """From where to where the runs to be told rest on one refit: 0-10, 10-15, 15-23, ..., each end half as far again.

    So all refits together cost about three of the last one, and a run told once is told the same when others follow.
    """
    ends = []
    end = float(FIRST_STRETCH)
    while (whole := math.ceil(end)) < n_told:
        ends.append(whole)
        end *= STRETCH_GROWTH
    return list(pairwise([0, *ends, n_told])) if n_told else []


def _due(logs: Iterable[OwnLog]) -> pl.DataFrame:
    """The runs to be told (runner_id, run_no, start_at), oldest first."""
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


def _told(learnt: Learnt, log: OwnLog, run_nos: Sequence[int], known: Known) -> pl.DataFrame:
    """These runs of one runner, all told before the first of them began."""
    past, at = log.before(run_nos[0]), log.runs["start_at"][run_nos[0]]
    answer = known.answer_of(log.runner, at)
    model = learnt.model.fold_in(past, runner=log.runner, first_answers=answer)
    own = (OwnRate().fit(past), LevelTimesShape().fit(past))
    return _forecasts(model, (*own, *learnt.shared), log, log.runs[run_nos])


def _told_as_newcomer(learnt: Learnt, log: OwnLog, known: Known) -> pl.DataFrame:
    nothing = log.before(0)
    answer = known.answer_of(log.runner, log.runs["start_at"][0])
    model = learnt.model.fold_in(nothing, runner=log.runner, first_answers=answer)
    own = (OwnRate().fit(nothing), LevelTimesShape().fit(nothing))
    return _forecasts(model, (*own, *learnt.shared), log, log.runs.filter(pl.col("planned_s") > 0))


def _forecasts(model: CrampHazard, simpler: Sequence[RunForecaster], log: OwnLog, runs: pl.DataFrame) -> pl.DataFrame:
    """FORECAST_SCHEMA of planned runs, beside what each simpler way says of the same plans."""
    if runs.is_empty():
        return pl.DataFrame(schema={**FORECAST_SCHEMA, **{way.name: pl.Float64 for way in simpler}})
    plans = log.plans.filter(pl.col("run_id").is_in(runs["run_id"].to_list()))
    risks = list(model.run_risks(plans, runner=log.runner).values())
    return runs.select(
        pl.lit(log.runner).alias("runner_id"),
        "run_id",
        "start_at",
        kind_of_run(),
        "cramp",
        pl.Series("said", [risk.mean for risk in risks]),
        pl.Series("low", [risk.low for risk in risks]),
        pl.Series("high", [risk.high for risk in risks]),
        *(pl.Series(way.name, way.predict_runs(plans)) for way in simpler),
    )


def kind_of_run() -> pl.Expr:
    """'race' by the runner's word, 'long' from 90 planned minutes on, else 'other'."""
    rest = pl.when(pl.col("planned_s") >= LONG_S).then(pl.lit("long")).otherwise(pl.lit("other"))
    return pl.when("race").then(pl.lit("race")).otherwise(rest).alias("kind")


def simpler_ways(forecasts: pl.DataFrame) -> Iterator[str]:
    """The names of the simpler ways in a frame of forecasts, in its order."""
    return (name for name in forecasts.columns if name not in FORECAST_SCHEMA)
