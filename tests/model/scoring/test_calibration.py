"""Calibration worked out by hand and against simulated truth: right forecasts have slope 1 and intercept 0."""

from __future__ import annotations

import numpy as np
import pytest

from models.scoring.calibration import calibrate, calibration_error, calibration_groups


def drawn(seed: int, n: int = 6000) -> tuple[np.ndarray, np.ndarray]:
    """Log odds of true risks, and what came."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-2.0, 1.2, n)
    return log_odds, rng.random(n) < 1 / (1 + np.exp(-log_odds))


def test_groups_count_what_was_said_and_what_came() -> None:
    predicted = np.array([0.005, 0.01, 0.03, 0.12, 0.18, 1.0])
    groups = calibration_groups(predicted, np.array([False, False, True, False, True, True]))
    assert [(g.low, g.high, g.runs, g.cramps) for g in groups] == [
        (0.0, 0.01, 1, 0),
        (0.01, 0.05, 2, 1),
        (0.10, 0.20, 2, 1),
        (0.35, 1.0, 1, 1),
    ]
    assert groups[2].predicted == pytest.approx(0.15)


def test_true_risks_have_intercept_0_slope_1_and_ratio_1() -> None:
    log_odds, cramp = drawn(1)
    found = calibrate(1 / (1 + np.exp(-log_odds)), cramp, np.arange(cramp.size))
    assert found.slope == pytest.approx(1.0, abs=0.1)
    assert found.intercept == pytest.approx(0.0, abs=0.1)
    assert found.ratio_low < 1 < found.ratio_high
    assert found.ece is not None
    assert found.ece < 0.02


def test_forecasts_twice_as_extreme_have_slope_a_half() -> None:
    log_odds, cramp = drawn(2)
    found = calibrate(1 / (1 + np.exp(-2 * log_odds)), cramp, np.arange(cramp.size))
    assert found.slope == pytest.approx(0.5, abs=0.05)


def test_forecasts_too_low_by_one_in_the_log_odds_have_intercept_1() -> None:
    log_odds, cramp = drawn(3)
    found = calibrate(1 / (1 + np.exp(1 - log_odds)), cramp, np.arange(cramp.size))
    assert found.intercept == pytest.approx(1.0, abs=0.1)
    assert found.slope == pytest.approx(1.0, abs=0.1)


def test_the_error_of_a_slope_is_the_spread_over_draws() -> None:
    found = []
    for seed in range(60):
        log_odds, cramp = drawn(100 + seed, 600)
        found.append(calibrate(1 / (1 + np.exp(-log_odds)), cramp, np.arange(cramp.size)))
    slopes, errors = [one.slope for one in found], [one.slope_se for one in found]
    assert np.mean(errors) == pytest.approx(np.std(slopes), rel=0.3)


def test_under_ten_cramps_there_is_a_ratio_and_no_slope() -> None:
    predicted = np.full(100, 0.05)
    cramp = np.arange(100) < 9
    found = calibrate(predicted, cramp, np.arange(100))
    assert found.ratio == pytest.approx(1.8)
    assert (found.slope, found.intercept, found.ece) == (None, None, None)
    assert found.ratio_low == pytest.approx(0.823, abs=0.001)  # Garwood: 4.115 to 17.085 for 9
    assert found.ratio_high == pytest.approx(3.417, abs=0.001)


def test_cramps_and_clean_runs_that_lie_apart_have_no_slope() -> None:
    predicted = np.concatenate([np.linspace(0.01, 0.2, 40), np.linspace(0.5, 0.9, 12)])
    assert calibrate(predicted, predicted > 0.3, np.arange(52)).slope is None


def test_one_forecast_for_all_has_no_slope() -> None:
    found = calibrate(np.full(100, 0.1), np.arange(100) < 20, np.arange(100))
    assert found.slope is None
    assert found.intercept == pytest.approx(np.log(0.25 / (1 / 9)))


def test_calibration_error_is_the_mean_distance_of_ten_equal_groups() -> None:
    predicted = np.repeat(np.linspace(0.05, 0.95, 10), 10)
    came = np.tile(np.arange(10) < 5, 10)  # half of every group
    assert calibration_error(predicted, came) == pytest.approx(np.mean(np.abs(np.linspace(0.05, 0.95, 10) - 0.5)))
