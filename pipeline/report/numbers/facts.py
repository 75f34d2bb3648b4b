"""What a report is made from: plain values about one runner, passed in by the action that read the store and the model.

This module computes nothing; `summary.summarise` does. Probabilities are 0..1, durations are moving seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pipeline.units import METRIC, Units

RiskForm = Literal["number", "range", "nothing"]
Patterns = Literal["none", "counts"]
Claim = Literal["heat", "pace"]
RivalName = Literal["own rate", "level and shape", "logistic", "everyone alike"]


@dataclass(frozen=True, slots=True)
class RunFact:
    """One counted activity; only sport 'running' is a run.

    `start_local` is the naive local time at the place of the start. Where the place is not known, it is UTC and
    `start_hour_local` is None. `air_temp_c` and `wbgt_c` are means over the run's segments, None where not known.
    `pace_faster_pct` compares the pace up to the first cramp with the runner's usual pace: + is faster, None without a
    usual pace.
    """

    run_id: str
    title: str | None
    start_local: datetime
    start_hour_local: float | None
    sport: str
    moving_s: float
    answer: str
    simulated: bool
    air_temp_c: float | None
    wbgt_c: float | None
    pace_faster_pct: float | None


@dataclass(frozen=True, slots=True)
class CrampFact:
    """One recorded cramp or tightness of a run in `ReportFacts.runs`. `phase` is 'during' or 'after'.

    `onset_moving_s` is None after the run and for 'somewhere in the run'. `air_temp_c` is that of the onset's segment.
    """

    run_id: str
    phase: str
    onset_moving_s: float | None
    muscle: str | None
    side: str | None
    severity: str
    air_temp_c: float | None
    distance_m: float | None
    note: str | None
    relief: str | None = None
    recurred: str | None = None
    recurred_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """P(a cramp in the planned run): the mean and the 5 % and 95 % quantiles."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PlanRisk:
    """A planned run and what may be shown of it (`pipeline/rules.py`, docs/method.md#when-it-must-hold-back).

    `form` is 'nothing' when declined; then `risk` is not shown. `beyond` holds 'longer', 'hotter', 'colder': in which
    ways the plan leaves the runner's own runs. `air_temp_c` is None without weather; `start_hour` is local time, 0..24.
    """

    planned_s: float
    air_temp_c: float | None
    pace_faster_pct: float
    start_hour: float | None
    race: bool
    risk: Risk | None
    form: RiskForm
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be shown to this runner (docs/method.md#when-it-must-hold-back).

    The runner answered `answers_given` of the `answers_needed` runs; with `number` False the report shows how many are
    missing. `claims` are the findings that may be headlines. `forecasts_off` is True when the forecasts stored before the
    answer disagree with the outcomes.
    """

    red_flag: bool
    number: bool
    answers_given: int
    answers_needed: int
    patterns: Patterns
    claims: tuple[Claim, ...]
    published_evidence: bool
    forecasts_off: bool
    could_have_missed: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of one past run, computed from earlier runs only, and whether the run had a cramp."""

    probability: float
    cramp: bool


@dataclass(frozen=True, slots=True)
class ForecastFact:
    """A forecast stored before the answer; `state` as in v_prediction, `cramp` None where not known."""

    kind: Literal["asked", "automatic"]
    state: Literal["scored", "unanswered", "waiting", "expired", "replaced", "late"]
    probability: float
    cramp: bool | None


@dataclass(frozen=True, slots=True)
class Rival:
    """A simpler method of forecasting, scored on the same runs: mean log loss per run, in nats."""

    name: RivalName
    log_loss: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The time-forward evaluation: the runner's forecasts, and scores over `scored_runs` of `scored_runners` runners.

    Without a cramp `log_loss` is None and there are no rivals: any low forecast would score well. `off` is True when
    expected and observed cramps differ by more than chance explains.
    """

    forecasts: tuple[Forecast, ...]
    log_loss: float | None
    rivals: tuple[Rival, ...]
    scored_runs: int
    scored_runners: int
    off: bool = False


@dataclass(frozen=True, slots=True)
class Others:
    """The other runners of the store, and their answered runs, that the model learned from."""

    runners: int
    runs: int


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """One answer to a question about runs: how often for runs with a cramp, how often for control runs (v_question_count)."""

    question: str
    answer: str
    cramp_runs: int
    cramp_runs_asked: int
    control_runs: int
    control_runs_asked: int
    comparable: bool


@dataclass(frozen=True, slots=True)
class ProfileFact:
    """An answer to a question about the runner, and its day."""

    question: str
    answer: str
    on: date


@dataclass(frozen=True, slots=True)
class QuestionnaireFacts:
    """Answers to the optional questions; of private items only which kinds are recorded."""

    counts: tuple[AnswerCount, ...] = ()
    profile: tuple[ProfileFact, ...] = ()
    private_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is needed to make the page again. `basis` is the hash of all inputs of the page.

    `provisional_runs`: number of runs with weather that its source may still correct.
    """

    program_version: str
    model_version: str
    data_hash: str
    seed: int
    basis: str
    weather_providers: tuple[str, ...]
    provisional_runs: int = 0


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything about one runner. `plan` is the usual run, or a given one when `plan_given`; None without a model.

    `compared` is the same plan with one change. `by_duration` holds up to three temperatures, each over the same
    durations; `grid` holds every temperature at every duration. The order is free; empty where there is nothing to show.
    """

    runner: str
    made_at: datetime
    runs: tuple[RunFact, ...]
    cramps: tuple[CrampFact, ...]
    permission: Permission
    plan: PlanRisk | None
    plan_given: bool
    compared: PlanRisk | None
    by_duration: tuple[PlanRisk, ...]
    grid: tuple[PlanRisk, ...]
    by_hour: tuple[PlanRisk, ...]
    by_pace: tuple[PlanRisk, ...]
    evaluation: Evaluation | None
    others: Others
    provenance: Provenance
    questionnaire: QuestionnaireFacts = QuestionnaireFacts()
    forecasts: tuple[ForecastFact, ...] = ()
    units: Units = METRIC  # for what is shown; every value here is in SI
