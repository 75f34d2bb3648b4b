"""Pauses, timer time and moving time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.formats.cleaning.timing import find_pauses, moving_s, timer_s
from pipeline.schema import Pause

Floats = NDArray[np.float64]


def _gap(first: int, then: int, way_m: float) -> tuple[Floats, Floats]:
    """100 s at 3 m/s, silence from `first` to `then` with `way_m` made, 100 s at 3 m/s."""
    at_s = np.concatenate([np.arange(first + 1.0), np.arange(then, then + 101.0)])
    metres = np.concatenate([np.arange(first + 1) * 3.0, first * 3.0 + way_m + np.arange(101) * 3.0])
    return at_s, metres


def test_a_pause_does_not_count_as_timer_or_moving_time() -> None:
    at_s, metres = _gap(100, 400, 0.0)
    pauses = (Pause(100.0, 400.0, "timer"),)
    assert timer_s(at_s, pauses)[-1] == 200.0
    assert moving_s(at_s, metres, pauses)[-1] == 200.0
    assert timer_s(np.array([50.0, 100.0, 250.0, 400.0, 450.0]), pauses).tolist() == [50, 100, 100, 100, 150]


def test_standing_still_counts_as_timer_but_not_as_moving_time() -> None:
    at_s = np.arange(301.0)
    metres = np.concatenate([np.arange(101) * 3.0, np.full(100, 300.0), 300 + np.arange(1, 101) * 3.0])
    pauses, _ = find_pauses(at_s, metres, (), 300.0)
    assert pauses == ()
    assert timer_s(at_s, pauses)[-1] == 300.0
    assert moving_s(at_s, metres, pauses)[-1] == 200.0


def test_a_silence_without_way_is_a_pause_and_one_with_way_is_moving() -> None:
    at_s, metres = _gap(100, 400, 20.0)
    still, _ = find_pauses(at_s, metres, (), 500.0)
    assert still == (Pause(100.0, 400.0, "gap"),)
    at_s, metres = _gap(100, 400, 800.0)
    run_on, _ = find_pauses(at_s, metres, (), 500.0)
    assert run_on == ()
    assert moving_s(at_s, metres, run_on)[-1] == 500.0


def test_a_short_silence_is_no_pause() -> None:
    at_s, metres = _gap(100, 160, 0.0)
    assert find_pauses(at_s, metres, (), 260.0)[0] == ()
    assert moving_s(at_s, metres, ())[-1] == 200.0


def test_without_any_distance_short_steps_count_as_moving_and_long_ones_do_not() -> None:
    at_s = np.array([0.0, 30.0, 90.0, 151.0, 160.0])
    unknown = np.full(5, np.nan)
    assert find_pauses(at_s, unknown, (), 160.0)[0] == ()
    assert moving_s(at_s, unknown, ()).tolist() == [0, 30, 90, 90, 99]


def test_steps_around_a_lost_distance_are_judged_by_the_known_ones() -> None:
    at_s = np.arange(5.0)
    metres = np.array([0.0, 3.0, np.nan, np.nan, 12.0])
    assert moving_s(at_s, metres, ()).tolist() == [0, 1, 2, 3, 4]


def test_the_way_to_a_late_first_record_counts_when_it_was_made() -> None:
    at_s = np.array([100.0, 101.0])
    assert moving_s(at_s, np.array([300.0, 303.0]), ()).tolist() == [100, 101]
    assert moving_s(at_s, np.array([0.0, 3.0]), ()).tolist() == [0, 1]


def test_stops_that_overlap_are_one_pause_cut_to_the_session() -> None:
    at_s, metres = np.array([0.0, 10.0, 900.0]), np.array([0.0, 30.0, 30.0])
    stops = ((-50.0, 5.0), (100.0, 300.0), (200.0, 400.0), (899.5, 900.0), (950.0, np.inf))
    pauses, _ = find_pauses(at_s, metres, stops, 900.0)
    assert pauses == (Pause(0.0, 5.0, "timer"), Pause(100.0, 400.0, "timer"))


def test_a_stop_with_way_made_in_it_is_no_pause() -> None:
    at_s = np.arange(301.0)
    pauses, n_contradicted = find_pauses(at_s, at_s * 3.0, ((100.0, np.inf),), 300.0)
    assert (pauses, n_contradicted) == ((), 1)


def test_a_stop_with_records_that_stand_still_is_a_pause() -> None:
    at_s = np.arange(301.0)
    metres = np.minimum(at_s, 100.0) * 3.0
    assert find_pauses(at_s, metres, ((100.0, 300.0),), 300.0) == ((Pause(100.0, 300.0, "timer"),), 0)
