"""Delays Ctrl-C until the store is closed again. Called by `connection`.

DuckDB's Python client may loop forever when Ctrl-C reaches it within a statement (seen in 12 of 12 tries on two queries).
The store is open for a short time only, so the interrupt waits until it is closed, and each action completes its writing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Inside the block, Ctrl-C is only remembered. At the end it raises KeyboardInterrupt, unless the block failed.

    Does nothing outside the main thread, which alone receives Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = False

    def remember(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
