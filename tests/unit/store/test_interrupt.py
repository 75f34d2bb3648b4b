"""Signals during a visit to the store wait for its end, nested visits too."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.store.db.interrupt import interrupts_wait


class TooLate(BaseException):
    """What a time limit raises, as Prefect's does: no Exception."""


@pytest.fixture
def alarm() -> Iterator[None]:
    """SIGALRM raises TooLate."""

    def raise_it(*_: object) -> None:
        raise TooLate

    before = signal.signal(signal.SIGALRM, raise_it)
    yield
    signal.signal(signal.SIGALRM, before)


def visit(steps: list[str], meanwhile: Callable[[], object]) -> None:
    """A visit to the store during which something happens; `steps` says how far it got."""
    with interrupts_wait():
        meanwhile()
        steps.append("whole")


def keep_busy() -> None:
    """A fifth of a second of work."""
    until = time.monotonic() + 0.2
    while time.monotonic() < until:
        pass


@pytest.mark.usefixtures("alarm")
def test_an_alarm_waits_for_the_end_of_the_outermost_visit() -> None:
    before, steps = signal.getsignal(signal.SIGALRM), list[str]()
    with pytest.raises(TooLate):
        visit(steps, lambda: visit(steps, lambda: signal.raise_signal(signal.SIGALRM)))
    assert steps == ["whole", "whole"]
    assert signal.getsignal(signal.SIGALRM) == before


def test_ctrl_c_waits_for_the_end_of_a_visit() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        visit(steps, lambda: signal.raise_signal(signal.SIGINT))
    assert steps == ["whole"]


@pytest.mark.usefixtures("alarm")
def test_a_time_limit_ends_after_the_visit_and_not_within() -> None:
    steps: list[str] = []
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(TooLate):
        visit(steps, keep_busy)
    assert steps == ["whole"]


def fail_late() -> None:
    """An error of its own after the alarm."""
    signal.raise_signal(signal.SIGALRM)
    raise ValueError("first")


@pytest.mark.usefixtures("alarm")
def test_an_error_on_its_way_is_not_replaced() -> None:
    with pytest.raises(ValueError, match="first"):
        visit([], fail_late)
