"""What may be said and what must be held back: the only home of these rules and of every constant in them.

The table is docs/method.md#when-it-must-hold-back. Page, verb and JSON all ask `may_say`; nothing here reads the store
or the model. `models` may not import this module: where a constant of the model means the same, a test holds them equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FEWEST_ANSWERED_RUNS = 10  # own answered runs before a personal number; forecasts begin after as many
FEWEST_ANSWERED_SHARE = 0.70  # of the runs since the first answer
STORE_CRAMPS, STORE_RUNNERS = 20, 5  # runs with a cramp, and runners with one, before others count more than studies
CRAMPS_FOR_COUNTS = 5  # own runs with a cramp before they are counted for and against something
CRAMPS_TO_MISS_NOTHING = 20  # own runs with a cramp before "no link" can be said
CRAMPS_TO_JUDGE_FORECASTS = 20  # runs with a cramp before a record of forecasts says how good they are
MORNING_ENDS_H = 10.0  # a start before 10:00 on the local clock is in the morning
SEGMENT_S = 300.0  # moving time per segment
CLAIM_SLOPE_P, CLAIM_CROSSOVER_P, CLAIM_ANSWER_GAP = 0.975, 0.025, 0.10
CLAIMABLE = ("heat", "pace")
SMALL_RISK, NARROW_RANGE = 0.10, 0.30
LONGER, HOTTER_C = 1.5, 3.0
FORECAST_CRAMPS, FORECAST_RATIO = 20.0, (0.8, 1.25)


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """What speaks for "your cramps came more often on warmer / faster runs".

    `slope_positive`: P(slope > 0) in the claim fit; `crossover_p`: the case-crossover's P; answered shares
    (0..1) of the hot (fast) runs and of the others. `factor`: 'heat' or 'pace', nothing else may be claimed.
    """

    factor: str
    slope_positive: float
    crossover_p: float
    answered_exposed: float
    answered_other: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's 90 % range (0..1) and where it lies against the runner's own runs; None where unknown."""

    low: float
    high: float
    planned_s: float
    longest_own_s: float | None = None
    wbgt_c: float | None = None
    own_wbgt_range_c: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the rules look at. Counts are of the runner unless the name says store.

    `forecasts_expected`: runs with a cramp that the runner's scored forecasts expected; `forecasts_ratio`: the exact 95 %
    range of observed / expected, None without a forecast.
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

    `risk`: 'number and range', 'range', or 'none' with `why_none`: 'red flag', 'too few answers', 'no plan',
    'too long', 'too hot', 'too cold'. `hatched`: words of the plan outside the own runs ('longer', 'hotter',
    'colder'). `own_cramps`: 'none', 'facts' (where and when, no pattern) or 'counts' (with control counts,
    "could be chance"). `claims`: factors of which one may say "more often". `only_red_flag`: only what to do.
    """

    risk: str
    why_none: str | None
    only_red_flag: bool
    answers_missing: int
    hatched: tuple[str, ...]
    others_are_published: bool
    own_cramps: str
    claims: tuple[str, ...]
    could_have_missed: bool
    old_model_is_off: bool


def may_say(evidence: Evidence) -> MaySay:
    """The table in docs/method.md#when-it-must-hold-back, row by row."""
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
        own_cramps=_own_cramps(evidence),
        claims=claims,
        could_have_missed=not evidence.red_flag and evidence.cramps < CRAMPS_TO_MISS_NOTHING and not claims,
        old_model_is_off=forecasts_are_off(evidence.forecasts_expected, evidence.forecasts_ratio),
    )


def answers_missing(evidence: Evidence) -> int:
    """How many more answers a personal number needs: 10 runs in all, and 70 % since the first answer."""
    share = math.ceil(round(FEWEST_ANSWERED_SHARE * evidence.runs_since_first_answer, 9))
    return max(FEWEST_ANSWERED_RUNS - evidence.answered_runs, share - evidence.answered_since_first_answer, 0)


def forecasts_are_off(expected: float, ratio: tuple[float, float] | None) -> bool:
    """True when 20 or more cramps were expected and the 95 % range of observed / expected excludes all of .8 to 1.25."""
    if ratio is None or expected < FORECAST_CRAMPS:
        return False
    low, high = ratio
    return high < FORECAST_RATIO[0] or low > FORECAST_RATIO[1]


def beyond(plan: Plan) -> tuple[str, ...]:
    """In which ways the plan leaves the runner's own runs: 'longer', and by WBGT 'hotter' or 'colder'; empty inside."""
    words = []
    if plan.longest_own_s is not None and plan.planned_s > plan.longest_own_s:
        words.append("longer")
    if plan.wbgt_c is not None and plan.own_wbgt_range_c is not None:
        coldest, hottest = plan.own_wbgt_range_c
        words += ["hotter"] * (plan.wbgt_c > hottest) + ["colder"] * (plan.wbgt_c < coldest)
    return tuple(words)


def _why_no_risk(evidence: Evidence, missing: int) -> str | None:
    if evidence.red_flag:
        return "red flag"
    if missing:
        return "too few answers"
    if evidence.plan is None:
        return "no plan"
    return _too_far(evidence.plan)


def _too_far(plan: Plan) -> str | None:
    if plan.longest_own_s is None or plan.planned_s > LONGER * plan.longest_own_s:
        return "too long"
    if plan.wbgt_c is None or plan.own_wbgt_range_c is None:
        return None
    coldest, hottest = plan.own_wbgt_range_c
    if plan.wbgt_c > hottest + HOTTER_C:
        return "too hot"
    return "too cold" if plan.wbgt_c < coldest - HOTTER_C else None


def _risk_form(plan: Plan) -> str:
    narrow = plan.high < SMALL_RISK or round(plan.high - plan.low, 9) < NARROW_RANGE
    return "number and range" if narrow else "range"


def _store_is_small(evidence: Evidence) -> bool:
    return evidence.store_cramps < STORE_CRAMPS or evidence.store_runners_with_cramp < STORE_RUNNERS


def _own_cramps(evidence: Evidence) -> str:
    if evidence.red_flag or evidence.cramps == 0:
        return "none"
    return "counts" if evidence.cramps >= CRAMPS_FOR_COUNTS else "facts"


def _claims(evidence: Evidence) -> tuple[str, ...]:
    if evidence.red_flag or evidence.cramps < CRAMPS_FOR_COUNTS:
        return ()
    return tuple(claim.factor for claim in evidence.claims if claim.factor in CLAIMABLE and _holds(claim))


def _holds(claim: ClaimEvidence) -> bool:
    gap = round(abs(claim.answered_exposed - claim.answered_other), 9)
    return claim.slope_positive >= CLAIM_SLOPE_P and claim.crossover_p <= CLAIM_CROSSOVER_P and gap <= CLAIM_ANSWER_GAP
