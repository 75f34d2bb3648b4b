"""RiskReport's numbers: counted by hand here, and withheld where they must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.report.numbers.facts import CrampFact, Evaluation, Forecast, PlanRisk, ReportFacts, Risk, Rival, RunFact
from pipeline.report.numbers.summary import RiskReport, summarise
from tests.support.report_examples import EXAMPLES, many_cramps

MONDAY = datetime(2026, 6, 1, 7, 0)


def run(number: int, *, answer: str = "no cramp", sport: str = "running", **more: object) -> RunFact:
    facts = RunFact(
        run_id=f"r{number}",
        title=None,
        start_local=MONDAY + timedelta(days=number),
        start_hour_local=7.0,
        sport=sport,
        moving_s=3600.0,
        answer=answer,
        simulated=False,
        air_temp_c=None,
        wbgt_c=None,
        pace_faster_pct=None,
    )
    facts = replace(facts, **more)  # type: ignore[arg-type]
    hour = facts.start_local.hour + facts.start_local.minute / 60
    return facts if "start_hour_local" in more else replace(facts, start_hour_local=hour)


def cramp(number: int, **more: object) -> CrampFact:
    return replace(CrampFact(f"r{number}", "during", 3000.0, "calf", "left", "mild", 20.0, 9000.0, None), **more)  # type: ignore[arg-type]


def report(runs: list[RunFact], cramps: list[CrampFact], **more: object) -> RiskReport:
    return summarise(replace(many_cramps(), runs=tuple(runs), cramps=tuple(cramps), **more))  # type: ignore[arg-type]


def test_tightness_and_cramps_afterwards_are_counted_apart_from_onsets() -> None:
    runs = [run(1, answer="cramp"), run(2, answer="cramp"), run(3)]
    cramps = [cramp(1), cramp(1), cramp(2, phase="after", onset_moving_s=None), cramp(3, severity="tightness")]
    basis = report(runs, cramps).basis
    assert (basis.cramps, basis.runs_with_cramp, basis.cramps_after, basis.tightness) == (2, 1, 1, 1)


def test_other_sports_are_no_runs_and_their_cramps_no_run_cramps() -> None:
    basis = report([run(1), run(2, sport="cycling", answer="cramp")], [cramp(2)]).basis
    assert (basis.runs, basis.other_activities, basis.cramps, basis.cramps_elsewhere) == (1, 1, 0, 1)


def test_not_sure_and_unanswered_are_missing_not_negative() -> None:
    basis = report([run(1), run(2, answer="not sure"), run(3, answer="unanswered"), run(4, answer="cramp")], []).basis
    assert (basis.runs, basis.answered) == (4, 2)


def test_cramps_are_counted_by_muscle_and_side_also_without_a_side() -> None:
    cramps = [cramp(1), cramp(1, side="right"), cramp(1, side="both"), cramp(1, side=None), cramp(1, muscle=None)]
    table = report([run(1, answer="cramp")], cramps).muscles
    calf, unknown = table.rows
    assert (calf.muscle, calf.left, calf.right, calf.both, calf.side_missing, calf.total) == ("calf", 1, 1, 1, 1, 4)
    assert (unknown.muscle, unknown.left, unknown.total) == (None, 1, 1)
    assert table.any_side_missing
    assert table.total == 5


def test_the_record_is_newest_first_and_in_order_within_a_run() -> None:
    cramps = [cramp(1), cramp(2, onset_moving_s=3300.0), cramp(2, onset_moving_s=2000.0)]
    record = report([run(1, answer="cramp"), run(2, answer="cramp")], cramps).muscles.cramps
    assert [(line.on.day, line.onset_s) for line in record] == [(3, 2000.0), (3, 3300.0), (2, 3000.0)]


def test_shares_count_runs_once_and_only_where_known() -> None:
    runs = [
        run(1, answer="cramp", air_temp_c=25.0),
        run(2, answer="cramp", air_temp_c=None),
        run(3, air_temp_c=10.0),
        run(4, air_temp_c=20.0),
        run(5, air_temp_c=30.0),
        run(6, answer="unanswered", air_temp_c=35.0),
    ]
    warm = report(runs, [cramp(1), cramp(1), cramp(2)]).patterns.warm
    assert warm is not None
    assert warm.threshold == 22.0  # the median of 10, 20, 25, 30 is 22.5; whole degrees, halves to even
    assert (warm.cramp_runs_with, warm.cramp_runs, warm.control_runs_with, warm.control_runs) == (1, 1, 1, 3)


@pytest.mark.parametrize("example", ["red_flag", "not_enough", "no_runs"])
def test_every_risk_is_withheld_without_permission(example: str) -> None:
    made = summarise(EXAMPLES[example]())
    assert (made.short, made.time, made.heat, made.hour, made.pace, made.looking_back) == (None,) * 6


def test_a_ticked_red_flag_comes_before_everything_else() -> None:
    facts = EXAMPLES["no_runs"]()
    flagged = replace(facts, permission=replace(facts.permission, red_flag=True))
    assert summarise(flagged).state == "red flag"


def test_one_simulated_run_marks_the_whole_report() -> None:
    assert report([run(1), run(2, simulated=True)], []).simulated
    assert not report([run(1), run(2)], []).simulated


def plans(highs: list[float], *, beyond_from_s: float = 1e9, say: str = "number") -> tuple[PlanRisk, ...]:
    return tuple(
        PlanRisk(
            1800.0 * (i + 1),
            20.0,
            0.0,
            9.0,
            False,
            Risk(h / 2, h / 4, h),
            say,
            ("longer",) * (1800.0 * (i + 1) > beyond_from_s),
        )  # type: ignore[arg-type]
        for i, h in enumerate(highs)
    )


def test_under_ten_ends_before_the_first_upper_end_that_reaches_it() -> None:
    time = report([run(1, moving_s=9000.0)], [], by_duration=plans([0.02, 0.06, 0.10, 0.05])).time
    assert time is not None
    assert time.under_ten_s == 3600.0
    assert not time.under_ten_throughout


def test_under_ten_throughout_looks_at_own_durations_only() -> None:
    inside = plans([0.02, 0.06, 0.5], beyond_from_s=4000.0)
    time = report([run(1, moving_s=4000.0)], [], by_duration=inside).time
    assert time is not None
    assert time.under_ten_throughout
    assert time.hatched


def test_declined_plans_are_left_out_of_the_curve_and_dashed_in_the_table() -> None:
    cold = tuple(replace(plan, air_temp_c=10.0) for plan in plans([0.02, 0.06, 0.08]))
    hot = (*plans([0.02, 0.06]), replace(plans([0.1, 0.1, 0.1])[2], form="nothing", risk=None))
    time = report([run(1)], [], by_duration=(*cold, *hot)).time
    assert time is not None
    assert [len(curve.points) for curve in time.curves] == [3, 2]
    assert time.table[2].shown[1] is None


def test_own_cramps_are_marked_in_the_nearest_square_and_not_outside_the_table() -> None:
    grid = tuple(replace(p, air_temp_c=t) for t in (10.0, 20.0) for p in plans([0.02, 0.04, 0.06]))
    cramps = [cramp(1), cramp(1, onset_moving_s=9000.0), cramp(1, air_temp_c=None), cramp(1, air_temp_c=26.0)]
    heat = report([run(1, answer="cramp")], cramps, grid=grid).heat
    assert heat is not None
    assert [[cell.cramps for cell in row.cells] for row in heat.rows] == [[0, 1, 0], [0, 0, 0]]
    assert (heat.marked, heat.onsets) == (1, 4)


def test_time_against_heat_compares_expected_cramps() -> None:
    risks = {(10.0, 1800.0): 0.01, (10.0, 3600.0): 0.04, (20.0, 1800.0): 0.02, (20.0, 3600.0): 0.08}
    grid = tuple(PlanRisk(d, t, 0.0, 9.0, False, Risk(p, p / 2, 2 * p), "number", False) for (t, d), p in risks.items())
    heat = report([run(1)], [], grid=grid).heat
    assert heat is not None
    assert heat.heat_times == pytest.approx(0.0833816 / 0.0408220, rel=1e-5)  # -ln(.92) / -ln(.96)
    assert heat.time_times == pytest.approx(0.0408220 / 0.0100503, rel=1e-4)  # -ln(.96) / -ln(.99)


def test_forecasts_are_grouped_by_predicted_level_and_summed() -> None:
    forecasts = tuple(
        Forecast(p, c) for p, c in [(0.004, False), (0.03, False), (0.2, True), (0.3, False), (0.6, True)]
    )
    rivals = (Rival("own rate", 0.5), Rival("logistic", 0.3))
    back = report([run(1)], [], evaluation=Evaluation(forecasts, 0.4, rivals, 5, 1)).looking_back
    assert back is not None
    assert [(g.from_of_100, g.to_of_100, g.runs, g.with_cramp) for g in back.groups] == [
        (0, 4, 2, 0),
        (20, 34, 2, 1),
        (35, None, 1, 1),
    ]
    assert [(g.predicted_of_100, g.observed_of_100) for g in back.groups] == [(2, 0), (25, 50), (60, 100)]
    assert (back.runs, back.expected, back.observed, back.beaten, back.enough) == (5, 1, 2, 1, False)
    assert [rival.is_closer for rival in back.rivals] == [False, True]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"planned_s": 7200.0}, "duration"),
        ({"air_temp_c": 14.0}, "temperature"),
        ({"pace_faster_pct": 5.0}, "pace"),
        ({"start_hour": 18.0}, "start"),
        ({"race": True}, "race"),
        ({}, None),
    ],
)
def test_the_one_changed_thing_is_recognised(change: dict[str, float], word: str | None) -> None:
    facts = many_cramps()
    assert facts.plan is not None
    short = summarise(replace(facts, compared=replace(facts.plan, **change))).short  # type: ignore[arg-type]
    assert short is not None
    assert short.changed == word


def test_sureness_follows_the_width_and_stays_modest_beyond_own_runs() -> None:
    def bars(low: float, high: float, *, beyond: tuple[str, ...] = ()) -> int | None:
        facts: ReportFacts = many_cramps()
        assert facts.plan is not None
        plan = replace(facts.plan, risk=Risk((low + high) / 2, low, high), beyond=beyond)
        short = summarise(replace(facts, plan=plan)).short
        assert short is not None
        return short.sure

    assert bars(0.02, 0.06) == 3  # narrow, but 9 own cramps do not bear "quite sure"
    assert [bars(0.1, 0.25), bars(0.1, 0.35), bars(0.1, 0.45)] == [3, 2, 1]
    assert bars(0.02, 0.06, beyond=("longer",)) == 2
