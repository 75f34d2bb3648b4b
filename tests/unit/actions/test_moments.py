"""A moment in a run means one instant, whichever way a runner writes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.actions.tagging.moments import LapPress, Moment, RunClock, lap_presses, place_moment
from pipeline.errors import WrongInput

START = datetime(2026, 6, 14, 5, 30)
LOCAL = datetime(2026, 6, 14, 7, 30)


def clock(pause: tuple[float, float] = (3600, 3900), hours: float = 3.0) -> RunClock:
    """Three hours at 3 m/s with records every 5 s; the watch is paused from 1:00:00 to 1:05:00 elapsed."""
    elapsed = np.arange(0, hours * 3600 + 1, 5.0)
    timer = elapsed - np.clip(elapsed - pause[0], 0, pause[1] - pause[0])
    records = {"elapsed_s": elapsed, "timer_s": timer, "moving_s": timer, "distance_m": timer * 3.0}
    return RunClock(START, LOCAL, float(elapsed[-1]), records, (1800.0, 5400.0, 10800.0))


def at(seconds: float, moving_s: float, in_pause: bool = False) -> Moment:
    return Moment(START + timedelta(seconds=seconds), pytest.approx(moving_s), in_pause)


@pytest.mark.parametrize(
    ("words", "elapsed_s"),
    [
        ("0:30:00", 1800),
        ("30m", 1800),
        ("2:21:10", 8470 + 300),  # timer time leaves the pause out
        ("141m", 8460 + 300),
        ("e2:21:10", 8470),
        ("km5.4", 1800),
        ("km 25.1", 25100 / 3 + 300),
        ("mile3.4", 5471.7696 / 3),
        ("mi15.6", 25105.7664 / 3 + 300),
        ("miles 15.6", 25105.7664 / 3 + 300),
        ("lap1", 1800),
        ("08:00", 1830),  # the middle of the minute on the wall
        ("9:51", 8490),
    ],
)
def test_each_form_of_a_moment_is_the_instant_meant(words: str, elapsed_s: float) -> None:
    moment = place_moment(words, clock())
    assert moment.at is not None
    assert (moment.at - START).total_seconds() == pytest.approx(elapsed_s, abs=0.01)


def test_somewhere_is_no_instant() -> None:
    assert place_moment("somewhere", clock()) == Moment(None, None, False)


def test_moment_in_a_pause_is_set_to_the_last_moving_second() -> None:
    assert place_moment("e1:03:00", clock()) == at(3600, 3600, in_pause=True)


def test_moment_on_the_move_is_left_alone() -> None:
    assert place_moment("e1:10:00", clock()) == at(4200, 3900)


@pytest.mark.parametrize("words", ["3:30:00", "e3:00:20", "km40", "mile21", "07:28", "11:00", "lap9"])
def test_outside_the_run_is_refused_with_what_would_do(words: str) -> None:
    with pytest.raises(WrongInput) as refused:
        place_moment(words, clock())
    assert refused.value.hint


@pytest.mark.parametrize("words", ["", "soon", "25", "-1:00:00", "1:99:00", "km", "mile", "25:00"])
def test_words_that_are_no_moment_are_refused(words: str) -> None:
    with pytest.raises(WrongInput):
        place_moment(words, clock())


def test_clock_past_midnight_is_the_next_day() -> None:
    late = RunClock(START, LOCAL.replace(hour=23, minute=0), 10800.0, clock().records, ())
    moment = place_moment("00:30", late)
    assert moment.at is not None
    assert (moment.at - START).total_seconds() == pytest.approx(5430)


def test_a_lap_closed_by_hand_is_told_on_the_timer() -> None:
    presses = lap_presses(clock(), (1, 2))
    assert presses == (
        LapPress(1, 1800.0, START + timedelta(seconds=1800)),
        LapPress(2, 5100.0, START + timedelta(seconds=5400)),  # five minutes of pause lie before it
    )
    assert place_moment("lap2", clock()).at == presses[1].at


def test_a_press_at_the_start_line_or_at_the_end_tells_nothing() -> None:
    run = replace(clock(), lap_end_s=(8.0, 1800.0, 10800.0))
    assert [press.lap for press in lap_presses(run, (1, 2, 3))] == [2]


def test_unknown_local_clock_is_said() -> None:
    run = clock()
    with pytest.raises(WrongInput, match="the local time of this run is unknown"):
        place_moment("08:00", RunClock(run.start_at, None, run.elapsed_s, run.records, ()))


@given(st.integers(0, 10500))
def test_timer_and_elapsed_agree_but_for_the_pause(timer_s: int) -> None:
    run = clock()
    by_timer = place_moment(f"{timer_s // 3600}:{timer_s % 3600 // 60:02d}:{timer_s % 60:02d}", run)
    elapsed_s = timer_s if timer_s <= 3600 else timer_s + 300
    by_elapsed = place_moment(f"e{elapsed_s // 3600}:{elapsed_s % 3600 // 60:02d}:{elapsed_s % 60:02d}", run)
    assert by_timer.at == by_elapsed.at
    assert by_timer.moving_s == pytest.approx(timer_s, abs=0.01)
