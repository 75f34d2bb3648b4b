"""The track record: forecasts that were stored before the answer, compared with what happened.

Called by `summary.summarise`. Forecasts of past runs, computed afterwards, are in `looking_back`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.report.numbers.facts import Forecast, ForecastFact
from pipeline.report.numbers.looking_back import ForecastGroup, group_forecasts
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS


@dataclass(frozen=True, slots=True)
class KindOutcome:
    """Scored forecasts of one kind: `expected` whole runs with a cramp (0: fewer than 1), and `observed` ones."""

    kind: Literal["asked", "automatic"]
    runs: int
    expected: int
    observed: int
    groups: tuple[ForecastGroup, ...]


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Outcomes by kind, never added up, because both kinds may forecast the same run; and forecasts without an outcome.

    `unanswered` forecast runs wait for their answer, `ahead` plans for their run. No run followed `expired` plans.
    """

    kinds: tuple[KindOutcome, ...]
    unanswered: int
    ahead: int
    expired: int
    enough: bool
    off: bool


def track_record(forecasts: tuple[ForecastFact, ...], off: bool) -> TrackRecord | None:
    """None while no forecast is stored."""
    if not forecasts:
        return None
    kinds = tuple(outcome for kind in ("automatic", "asked") if (outcome := _outcome(forecasts, kind)))

    def count(state: str) -> int:
        return sum(forecast.state == state for forecast in forecasts)

    return TrackRecord(
        kinds=kinds,
        unanswered=count("unanswered"),
        ahead=count("waiting"),
        expired=count("expired"),
        enough=any(kind.observed >= CRAMPS_TO_JUDGE_FORECASTS for kind in kinds),
        off=off,
    )


def _outcome(forecasts: tuple[ForecastFact, ...], kind: Literal["asked", "automatic"]) -> KindOutcome | None:
    scored = tuple(
        Forecast(forecast.probability, bool(forecast.cramp))
        for forecast in forecasts
        if (forecast.kind, forecast.state) == (kind, "scored")
    )
    if not scored:
        return None
    expected = int(sum(forecast.probability for forecast in scored) + 0.5)
    observed = sum(forecast.cramp for forecast in scored)
    return KindOutcome(kind, len(scored), expected, observed, group_forecasts(scored))
