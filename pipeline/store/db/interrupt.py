"""Ctrl-C and the alarm of a time limit while the store is open: kept until it is closed again. For `connection`.

DuckDB's Python client may spin for ever when Ctrl-C reaches it within a statement (seen: 12 of 12 tries on two queries), and
turns the error that an alarm raises into a RuntimeError of its own ("Query interrupted"). A visit to the store is short, so
both wait for its end, and what was begun is whole.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Inside, both signals are only remembered. At the end Ctrl-C is raised as KeyboardInterrupt and an alarm is sent again,
    unless an error is on its way.

    Only the main thread gets signals; elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: set[int] = set()

    def remember(number: int, _frame: FrameType | None) -> None:
        received.add(number)

    before = {number: signal.signal(number, remember) for number in (signal.SIGINT, signal.SIGALRM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if signal.SIGINT in received:
        raise KeyboardInterrupt
    if signal.SIGALRM in received:
        signal.raise_signal(signal.SIGALRM)
