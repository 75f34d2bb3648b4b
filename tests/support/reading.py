"""A file of one run read, or refused. Called by the tests of the readers."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline.errors import FileRefused
from pipeline.formats.read import read_runs
from pipeline.schema import ParsedRun


def only_run(content: bytes, now: datetime) -> ParsedRun:
    """The one run that the file holds."""
    (run,) = read_runs(content, now)
    return run


def refusal_of(content: bytes, now: datetime) -> FileRefused:
    """Why the file is refused."""
    with pytest.raises(FileRefused) as refused:
        read_runs(content, now)
    return refused.value
