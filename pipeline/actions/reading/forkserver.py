"""The process from which those that read files are forked: it has loaded what reading needs and nothing else. For `pool`.

A fork of the program's own process would inherit the database's threads in an unknown state. Loads nothing large itself, so
that a verb may let it begin before anything else.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

from pipeline.store.db.interrupt import interrupts_wait

_LOADED = ["concurrent.futures.process", "pipeline.actions.reading.worker", "pipeline.formats.fit.decode"]


def reading_server() -> ForkServerContext:
    """The server, on its way up; the same one however often it is asked for. It ends with this process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    resource_tracker.ensure_running()  # Python starts it first of all, and lets Ctrl-C through again when it has
    with interrupts_left_to_parent():
        forkserver.ensure_running()
    return context


@contextmanager
def interrupts_left_to_parent() -> Iterator[None]:
    """Processes started inside inherit a blocked Ctrl-C: it is this process's to answer, from their first moment on.

    It answers at the end: another thread may take the signal, and a process told only half of what to do complains.
    """
    with interrupts_wait():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
