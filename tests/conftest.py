"""Marks as slow what opens stores, runs the program or a browser, or simulates much. `make quick` leaves it out."""

from __future__ import annotations

from pathlib import Path

import pytest

SLOW_FOLDERS = {"functional", "sql"}
SLOW_FILES = {"test_hazard.py", "test_evaluate.py", "test_crossover.py", "test_simulate.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the slow mark to every test of those folders and files."""
    for item in items:
        path = Path(item.path)
        if path.parent.name in SLOW_FOLDERS or path.name in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
