"""Invented facts for the report in each of its states: what the report action would hand over. No real
person.

The risks come from a made-up curve, not from the model: chosen so that every way of saying a number occurs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from math import exp, log

from pipeline.report.numbers.facts import (
    AnswerCount,
    CrampFact,
    Evaluation,
    Forecast,
    ForecastFact,
    Others,
    Permission,
    PlanRisk,
    ProfileFact,
    Provenance,
    QuestionnaireFacts,
    ReportFacts,
    Risk,
    Rival,
    RunFact,
)
from pipeline.units import Units, celsius

IMPERIAL = Units("miles", "F")
HOUR = 3600.0
LONGEST_S = 3 * HOUR + 40 * 60
FIRST_LOCAL = datetime(2026, 3, 3, 7, 30)
MADE_AT = datetime(2026, 11, 21, 21, 40, tzinfo=timezone(timedelta(hours=1)))
PROVENANCE = Provenance(
    program_version="0.1.0",
    model_version="hazard-1",
    data_hash="3f9a5c0e7d21",
    seed=20260101,
    basis="b4515ab1e0",
    weather_providers=("open-meteo",),
)


def risk_of(level: float, hours: float, air_temp_c: float | None, spread: float, extra: float = 0.0) -> Risk:
    """A made-up chance, rising with hours and a little with heat; `spread` is half the range in logits."""
    warmth = 0.0 if air_temp_c is None else 0.035 * (air_temp_c - 15)
    mean = 1 - exp(-level * hours**2.4 * exp(warmth + extra))
    middle = log(mean / (1 - mean))
    return Risk(mean, 1 / (1 + exp(spread - middle)), 1 / (1 + exp(-spread - middle)))


def plan_of(
    hours: float,
    air_temp_c: float | None = 18.0,
    *,
    level: float = 0.009,
    spread: float = 0.7,
    pace_faster_pct: float = 0.0,
    start_hour: float = 9.0,
) -> PlanRisk:
    """A plan with what may be said of it, by the two width rules; past 1.5 times the longest run nothing
    is.
    """
    risk = risk_of(level, hours, air_temp_c, spread, 0.06 * pace_faster_pct + 0.004 * (start_hour - 12))
    say = "number" if risk.high < 0.10 or risk.high - risk.low < 0.30 else "range"
    declined = hours * HOUR > 1.5 * LONGEST_S
    beyond = ("longer",) * (hours * HOUR > LONGEST_S)
    if air_temp_c is not None:
        beyond += ("hotter",) * (air_temp_c > 29) + ("colder",) * (air_temp_c < 6)
    return PlanRisk(
        planned_s=hours * HOUR,
        air_temp_c=air_temp_c,
        pace_faster_pct=pace_faster_pct,
        start_hour=start_hour,
        race=False,
        risk=None if declined else risk,
        form="nothing" if declined else say,
        beyond=() if declined else beyond,
    )


CRAMP_RUNS = {
    7: 8520.0,
    15: 9300.0,
    22: 9660.0,
    30: 10080.0,
    37: 10440.0,
    44: 11520.0,
    51: 11940.0,
    58: 12660.0,
}
PLACES = (
    ("calf", "left"),
    ("calf", "left"),
    ("calf", "right"),
    ("calf", "left"),
    ("hamstring", "right"),
    ("calf", "left"),
    ("hamstring", "left"),
    ("calf", "right"),
)


def some_runs(count: int, *, weather: bool = True, unanswered: int = 0) -> tuple[RunFact, ...]:
    """A run every four days from 3 March 2026, warm in July, long where CRAMP_RUNS says a cramp came."""
    runs = []
    for i in range(count):
        start = FIRST_LOCAL + timedelta(days=4 * i, hours=(i * 5) % 12)
        long = i in CRAMP_RUNS
        runs.append(
            RunFact(
                run_id=f"{i:064x}",
                title="Sunday long run" if long else None,
                start_local=start,
                start_hour_local=start.hour + start.minute / 60,
                sport="running",
                moving_s=LONGEST_S if i == 58 else CRAMP_RUNS[i] + 600 if long else 3000.0 + 90 * (i % 40),
                answer="cramp" if long else "no cramp" if i < count - unanswered else "unanswered",
                simulated=False,
                air_temp_c=round(17 - 9 * exp(-((i - 30) ** 2) / 900) * -1 - 3 * (i % 3), 1) if weather else None,
                wbgt_c=14.0 if weather else None,
                pace_faster_pct=float(i % 9 - 4) if i > 5 else None,
            )
        )
    return tuple(runs)


def cramps_on(runs: tuple[RunFact, ...]) -> tuple[CrampFact, ...]:
    """One cramp on each run of CRAMP_RUNS, a second one on the last of them, and one tightness."""
    with_cramp = [(run, int(run.run_id, 16)) for run in runs if run.answer == "cramp"]
    cramps = [
        CrampFact(
            run_id=run.run_id,
            phase="during",
            onset_moving_s=CRAMP_RUNS[i],
            muscle=muscle,
            side=side,
            severity="moderate",
            air_temp_c=run.air_temp_c,
            distance_m=CRAMP_RUNS[i] * 2.9,
            note=None,
        )
        for (run, i), (muscle, side) in zip(with_cramp, PLACES, strict=False)
    ]
    if not cramps:
        return ()
    back = replace(cramps[-1], onset_moving_s=(cramps[-1].onset_moving_s or 0) + 540, note="came back on the hill")
    tight = replace(cramps[0], severity="tightness", onset_moving_s=4000.0, note=None)
    return (*cramps, back, tight)


def curves(
    level: float, spread: float, temps: tuple[float | None, ...] = (12.0, 20.0, 28.0)
) -> dict[str, tuple[PlanRisk, ...]]:
    """The four sets of plans a full report draws."""
    known = [t for t in temps if t is not None]
    middle = known[len(known) // 2] if known else None
    make = {"level": level, "spread": spread}
    return {
        "by_duration": tuple(plan_of(q / 4, t, **make) for t in temps for q in range(2, 19)),
        "grid": tuple(plan_of(h / 2, t, **make) for t in range(8, 33, 4) for h in range(2, 9)) if known else (),
        "by_hour": tuple(plan_of(2, middle, start_hour=float(h), **make) for h in range(5, 22)),
        "by_pace": tuple(plan_of(2, middle, pace_faster_pct=float(p), **make) for p in range(-10, 16)),
    }


def evaluation(runs: tuple[RunFact, ...]) -> Evaluation:
    """Forecasts of the answered runs: low for short ones, high for long ones."""
    answered = [run for run in runs if run.answer in ("cramp", "no cramp")]
    forecasts = tuple(
        Forecast(risk_of(0.04, run.moving_s / HOUR, run.air_temp_c, 0.7).mean, run.answer == "cramp")
        for run in answered
    )
    rivals = (Rival("own rate", 0.41), Rival("level and shape", 0.27), Rival("logistic", 0.29))
    return Evaluation(forecasts, 0.24, rivals, 560, 12)


def many_cramps() -> ReportFacts:
    """64 runs, 9 cramps in 8 of them, everything known: the fullest page."""
    runs = some_runs(64, unanswered=4)
    return ReportFacts(
        runner="Sam",
        made_at=MADE_AT,
        runs=runs,
        cramps=cramps_on(runs),
        permission=Permission(False, True, 60, 45, "counts", (), False, False, True),
        plan=plan_of(3, 24.0),
        plan_given=True,
        compared=plan_of(2, 24.0),
        **curves(0.009, 0.7),
        evaluation=evaluation(runs),
        others=Others(38, 2310),
        provenance=PROVENANCE,
    )


def few_cramps() -> ReportFacts:
    """20 runs, 2 cramp runs, alone in the store: simulated runs of an invented runner."""
    runs = tuple(replace(run, simulated=True) for run in some_runs(20))
    return replace(
        many_cramps(),
        runs=runs,
        cramps=cramps_on(runs)[:2],
        permission=Permission(False, True, 20, 14, "none", (), True, False, True),
        plan=plan_of(1.5, 18.0, level=0.004, spread=1.1),
        plan_given=False,
        compared=plan_of(2.5, 18.0, level=0.004, spread=1.1),
        **curves(0.004, 1.1),
        evaluation=evaluation(runs),
        others=Others(0, 0),
        provenance=replace(PROVENANCE, weather_providers=("simulated",)),
    )


def no_cramps() -> ReportFacts:
    """20 clean runs: low, and said with its range."""
    runs = tuple(replace(run, answer="no cramp", moving_s=min(run.moving_s, 7200.0)) for run in some_runs(20))
    return replace(
        few_cramps(),
        runs=runs,
        cramps=(),
        plan=plan_of(1, 18.0, level=0.0008, spread=1.3),
        compared=plan_of(2, 18.0, level=0.0008, spread=1.3),
        **curves(0.0008, 1.3),
        evaluation=None,
    )


def no_weather() -> ReportFacts:
    """No run knows its weather: one curve, no table of heat."""
    runs = some_runs(64, weather=False)
    return replace(
        many_cramps(),
        runs=runs,
        cramps=cramps_on(runs),
        plan=plan_of(3, None),
        compared=plan_of(2, None),
        **curves(0.009, 0.7, (None,)),
        provenance=replace(PROVENANCE, weather_providers=()),
    )


def not_enough() -> ReportFacts:
    """31 runs, 7 answered, one cramp: no number, but what is known and how to get on."""
    runs = tuple(replace(r, answer="unanswered") if i > 7 else r for i, r in enumerate(some_runs(31, unanswered=25)))
    return replace(
        many_cramps(),
        runs=runs,
        cramps=cramps_on(runs)[:1],
        permission=Permission(False, False, 7, 22, "none", (), True, False, True),
        evaluation=None,
    )


def no_runs() -> ReportFacts:
    """A new runner."""
    return replace(
        many_cramps(),
        runs=(),
        cramps=(),
        permission=Permission(False, False, 0, 10, "none", (), True, False, True),
        plan=None,
        compared=None,
        by_duration=(),
        grid=(),
        by_hour=(),
        by_pace=(),
        evaluation=None,
        provenance=replace(PROVENANCE, weather_providers=()),
    )


def red_flag() -> ReportFacts:
    """A ticked warning sign withholds everything."""
    return replace(many_cramps(), permission=Permission(True, False, 60, 45, "counts", (), False, False, True))


def range_only() -> ReportFacts:
    """So unsure that most plans get a range and no number."""
    return replace(
        few_cramps(),
        plan=plan_of(3, 18.0, level=0.02, spread=1.6),
        compared=plan_of(1, 18.0, level=0.004, spread=1.1),
        **curves(0.02, 1.6),
    )


def beyond() -> ReportFacts:
    """A planned race longer than any own run, and a comparison so long that nothing is said."""
    return replace(
        many_cramps(),
        plan=replace(plan_of(4, 24.0, spread=0.6), race=True),
        compared=plan_of(6, 24.0),
    )


def claimed() -> ReportFacts:
    """The one kind of finding that may be claimed, for heat and for pace; and forecasts that went wrong."""
    permission = Permission(False, True, 60, 45, "counts", ("heat", "pace"), False, True, False)
    return replace(many_cramps(), permission=permission, forecasts=made_forecasts())


def made_forecasts() -> tuple[ForecastFact, ...]:
    """Forecasts stored before the answer: 70 new runs with 22 cramps expected and 8 observed; two scored plans, others open."""
    new = tuple(ForecastFact("automatic", "scored", 0.02 + 0.59 * (n % 2), n % 9 == 0) for n in range(70))
    asked = (ForecastFact("asked", "scored", 0.3, True), ForecastFact("asked", "scored", 0.1, False))
    rest = (
        ForecastFact("asked", "replaced", 0.2, True),
        ForecastFact("automatic", "unanswered", 0.2, None),
        ForecastFact("asked", "waiting", 0.2, None),
        ForecastFact("asked", "expired", 0.2, None),
    )
    return (*new, *asked, *rest)


def hostile() -> ReportFacts:
    """Names, titles and notes that try to be markup."""
    bad = "<script>alert(1)</script>"
    facts = many_cramps()
    return replace(
        facts,
        runner=bad,
        runs=tuple(replace(run, title=f"{bad} **run**") for run in facts.runs),
        cramps=tuple(replace(cramp, note=f'"><img src=x onerror={bad}>', muscle="calf") for cramp in facts.cramps),
    )


def imperial() -> ReportFacts:
    """The fullest page for someone who thinks in miles and °F: the table of heat has round °F."""
    cells = [(celsius(f, IMPERIAL), h / 2) for f in range(40, 101, 10) for h in range(2, 9)]
    return replace(many_cramps(), grid=tuple(plan_of(hours, temp_c) for temp_c, hours in cells), units=IMPERIAL)


def asked() -> ReportFacts:
    """The optional questions answered, by somebody whose words try to be markup."""
    counts = (
        AnswerCount("clothing", "long", 3, 4, 2, 6, True),
        AnswerCount("clothing", "short", 1, 4, 4, 6, True),
        AnswerCount("drink", "under half a litre", 4, 4, 0, 0, False),
        AnswerCount("sleep_h", "6", 4, 4, 2, 2, False),
    )
    profile = (
        ProfileFact("usual_shoes", "<b>the **blue** ones</b> " + "x" * 90, MADE_AT.date()),
        ProfileFact("also_cramps", "bike, night", MADE_AT.date()),
    )
    return replace(many_cramps(), questionnaire=QuestionnaireFacts(counts, profile, ("blood", "condition")))


EXAMPLES = {
    make.__name__: make
    for make in (
        many_cramps,
        few_cramps,
        no_cramps,
        no_weather,
        not_enough,
        no_runs,
        red_flag,
        range_only,
        beyond,
        claimed,
        hostile,
        imperial,
        asked,
    )
}
