"""Collects the evidence about one runner for the rules in pipeline/rules.py, and passes their result to the report.

Called by the actions behind the report and `cramplog risk`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import polars as pl

from models.scoring.poisson import poisson_ratio_range
from pipeline.report.numbers.facts import Permission
from pipeline.rules import FEWEST_ANSWERED_RUNS, ClaimEvidence, Evidence, MaySay
from pipeline.store.answers.runners import Runner
from pipeline.store.fits.fits import Fit
from pipeline.store.fits.forecasts import StoredForecast

_CLAIM_COLUMNS = {"heat": "wbgt_c", "pace": "pace_faster_pct"}


def record_of(fit: Fit | None) -> dict[str, Any]:
    """A fit's record: its evaluation and the tests behind claims; an empty record without a fit."""
    record: dict[str, Any] = json.loads(fit.evaluation) if fit else {"evaluation": None, "claims": {}}
    return record


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """Runs that were forecast before their answer: the number of cramps `expected` and `observed`."""

    runs: int
    expected: float
    observed: int


def forecast_record(forecasts: Sequence[StoredForecast]) -> ForecastRecord:
    """The scored forecasts, one per run: the one that the runner asked for, else the automatic one."""
    scored = [forecast for forecast in forecasts if forecast.state == "scored"]
    planned = {forecast.run_id for forecast in scored if forecast.kind == "asked"}
    counted = [forecast for forecast in scored if forecast.kind == "asked" or forecast.run_id not in planned]
    expected = fsum(forecast.mean for forecast in counted)
    return ForecastRecord(len(counted), expected, sum(bool(forecast.cramp) for forecast in counted))


def observed_ratio(observed: int, expected: float) -> tuple[float, float] | None:
    """The exact 95 % range of observed / expected, as the rules take it; None if nothing was expected."""
    return poisson_ratio_range(observed, expected) if expected else None


def evidence_of(
    runner: Runner,
    runs: pl.DataFrame,
    counts: Mapping[str, Any],
    record: Mapping[str, Any],
    forecasts: Sequence[StoredForecast] = (),
) -> Evidence:
    """The evidence for `may_say`, from the counts of the store, the record of the fit and the runner's forecasts."""
    scored = forecast_record(forecasts)
    return Evidence(
        red_flag=runner.red_flag,
        **counts,
        claims=tuple(_claim(factor, found, runs) for factor, found in record["claims"].items()),
        forecasts_expected=scored.expected,
        forecasts_ratio=observed_ratio(scored.observed, scored.expected),
    )


def _claim(factor: str, found: Mapping[str, float], runs: pl.DataFrame) -> ClaimEvidence:
    """A factor's two tests, and the answered shares of the runs above and below the runner's median of it."""
    measured = runs.filter(pl.col("sport") == "running").drop_nulls([_CLAIM_COLUMNS[factor]])
    column = pl.col(_CLAIM_COLUMNS[factor])
    answered = pl.col("answer").is_in(["no cramp", "cramp"])

    def share(part: pl.DataFrame) -> float:
        return part.select(answered.sum()).item() / part.height if part.height else 0.0

    high, low = measured.filter(column > column.median()), measured.filter(column <= column.median())
    return ClaimEvidence(factor, found["slope_positive"], found["crossover_p"], share(high), share(low))


def permission_of(allowed: MaySay, evidence: Evidence) -> Permission:
    """What the rules allow, as a value of the report."""
    given, missing = evidence.answered_runs, allowed.answers_missing
    return Permission(
        red_flag=allowed.only_red_flag,
        number=not allowed.only_red_flag and not missing,
        answers_given=given,
        answers_needed=given + missing if missing else max(FEWEST_ANSWERED_RUNS, given),
        patterns="counts" if allowed.cramp_patterns == "counts" else "none",
        claims=allowed.claims,  # type: ignore[arg-type]  # the rules name heat and pace only
        published_evidence=allowed.others_are_published,
        forecasts_off=allowed.old_model_is_off,
        could_have_missed=allowed.could_have_missed,
    )
