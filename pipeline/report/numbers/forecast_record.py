"""Forecasts that were made and kept before the answer, held against what came: the record proper.

Called by `summary.summarise`. What would have been said of earlier runs is `looking_back`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.report.numbers.facts import Forecast, MadeForecast
from pipeline.report.numbers.looking_back import ForecastGroup, group_forecasts
from pipeline.rules import CRAMPS_TO_JUDGE_FORECASTS


@dataclass(frozen=True, slots=True)
class KindRecord:
    """Scored forecasts of one kind: `expected` whole runs with a cramp (0: fewer than 1), `came`."""

    kind: Literal["asked", "automatic"]
    runs: int
    expected: int
    came: int
    groups: tuple[ForecastGroup, ...]


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """The record by kind, the kinds of one runner being of the same runs; and the forecasts without an outcome.

    `unanswered` runs were forecast and wait for their answer, `ahead` plans for their run; `expired` plans had none.
    """

    kinds: tuple[KindRecord, ...]
    unanswered: int
    ahead: int
    expired: int
    enough: bool
    off: bool


def kept_record(forecasts: tuple[MadeForecast, ...], off: bool) -> KeptRecord | None:
    """None while no forecast was ever made."""
    if not forecasts:
        return None
    kinds = tuple(found for kind in ("automatic", "asked") if (found := _of_kind(forecasts, kind)))

    def count(*states: str) -> int:
        return sum(one.state in states for one in forecasts)

    return KeptRecord(
        kinds=kinds,
        unanswered=count("unanswered"),
        ahead=count("waiting"),
        expired=count("expired"),
        enough=any(kind.came >= CRAMPS_TO_JUDGE_FORECASTS for kind in kinds),
        off=off,
    )


def _of_kind(forecasts: tuple[MadeForecast, ...], kind: Literal["asked", "automatic"]) -> KindRecord | None:
    scored = tuple(
        Forecast(one.probability, bool(one.cramp)) for one in forecasts if (one.kind, one.state) == (kind, "scored")
    )
    if not scored:
        return None
    expected = int(sum(one.probability for one in scored) + 0.5)
    return KindRecord(kind, len(scored), expected, sum(one.cramp for one in scored), group_forecasts(scored))
