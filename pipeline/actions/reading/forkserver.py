"""The fork server of the reading processes: it has loaded what reading needs and nothing else. Called by `pool`.

A fork of the main process would inherit DuckDB's threads in an unknown state. This module imports nothing large, so that a
verb can start the fork server before anything else.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

from pipeline.store.db.interrupt import interrupts_wait

_PRELOADED = ["concurrent.futures.process", "pipeline.actions.reading.worker", "pipeline.formats.fit.decode"]


def reading_server() -> ForkServerContext:
    """Start the fork server, once per process, and return its context. It ends with this process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    resource_tracker.ensure_running()  # started first, because it unblocks Ctrl-C when it starts
    with interrupts_left_to_parent():
        forkserver.ensure_running()
    return context


@contextmanager
def interrupts_left_to_parent() -> Iterator[None]:
    """Inside, started processes inherit a blocked SIGINT: only this process reacts to Ctrl-C.

    It reacts at the end of the block: another thread may get the signal, and a process that received half of its
    instructions prints an error.
    """
    with interrupts_wait():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
