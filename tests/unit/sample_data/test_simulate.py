"""The simulated hazard gives the published incidences back, and obeys the laws of a hazard."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sample_data.world import aftermath, simulate
from sample_data.world.simulate import HIGH, LOW, MID, SCENARIOS, Offered, Truth

RUNNERS = 60_000


def _incidence(kind: str, world: simulate.World, n: int = RUNNERS, seed: int = 7) -> float:
    """Share of runs of that kind with a cramp, in per cent."""
    rng = np.random.default_rng(seed)
    runners = simulate.draw_runners(world, n, rng)
    onsets = simulate.draw_onsets(world, runners, simulate.offer(SCENARIOS[kind], n, rng), rng)
    return 100.0 * float((onsets >= 0).mean())


def _steady(minutes: float = 240.0, **what: Any) -> Offered:
    middle, width = simulate.bins(minutes)
    return Offered(**{"minute": middle, "width_min": width, "longest30_min": 120.0, **what})


def _run_risk(truth: Truth, offered: Offered) -> float:
    """P(any cramp) of one run without noise, by the product of the bins' survivals."""
    p = simulate.onset_probability(simulate.log_hazard(HIGH, truth, offered), offered.width_min)
    return 1.0 - float(np.prod(1.0 - p))


# The incidences the published model was fitted to, level HIGH; tolerance: 4 standard errors and the assumed spreads.
@pytest.mark.parametrize(
    ("kind", "percent", "within"),
    [("marathon", 19.3, 1.0), ("half", 6.3, 0.6), ("10k", 1.0, 0.25), ("long run", 1.05, 0.25)],
)
def test_the_high_world_cramps_as_often_as_published(kind: str, percent: float, within: float) -> None:
    assert _incidence(kind, HIGH) == pytest.approx(percent, abs=within)


def test_an_easy_run_cramps_in_eight_of_ten_thousand() -> None:
    assert _incidence("easy", HIGH, n=300_000) == pytest.approx(0.08, abs=0.025)


def test_the_middle_world_cramps_in_one_marathon_of_ten_and_the_low_one_less() -> None:
    assert _incidence("marathon", MID) == pytest.approx(10.0, abs=0.8)
    assert _incidence("marathon", LOW) < 6.0


def test_half_of_a_marathons_cramps_begin_in_its_last_quarter() -> None:
    rng = np.random.default_rng(8)
    offered = simulate.offer(SCENARIOS["marathon"], RUNNERS, rng)
    onsets = simulate.draw_onsets(HIGH, simulate.draw_runners(HIGH, RUNNERS, rng), offered, rng)
    cramped = onsets >= 0
    whole_min = np.sum(np.asarray(offered.width_min), axis=1)[cramped]
    quarter = np.floor(4.0 * offered.minute[onsets[cramped]] / whole_min).clip(0, 3).astype(int)
    shares = np.bincount(quarter, minlength=4) / cramped.sum()
    assert shares == pytest.approx([0.02, 0.16, 0.32, 0.50], abs=0.02)


def test_men_cramp_a_third_more_often_in_marathons() -> None:
    rng = np.random.default_rng(9)
    runners = simulate.draw_runners(HIGH, RUNNERS, rng)
    cramped = simulate.draw_onsets(HIGH, runners, simulate.offer(SCENARIOS["marathon"], RUNNERS, rng), rng) >= 0
    male = np.asarray(runners.male)[:, 0] > 0
    assert cramped[male].mean() / cramped[~male].mean() == pytest.approx(1.34, abs=0.1)


def test_ten_degrees_of_heat_add_what_the_slope_says() -> None:
    cool, warm = (simulate.log_hazard(HIGH, Truth(), _steady(wbgt_c=c)) for c in (15.0, 25.0))
    assert warm - cool == pytest.approx(np.full(48, 0.3))  # ln 1.35 per 10 degrees, as published


def test_beyond_the_stated_limits_heat_and_pace_add_nothing_more() -> None:
    at_limit = _steady(wbgt_c=35.0, pace_faster_pct=20.0, descent_m=1500.0)
    beyond = _steady(wbgt_c=99.0, pace_faster_pct=80.0, descent_m=9000.0)
    assert np.array_equal(simulate.log_hazard(HIGH, Truth(), at_limit), simulate.log_hazard(HIGH, Truth(), beyond))


def test_an_hour_at_the_reference_has_the_intercept_as_its_log_hazard() -> None:
    hour = Offered(minute=np.array([60.0]), width_min=5.0, longest30_min=120.0)
    assert simulate.log_hazard(HIGH, Truth(), hour) == pytest.approx([-11.30])
    assert simulate.log_hazard(HIGH, Truth(u=4.0), hour) == pytest.approx([-7.30])


def test_the_hazard_never_falls_while_a_steady_run_goes_on() -> None:
    assert (np.diff(simulate.log_hazard(HIGH, Truth(), _steady(400.0))) >= 0).all()


def test_a_longer_habit_lowers_the_hazard_and_a_race_raises_it() -> None:
    plain = _run_risk(Truth(), _steady())
    assert _run_risk(Truth(), _steady(longest30_min=180.0)) < plain < _run_risk(Truth(), _steady(race=1.0))


