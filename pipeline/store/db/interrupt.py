"""Ctrl-C while the store is open: kept until it is closed again. For `connection`.

DuckDB's Python client may spin for ever when Ctrl-C reaches it within a statement (seen: 12 of 12 tries on two queries). A
visit to the store is short, so the interrupt waits for its end, and what was begun is whole.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Inside, Ctrl-C is only remembered; at the end it is raised as KeyboardInterrupt, unless an error is on its way.

    Only the main thread gets Ctrl-C; elsewhere nothing changes.
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
