"""Marks as slow what opens stores, runs the program or a browser, or computes for long; `make quick` leaves it out.

Also says which tests one worker runs, and names parameters.
"""

from __future__ import annotations

from pathlib import Path

import pytest

SLOW_FOLDERS = {"faults", "functional", "sql"}
SLOW_FILES = {"test_hazard.py", "test_evaluate.py", "test_crossover.py", "test_simulate.py", "test_report_units.py"}
# What these files' tests share takes long to make: one worker runs them all.
TOGETHER = {
    "test_analysis.py",
    "test_nightly.py",
    "test_real_evening.py",
    "test_redo.py",
    "test_report_in_browser.py",
    "test_report_units.py",
    "test_terminal.py",
    "test_wheel.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the slow mark to every test of those folders and files, and one worker to what is made once."""
    for item in items:
        path = Path(item.path)
        if path.parent.name in SLOW_FOLDERS or path.name in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
        if path.name in TOGETHER:
            item.add_marker(pytest.mark.xdist_group(path.name))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: packed ones hold the time, and two workers would call a test by two names."""
    return argname if isinstance(val, bytes) else None
