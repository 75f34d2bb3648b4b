"""What a report is made from: plain values about one runner, handed over by the action that read store and
model.

Nothing is added up here; `summary.summarise` does that. Probabilities are 0..1, durations moving seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from pipeline.units import METRIC, Units

Say = Literal["number", "range", "nothing"]
Patterns = Literal["none", "counts"]
Claim = Literal["heat", "pace"]
RivalName = Literal["own rate", "level and shape", "logistic", "everyone alike"]


@dataclass(frozen=True, slots=True)
class RunFact:
    """One counted activity; only sport 'running' is a run.

    `start_local` is the naive wall clock at the place of the start, UTC where that is not known: then
    `start_hour_local` is None. `air_temp_c` and `wbgt_c` are means over the run's segments, None where not known;
    `pace_faster_pct` the pace until a cramp began against the own usual, + is faster, None where there is none.
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

    `onset_moving_s` is None after the run and for 'somewhere in the run'; `air_temp_c` is that of the
    onset's segment.
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

    `say` is 'nothing' when declined (then `risk` is not shown); `beyond` holds 'longer', 'hotter', 'colder': in which
    ways the plan leaves the own runs. `air_temp_c` is None where the plan knows no weather; `start_hour` is the local
    clock, 0..24.
    """

    planned_s: float
    air_temp_c: float | None
    pace_faster_pct: float
    start_hour: float | None
    race: bool
    risk: Risk | None
    say: Say
    beyond: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be shown to this runner (docs/method.md#when-it-must-hold-back).

    `answers_given` of `answers_needed` own answered runs; with `number` False the report says how many are
    missing. `claims` holds what may be said in one sentence; `forecasts_off` is True when own forecasts, made before
    the answer, and outcomes disagree.
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
    """What would have been said before one past run, from earlier runs only, and whether a cramp came."""

    probability: float
    cramp: bool


@dataclass(frozen=True, slots=True)
class MadeForecast:
    """A forecast that was made and kept before the answer; `state` as in v_prediction, `cramp` None where not known."""

    kind: Literal["asked", "automatic"]
    state: Literal["scored", "unanswered", "waiting", "expired", "replaced", "late"]
    probability: float
    cramp: bool | None


@dataclass(frozen=True, slots=True)
class Rival:
    """A simpler way of forecasting, scored on the same runs: mean log loss per run, in nats."""

    name: RivalName
    log_loss: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The time-forward evaluation: own forecasts, and the scores over `scored_runs` of `scored_runners` runners.

    `log_loss` is None, and there are no rivals, when no cramp came: a score would only praise the quiet. `off` when
    expected and came are further apart than chance explains.
    """

    forecasts: tuple[Forecast, ...]
    log_loss: float | None
    rivals: tuple[Rival, ...]
    scored_runs: int
    scored_runners: int
    off: bool = False


@dataclass(frozen=True, slots=True)
class Others:
    """The other runners of the store whose answered runs the model learned from."""

    runners: int
    runs: int


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """One answer to a question about runs: how often after cramps and how often on the other runs asked (v_question_count)."""

    question: str
    answer: str
    cramp_runs: int
    cramp_runs_asked: int
    control_runs: int
    control_runs_asked: int
    comparable: bool


@dataclass(frozen=True, slots=True)
class ProfileFact:
    """What the runner said of themselves, and on which day."""

    question: str
    said: str
    on: date


@dataclass(frozen=True, slots=True)
class Told:
    """Answers to the optional questions. Of private items no more than which kinds are recorded."""

    counts: tuple[AnswerCount, ...] = ()
    profile: tuple[ProfileFact, ...] = ()
    private_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What it takes to make the page again. `basis` is the hash of everything the page rests on.

    `provisional_runs` have weather that its source may still correct.
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
    """Everything about one runner. `plan` is the usual run, or the asked one when `plan_asked`; None
    without a model.

    `compared` is the same plan changed in one thing. `by_duration` holds up to three temperatures, each
    over the same durations; `grid` every temperature at every duration; all in any order. Empty where there
    is nothing to show.
    """

    runner: str
    made_at: datetime
    runs: tuple[RunFact, ...]
    cramps: tuple[CrampFact, ...]
    permission: Permission
    plan: PlanRisk | None
    plan_asked: bool
    compared: PlanRisk | None
    by_duration: tuple[PlanRisk, ...]
    grid: tuple[PlanRisk, ...]
    by_hour: tuple[PlanRisk, ...]
    by_pace: tuple[PlanRisk, ...]
    evaluation: Evaluation | None
    others: Others
    provenance: Provenance
    told: Told = Told()
    forecasts: tuple[MadeForecast, ...] = ()
    units: Units = METRIC  # how this runner reads numbers; everything here stays in SI
