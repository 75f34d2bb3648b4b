"""Cases that `make test` draws anew each day; the others of the same test run in `make release`.

The day is the environment's TEST_DAY (YYYY-MM-DD), which `tests/conftest.py` sets to today for all workers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

Case = TypeVar("Case")


def seed_of_the_day() -> int:
    """The same number for all tests of a day."""
    return date.fromisoformat(os.environ["TEST_DAY"]).toordinal()


def drawn_daily(cases: Sequence[Case], always: Sequence[Case], count: int) -> list[ParameterSet]:
    """The cases as parameters: those of `always` and `count` others of the day stay in `make test`."""
    assert all(case in cases for case in always)
    others = [case for case in cases if case not in always]
    today = [*always, *Random(seed_of_the_day()).sample(others, count)]
    return [pytest.param(case, marks=() if case in today else pytest.mark.release) for case in cases]
