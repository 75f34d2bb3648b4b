"""Scores worked out by hand, and laws that ranges and differences must keep."""

from __future__ import annotations

import numpy as np
import pytest

from models.scoring.scores import (
    brier_skill,
    compare_with_baseline,
    net_benefits,
    order_within_kind,
    paired_difference,
    proper_scores,
    run_losses,
)

YES_NO = np.array([True, False, False, True, False, False, False, False])


def test_run_losses_are_logs_of_what_was_given_to_what_came() -> None:
    losses = run_losses(np.array([0.25, 0.25, 0.0]), np.array([True, False, False]))
    assert losses == pytest.approx([1.3862944, 0.2876821, 0.0], abs=1e-6)


def test_proper_scores_are_means_over_runs() -> None:
    predicted = np.array([0.25, 0.25])
    assert proper_scores(predicted, np.array([True, False])) == pytest.approx((0.8369882, 0.3125))


def test_saying_the_share_that_came_has_no_skill_and_the_truth_has_all() -> None:
    cramp = np.array([True, False, False, False])
    assert brier_skill(0.1875, cramp) == pytest.approx(0.0)
    assert brier_skill(0.0, cramp) == 1.0


def test_net_benefit_weighs_runs_changed_in_vain_by_the_odds_of_the_threshold() -> None:
    predicted = np.array([0.5, 0.15, 0.01, 0.01, 0.01, 0.06, 0.01, 0.01])
    at_5, at_10, at_20 = net_benefits(predicted, YES_NO)
    assert at_5.ours == pytest.approx(1 / 8 - 2 / 8 * 0.05 / 0.95)
    assert at_10.ours == pytest.approx(1 / 8 - 1 / 8 / 9)
    assert at_20.ours == pytest.approx(1 / 8)
    assert at_20.always == pytest.approx(2 / 8 - 6 / 8 / 4)


def test_order_needs_five_cramps_and_five_clean_runs() -> None:
    cramp = np.repeat([True, False], [5, 20])
    predicted = np.where(cramp, 0.6, 0.1)
    assert order_within_kind(predicted, cramp) == 1.0
    assert order_within_kind(np.full(25, 0.3), cramp) == 0.5
    assert order_within_kind(predicted[1:], cramp[1:]) is None


def test_a_paired_difference_has_the_error_of_a_mean_where_each_run_stands_alone() -> None:
    one, other = np.array([1.0, 2.0, 4.0, 5.0]), np.array([1.0, 1.0, 1.0, 1.0])
    mean, se = paired_difference(one, other, np.arange(4))
    assert (mean, se) == pytest.approx((2.0, np.std([0, 1, 3, 4], ddof=1) / 2))


def test_runs_that_go_together_make_a_difference_less_sure() -> None:
    """The same run told three times is one run's worth."""
    one, other = np.repeat([1.0, 2.0, 4.0, 5.0], 3), np.ones(12)
    together = paired_difference(one, other, np.repeat(np.arange(4), 3))
    assert together == pytest.approx(paired_difference(one[::3], other[::3], np.arange(4)))
    assert paired_difference(one, other, np.arange(12))[1] < together[1]


def test_a_single_cluster_says_nothing_of_its_error() -> None:
    assert paired_difference(np.ones(3), np.zeros(3), np.zeros(3, dtype=np.int64)) == (1.0, np.inf)


def test_a_way_beside_itself_is_neither_better_nor_worse() -> None:
    predicted = np.linspace(0.05, 0.4, 8)
    same = compare_with_baseline("itself", predicted, predicted, YES_NO, np.arange(8))
    assert (same.worse_by, same.worse_by_low, same.worse_by_high, same.saved, same.verdict) == (0, 0, 0, 0, "unclear")


def test_a_way_that_is_worse_everywhere_is_worse_in_every_resample() -> None:
    cramp = np.tile(YES_NO, 5)
    ours, theirs = np.where(cramp, np.linspace(0.6, 0.9, 40), 0.1), np.where(cramp, 0.4, 0.3)
    found = compare_with_baseline("theirs", theirs, ours, cramp, np.arange(cramp.size) // 8)
    assert found.verdict == "better"
    assert 0 < found.saved_low < found.saved < found.saved_high < 1
    assert compare_with_baseline("ours", ours, theirs, cramp, np.arange(cramp.size) // 8).verdict == "worse"


def test_ranges_hold_the_truth_about_as_often_as_they_say() -> None:
    """A way that is equally good on average: its 95 % range must leave out 0 in few of 200 draws of 30 runners."""
    rng, missed = np.random.default_rng(11), 0
    for _ in range(200):
        cluster = np.repeat(np.arange(30), 10)
        cramp = rng.random(300) < 0.3
        shift = np.repeat(rng.choice([-0.8, 0.8], 30), 10)  # a runner's forecasts are off together, either way
        ours = 1 / (1 + np.exp(0.85 - shift))
        theirs = 1 / (1 + np.exp(0.85 + shift))
        found = compare_with_baseline("mirror image", theirs, ours, cramp, cluster)
        missed += found.verdict != "unclear"
    assert missed <= 26  # 5 % of 200 is 10; more than 26 would be beyond 1 in 10,000 for 7 %
