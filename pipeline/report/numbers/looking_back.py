"""Forecasts of past runs from earlier runs, compared with what happened: by level, in sums, and with simpler methods.

Called by `summary.summarise`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.numbers.facts import Evaluation, Forecast, RivalName
from pipeline.report.numbers.of_100 import LEVELS, runs_of_100
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """Forecasts of one level: `predicted_of_100` is their mean, `observed_of_100` the share with a cramp, both whole."""

    from_of_100: int
    to_of_100: int | None
    runs: int
    with_cramp: int
    predicted_of_100: int
    observed_of_100: int


@dataclass(frozen=True, slots=True)
class RivalScore:
    """A simpler method on the same runs; `is_closer` when its score was better than ours."""

    name: RivalName
    log_loss: float
    is_closer: bool


@dataclass(frozen=True, slots=True)
class LookingBack:
    """The runner's forecasts: `expected` whole runs with a cramp (0: fewer than 1), `observed` ones, and the scores.

    Scores are mean log losses per run, lower is better.
    """

    groups: tuple[ForecastGroup, ...]
    runs: int
    expected: int
    observed: int
    enough: bool
    off: bool
    log_loss: float | None
    rivals: tuple[RivalScore, ...]
    beaten: int
    scored_runs: int
    scored_runners: int


def look_back(evaluation: Evaluation | None) -> LookingBack | None:
    """None when no run could be forecast from earlier ones."""
    if evaluation is None or not evaluation.forecasts:
        return None
    forecasts = evaluation.forecasts
    observed = sum(forecast.cramp for forecast in forecasts)
    ours = evaluation.log_loss
    rivals = () if ours is None else tuple(RivalScore(r.name, r.log_loss, r.log_loss < ours) for r in evaluation.rivals)
    return LookingBack(
        groups=group_forecasts(forecasts),
        runs=len(forecasts),
        expected=int(sum(forecast.probability for forecast in forecasts) + 0.5),
        observed=observed,
        enough=observed >= CRAMPS_TO_JUDGE_FORECASTS,
        off=evaluation.off,
        log_loss=ours,
        rivals=rivals,
        beaten=sum(rival.log_loss > ours for rival in rivals) if ours is not None else 0,
        scored_runs=evaluation.scored_runs,
        scored_runners=evaluation.scored_runners,
    )


def group_forecasts(forecasts: tuple[Forecast, ...]) -> tuple[ForecastGroup, ...]:
    """Only levels that have a forecast; "fewer than 1" counts to the lowest."""
    groups = []
    for _, lowest, highest in LEVELS:
        start = 0 if lowest == 1 else lowest
        inside = [f for f in forecasts if start <= runs_of_100(f.probability) <= (highest or 100)]
        if inside:
            predicted = sum(forecast.probability for forecast in inside) / len(inside)
            with_cramp = sum(forecast.cramp for forecast in inside)
            shares = int(predicted * 100 + 0.5), int(with_cramp / len(inside) * 100 + 0.5)
            groups.append(ForecastGroup(start, highest, len(inside), with_cramp, *shares))
    return tuple(groups)
