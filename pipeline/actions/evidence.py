"""What is at hand of one runner, and what may be said of it: between the store, MODEL.md's table and the report.

Called by the report action; the rules themselves are `models/abstain.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from models.abstain import FEWEST_ANSWERED_RUNS, ClaimEvidence, Evidence, MaySay
from pipeline.report.facts import Permission
from pipeline.store.runners import Runner

_CLAIM_COLUMNS = {"heat": "wbgt_c", "pace": "pace_faster_pct"}


def evidence_of(runner: Runner, runs: pl.DataFrame, counts: Mapping[str, Any], record: Mapping[str, Any]) -> Evidence:
    """The counts of the store and the record of the fit, as MODEL.md's table wants them."""
    scored = record["evaluation"] or {"expected": 0.0, "cramps": 0}
    return Evidence(
        red_flag=runner.red_flag,
        **counts,
        claims=tuple(_claim(factor, found, runs) for factor, found in record["claims"].items()),
        forecasts_expected=scored["expected"],
        forecasts_observed=scored["cramps"],
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
        patterns="counts" if said.own_cramps == "counts" else "none",
        claims=said.claims,  # type: ignore[arg-type]  # abstain names heat and pace only
        published_evidence=True,  # a fit learns from one runner only, so the part of others is always the studies'
        forecasts_off=said.old_model_is_off,
    )