def test_width_of_the_bins_does_not_change_a_runs_risk_much() -> None:
    offered = _steady(180.0)
    fine = replace(offered, minute=np.arange(0.5, 180.0), width_min=1.0)
    assert _run_risk(Truth(u=4.0), offered) == pytest.approx(_run_risk(Truth(u=4.0), fine), rel=0.01)


def test_bins_cover_the_run_once() -> None:
    middle, width = simulate.bins(48.0)
    assert width.sum() == pytest.approx(48.0)
    assert middle[[0, -1]] == pytest.approx([2.5, 46.5])
    assert len(simulate.bins(45.0)[0]) == 9


def test_a_run_has_its_first_cramp_where_the_first_draw_falls_and_one_only() -> None:
    certain_from = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]])
    onsets = simulate.draw_first_onsets(certain_from, np.random.default_rng(1))
    assert onsets.tolist() == [2, -1, 0]


def test_slopes_of_pace_are_never_negative() -> None:
    runners = simulate.draw_runners(HIGH, 5_000, np.random.default_rng(2))
    assert np.min(runners.s_pace) == 0.0


def _outcomes(u: float, n: int, seed: int) -> list[aftermath.Outcome]:
    rng = np.random.default_rng(seed)
    offered = _steady(race=1.0, pace_faster_pct=5.0)
    return [aftermath.draw_run(HIGH, Truth(u=u), offered, 42.2, rng) for _ in range(n)]


def test_nothing_happens_after_a_cramp_ended_the_run() -> None:
    ended = [run for run in _outcomes(4.0, 300, 3) if run.ended_min is not None]
    assert len(ended) > 50
    assert all(run.cramps[-1].minute == run.ended_min for run in ended)


def test_cramps_come_in_order_and_twinges_only_before_the_first() -> None:
    for run in _outcomes(3.0, 300, 4):
        minutes = [cramp.minute for cramp in run.cramps]
        assert minutes == sorted(minutes)
        assert all(0.0 < minute < 240.0 for minute in minutes)
        assert not minutes or all(twinge <= minutes[0] for twinge in run.twinges)


def test_a_cramp_makes_the_next_one_likelier_and_wears_off() -> None:
    assert aftermath.recurrence(0.0) == pytest.approx(1.1)
    assert aftermath.recurrence(30.0) == pytest.approx(0.55)
    assert aftermath.recurrence(600.0) < 1e-5


def test_half_of_the_marathons_that_go_on_bring_another_cramp() -> None:
    rng = np.random.default_rng(5)
    went_on = again = 0
    for _ in range(1_500):
        offered = _steady(245.0, longest30_min=150.0, race=1.0, pace_faster_pct=rng.normal(5.5, 5.0))
        run = aftermath.draw_run(HIGH, Truth(u=rng.normal(0.0, HIGH.sd_u)), offered, 42.2, rng)
        if run.cramps and run.cramps[0].minute != run.ended_min:
            went_on, again = went_on + 1, again + (len(run.cramps) > 1)
    assert again / went_on == pytest.approx(0.49, abs=0.09)  # three standard errors


def test_severity_and_muscle_follow_the_published_counts() -> None:
    rng = np.random.default_rng(6)
    cramps = [aftermath.draw_cramp(60.0, [], 20.0, 0.0, rng) for _ in range(4_000)]
    shares = {word: sum(c.severity == word for c in cramps) / 4_000 for word in ("mild", "moderate", "severe")}
    assert shares == pytest.approx({"mild": 0.775, "moderate": 0.175, "severe": 0.05}, abs=0.02)
    assert sum(c.muscle == "calf" for c in cramps) / 4_000 == pytest.approx(0.54, abs=0.02)
    assert np.mean([c.slower_pct for c in cramps]) == pytest.approx(15.0, abs=0.5)
    assert all(1.0 <= c.stop_min <= 3.0 for c in cramps)


def test_a_cramp_comes_back_in_the_same_muscle_in_seven_of_ten_or_by_chance() -> None:
    rng = np.random.default_rng(10)
    first = replace(aftermath.draw_cramp(60.0, [], 20.0, 0.0, rng), muscle="foot")
    again = [aftermath.draw_cramp(70.0, [first], 20.0, 0.0, rng).muscle for _ in range(4_000)]
    assert again.count("foot") / 4_000 == pytest.approx(0.7 + 0.3 * 0.04, abs=0.025)


def test_a_remembered_onset_is_on_five_minutes_and_inside_the_run() -> None:
    rng = np.random.default_rng(11)
    told = [aftermath.remembered_onset_s(3_630.0, 7_200.0, rng) for _ in range(2_000)]
    assert {moment % 300.0 for moment in told} == {0.0}
    assert np.mean(told) == pytest.approx(3_630.0, abs=20.0)
    assert {aftermath.remembered_onset_s(7_190.0, 7_199.0, rng) for _ in range(200)} <= {
        6_300.0, 6_600.0, 6_900.0, 7_199.0,
    }  # fmt: skip


def test_the_side_is_remembered_wrongly_in_two_of_a_hundred() -> None:
    rng = np.random.default_rng(12)
    wrong = sum(aftermath.remembered_side("left", rng) != "left" for _ in range(5_000))
    assert wrong / 5_000 == pytest.approx(0.02, abs=0.008)


def test_the_same_seed_gives_the_same_runs() -> None:
    assert _outcomes(3.0, 40, 13) == _outcomes(3.0, 40, 13)
