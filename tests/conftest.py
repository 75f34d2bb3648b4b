"""Marks as slow what opens stores, runs the program or a browser, or computes for long; `make quick` leaves it out.

Also keeps tests off the network, says which of them one worker runs, and names parameters.
"""

from __future__ import annotations

import gc
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

os.environ["CRAMPLOG_WEATHER_URL"] = "off"  # no test goes out; those of the weather service have one of their own
os.environ.setdefault("TEST_DAY", f"{datetime.now(UTC):%Y-%m-%d}")  # for all workers: some cases are drawn daily
gc.set_threshold(50_000)  # as the program has it: most of what the tests load stays
# A job in the background of a shell ignores Ctrl-C, and so would every program that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored under nohup

SLOW_FOLDERS = {"faults", "functional", "sql"}
SLOW_FILES = {
    "test_breaks.py",
    "test_claims.py",
    "test_crossover.py",
    "test_evaluate.py",
    "test_forward.py",
    "test_hazard.py",
    "test_leaks.py",
    "test_page_units.py",
    "test_simulate.py",
}
# What these files' tests share takes long to make: one worker runs them all.
TOGETHER = {
    "test_analysis.py",
    "test_bombs.py",
    "test_deployed.py",
    "test_docs.py",
    "test_evaluate.py",
    "test_examples.py",
    "test_forward.py",
    "test_killed_ingest.py",
    "test_library.py",
    "test_nightly.py",
    "test_page_units.py",
    "test_pooled.py",
    "test_real_evening.py",
    "test_redo.py",
    "test_report_in_browser.py",
    "test_risk.py",
    "test_risk_verb.py",
    "test_tasks.py",
    "test_terminal.py",
    "test_train.py",
    "test_wheel.py",
}


class OneWorkerAStore(LoadScopeScheduling):
    """Gives the tests of a file in TOGETHER to one worker, any other test to whoever is free.

    xdist_group marks would say the same, but pytest-xdist 3.8 loses them with pytest 9.2 (its issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if Path(file).name in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneWorkerAStore:
    """With several workers this is how the tests are shared out, whatever --dist says."""
    return OneWorkerAStore(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the slow mark to every test of those folders and files."""
    for item in items:
        parts = Path(item.nodeid.partition("::")[0]).parts
        if SLOW_FOLDERS.intersection(parts[:2]) or parts[-1] in SLOW_FILES:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How to run this day's cases again, where one failed."""
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line(f"TEST_DAY={os.environ['TEST_DAY']} draws the same cases again")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: packed ones hold the time, and two workers would call a test by two names."""
    return argname if isinstance(val, bytes) else None
