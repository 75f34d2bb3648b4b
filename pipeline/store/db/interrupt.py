"""Delays Ctrl-C and the alarm of a time limit until the store is closed again. Called by `connection`.

DuckDB's Python client may loop forever when Ctrl-C reaches it within a statement (seen in 12 of 12 tries on two queries), and
turns the error raised by an alarm into a RuntimeError ("Query interrupted"). The store is open for a short time only, so both
signals wait until it is closed, and each action completes its writing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Inside the block, both signals are only remembered. At the end, unless the block failed, Ctrl-C raises
    KeyboardInterrupt and an alarm is sent again.

    Does nothing outside the main thread, which alone receives signals.
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
