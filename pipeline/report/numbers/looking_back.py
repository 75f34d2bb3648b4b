"""What the forecasts would have said and what came: groups of equal words, sums, and the simpler ways
beside them.

Called by `summary.summarise`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.report.numbers.facts import Evaluation, Forecast, RivalName
from pipeline.report.numbers.of_100 import LEVELS, whole_of_100
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """Forecasts of one level. `said_of_100` is their mean, `happened_of_100` the share with a cramp, both
    whole.
    """

    from_of_100: int
    to_of_100: int | None
    runs: int
    with_cramp: int
    said_of_100: int
    happened_of_100: int


@dataclass(frozen=True, slots=True)
class RivalScore:
    """A simpler way on the same runs; `came_closer` when its score was better than ours."""

    name: RivalName
    log_loss: float
    came_closer: bool


@dataclass(frozen=True, slots=True)
class LookingBack:
    """The own record: `expected` whole runs with a cramp (0: fewer than 1), `came`; and the scores, lower
    is better.
    """

    groups: tuple[ForecastGroup, ...]
    runs: int
    expected: int
    came: int
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
    came = sum(f.cramp for f in forecasts)
    ours = evaluation.log_loss
    rivals = () if ours is None else tuple(RivalScore(r.name, r.log_loss, r.log_loss < ours) for r in evaluation.rivals)
    return LookingBack(
        groups=group_forecasts(forecasts),
        runs=len(forecasts),
        expected=int(sum(f.probability for f in forecasts) + 0.5),
        came=came,
        enough=came >= CRAMPS_TO_JUDGE_FORECASTS,
        off=evaluation.off,
        log_loss=ours,
        rivals=rivals,
        beaten=sum(rival.log_loss > ours for rival in rivals) if ours is not None else 0,
        scored_runs=evaluation.scored_runs,
        scored_runners=evaluation.scored_runners,
    )


def group_forecasts(forecasts: tuple[Forecast, ...]) -> tuple[ForecastGroup, ...]:
    """Only levels that were ever said; "fewer than 1" counts to the lowest."""
    groups = []
    for _, lowest, highest in LEVELS:
        start = 0 if lowest == 1 else lowest
        inside = [f for f in forecasts if start <= whole_of_100(f.probability) <= (highest or 100)]
        if inside:
            said = sum(f.probability for f in inside) / len(inside)
            came = sum(f.cramp for f in inside)
            shares = int(said * 100 + 0.5), int(came / len(inside) * 100 + 0.5)
            groups.append(ForecastGroup(start, highest, len(inside), came, *shares))
    return tuple(groups)
