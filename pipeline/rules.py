"""The rules of what a report may say and what it must hold back, with all their constants.

The table of rules is docs/method.md#when-it-must-hold-back. Report, command and JSON all call `may_say`. No I/O. `models` may
not import this module: a test checks that equal constants of the model have the same value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FEWEST_ANSWERED_RUNS = 10  # the runner's answered runs before a personal number and before the first forecast
FEWEST_ANSWERED_SHARE = 0.70  # of the runs since the first answer
STORE_CRAMPS = 20  # runs with a cramp in the store before other runners count more than studies
STORE_RUNNERS = 5  # and runners with one
CRAMPS_FOR_COUNTS = 5  # the runner's runs with a cramp before they are compared with clean runs
CRAMPS_TO_MISS_NOTHING = 20  # the runner's runs with a cramp before "no link" may be said
CRAMPS_TO_JUDGE_FORECASTS = 20  # runs with a cramp before forecasts are judged
MORNING_ENDS_H = 10.0  # a start before 10:00 local time is in the morning
CLAIM_SLOPE_P, CLAIM_CROSSOVER_P, CLAIM_ANSWER_GAP = 0.975, 0.025, 0.10
CLAIMABLE = ("heat", "pace")
SMALL_RISK, NARROW_RANGE = 0.10, 0.30
LONGER, HOTTER_C = 1.5, 3.0
FORECAST_CRAMPS, FORECAST_RATIO = 20.0, (0.8, 1.25)


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """The evidence for the claim "your cramps came more often on warmer (faster) runs".

    `factor`: 'heat' or 'pace'; nothing else may be claimed. `slope_positive`: P(slope > 0) in the claim fit. `crossover_p`: P
    of the case-crossover. `answered_exposed`, `answered_unexposed`: answered shares (0..1) of the hot (fast) runs and of the
    other runs.
    """

    factor: str
    slope_positive: float
    crossover_p: float
    answered_exposed: float
    answered_unexposed: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The 90 % range (0..1) of a plan's risk, the plan, and the limits of the runner's earlier runs; None if unknown."""

    low: float
    high: float
    planned_s: float
    longest_run_s: float | None = None
    wbgt_c: float | None = None
    wbgt_range_c: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The inputs of the rules. Counts are those of the runner unless the name contains `store`.

    `forecasts_expected`: the number of runs with a cramp expected by the runner's scored forecasts. `forecasts_ratio`: the
    exact 95 % range of observed / expected, None without a forecast.
    """

    red_flag: bool
    store_cramps: int
    store_runners_with_cramp: int
    answered_runs: int
    runs_since_first_answer: int
    answered_since_first_answer: int
    cramps: int
    claims: tuple[ClaimEvidence, ...] = ()
    plan: Plan | None = None
    forecasts_expected: float = 0.0
    forecasts_ratio: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class MaySay:
    """What the report may say.

    `risk`: 'number and range', 'range', or 'none' with `why_none`: 'red flag', 'too few answers', 'no plan', 'too long',
    'too hot', 'too cold'. `hatched`: how the plan is outside of the runner's runs ('longer', 'hotter', 'colder').
    `cramp_patterns`: 'none', 'facts' (where and when, no pattern) or 'counts' (with counts of clean runs, "could be chance").
    `claims`: the factors for which the report may say "more often". `only_red_flag`: show only what to do.
    """

    risk: str
    why_none: str | None
    only_red_flag: bool
    answers_missing: int
    hatched: tuple[str, ...]
    others_are_published: bool
    cramp_patterns: str
    claims: tuple[str, ...]
    could_have_missed: bool
    old_model_is_off: bool


def may_say(evidence: Evidence) -> MaySay:
    """Returns what may be said: the table in docs/method.md#when-it-must-hold-back, row by row."""
    missing = answers_missing(evidence)
    why_none = _why_no_risk(evidence, missing)
    claims = _claims(evidence)
    return MaySay(
        risk="none" if why_none or evidence.plan is None else _risk_form(evidence.plan),
        why_none=why_none,
        only_red_flag=evidence.red_flag,
        answers_missing=missing,
        hatched=() if why_none or evidence.plan is None else beyond(evidence.plan),
        others_are_published=_store_is_small(evidence),
        cramp_patterns=_cramp_patterns(evidence),
        claims=claims,
        could_have_missed=not evidence.red_flag and evidence.cramps < CRAMPS_TO_MISS_NOTHING and not claims,
        old_model_is_off=forecasts_are_off(evidence.forecasts_expected, evidence.forecasts_ratio),
    )


