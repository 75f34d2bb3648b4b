"""What is known of one runner, and what may be shown: between the store, pipeline/rules.py and the report.

Called by the actions behind the report and `cramplog risk`; the rules themselves are `pipeline/rules.py`.
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
    """A fit's record: its evaluation and the tests behind claims; an empty one without a fit."""
    record: dict[str, Any] = json.loads(fit.evaluation) if fit else {"evaluation": None, "claims": {}}
    return record


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """Runs that were forecast before their answer: with a cramp `expected` and `came`."""

    runs: int
    expected: float
    came: int


def own_record(forecasts: Sequence[StoredForecast]) -> OwnRecord:
    """The scored forecasts, one a run: what the runner asked for where they did, else the automatic one."""
    scored = [one for one in forecasts if one.state == "scored"]
    asked = {one.run_id for one in scored if one.kind == "asked"}
    counted = [one for one in scored if one.kind == "asked" or one.run_id not in asked]
    return OwnRecord(len(counted), fsum(one.mean for one in counted), sum(bool(one.cramp) for one in counted))


def evidence_of(
    runner: Runner,
    runs: pl.DataFrame,
    counts: Mapping[str, Any],
    record: Mapping[str, Any],
    forecasts: Sequence[StoredForecast] = (),
) -> Evidence:
    """The counts of the store, the record of the fit and the runner's forecasts, as `may_say` needs them."""
    scored = own_record(forecasts)
    return Evidence(
        red_flag=runner.red_flag,
        **counts,
        claims=tuple(_claim(factor, found, runs) for factor, found in record["claims"].items()),
        forecasts_expected=scored.expected,
        forecasts_ratio=poisson_ratio_range(scored.came, scored.expected) if scored.expected else None,
    )


def _claim(factor: str, found: Mapping[str, float], runs: pl.DataFrame) -> ClaimEvidence:
    """A factor's two tests beside the answered shares of runs above and below the runner's own median of it."""
    known = runs.filter(pl.col("sport") == "running").drop_nulls([_CLAIM_COLUMNS[factor]])
    column = pl.col(_CLAIM_COLUMNS[factor])
    answered = pl.col("answer").is_in(["no cramp", "cramp"])

    def share(part: pl.DataFrame) -> float:
        return part.select(answered.sum()).item() / part.height if part.height else 0.0

    high, low = known.filter(column > column.median()), known.filter(column <= column.median())
    return ClaimEvidence(factor, found["slope_positive"], found["crossover_p"], share(high), share(low))


def permission_of(said: MaySay, evidence: Evidence) -> Permission:
    """What the table allows, in the report's words."""
    given = evidence.answered_runs
    return Permission(
        red_flag=said.only_red_flag,
        number=not said.only_red_flag and not said.answers_missing,
        answers_given=given,
        answers_needed=given + said.answers_missing if said.answers_missing else max(FEWEST_ANSWERED_RUNS, given),
        patterns="counts" if said.cramp_patterns == "counts" else "none",
        claims=said.claims,  # type: ignore[arg-type]  # abstain names heat and pace only
        published_evidence=said.others_are_published,
        forecasts_off=said.old_model_is_off,
        could_have_missed=said.could_have_missed,
    )