def answers_missing(evidence: Evidence) -> int:
    """Returns how many more answers a personal number needs: 10 runs in total, and 70 % since the first answer."""
    share = math.ceil(round(FEWEST_ANSWERED_SHARE * evidence.runs_since_first_answer, 9))
    return max(FEWEST_ANSWERED_RUNS - evidence.answered_runs, share - evidence.answered_since_first_answer, 0)


def forecasts_are_off(expected: float, ratio: tuple[float, float] | None) -> bool:
    """Returns True if 20 or more cramps were expected and the 95 % range of observed / expected excludes all of .8 to 1.25."""
    if ratio is None or expected < FORECAST_CRAMPS:
        return False
    low, high = ratio
    return high < FORECAST_RATIO[0] or low > FORECAST_RATIO[1]


def beyond(plan: Plan) -> tuple[str, ...]:
    """Returns how the plan is outside of the runner's runs: 'longer', and by WBGT 'hotter' or 'colder'; empty if inside."""
    found = []
    if plan.longest_run_s is not None and plan.planned_s > plan.longest_run_s:
        found.append("longer")
    if plan.wbgt_c is not None and plan.wbgt_range_c is not None:
        coldest, hottest = plan.wbgt_range_c
        found += ["hotter"] * (plan.wbgt_c > hottest) + ["colder"] * (plan.wbgt_c < coldest)
    return tuple(found)


def _why_no_risk(evidence: Evidence, missing: int) -> str | None:
    if evidence.red_flag:
        return "red flag"
    if missing:
        return "too few answers"
    if evidence.plan is None:
        return "no plan"
    return _too_far(evidence.plan)


def _too_far(plan: Plan) -> str | None:
    if plan.longest_run_s is None or plan.planned_s > LONGER * plan.longest_run_s:
        return "too long"
    if plan.wbgt_c is None or plan.wbgt_range_c is None:
        return None
    coldest, hottest = plan.wbgt_range_c
    if plan.wbgt_c > hottest + HOTTER_C:
        return "too hot"
    return "too cold" if plan.wbgt_c < coldest - HOTTER_C else None


def _risk_form(plan: Plan) -> str:
    narrow = plan.high < SMALL_RISK or round(plan.high - plan.low, 9) < NARROW_RANGE
    return "number and range" if narrow else "range"


def _store_is_small(evidence: Evidence) -> bool:
    return evidence.store_cramps < STORE_CRAMPS or evidence.store_runners_with_cramp < STORE_RUNNERS


def _cramp_patterns(evidence: Evidence) -> str:
    if evidence.red_flag or evidence.cramps == 0:
        return "none"
    return "counts" if evidence.cramps >= CRAMPS_FOR_COUNTS else "facts"


def _claims(evidence: Evidence) -> tuple[str, ...]:
    if evidence.red_flag or evidence.cramps < CRAMPS_FOR_COUNTS:
        return ()
    return tuple(claim.factor for claim in evidence.claims if claim.factor in CLAIMABLE and _holds(claim))


def _holds(claim: ClaimEvidence) -> bool:
    gap = round(abs(claim.answered_exposed - claim.answered_unexposed), 9)
    return claim.slope_positive >= CLAIM_SLOPE_P and claim.crossover_p <= CLAIM_CROSSOVER_P and gap <= CLAIM_ANSWER_GAP
