"""What progress says of many files: how many, how fast, how long still, in words a person reads at a glance."""

from __future__ import annotations

import pytest

from pipeline.cli.frame.output import bar, progress_line


@pytest.mark.parametrize(
    ("done", "total", "took_s", "line"),
    [
        (412, 1000, 2.0, "412 of 1,000 files, 206 files/s, 3 s left"),
        (1, 1000, 1.0, "1 of 1,000 files, 1.0 files/s, 17 min left"),
        (10, 5000, 20.0, "10 of 5,000 files, 0.5 files/s, 2 h 46 left"),
        (30_000, 30_000, 10.0, "30,000 of 30,000 files, 3,000 files/s, 0 s left"),
        (1, 60, 1.0, "1 of 60 files, 1.0 files/s, 59 s left"),
        (1, 61, 1.0, "1 of 61 files, 1.0 files/s, 1 min left"),
    ],
)
def test_a_line_of_progress(done: int, total: int, took_s: float, line: str) -> None:
    assert progress_line(done, total, "files", took_s) == line


def test_the_bar_fills_with_the_share_and_gives_way_on_a_narrow_terminal() -> None:
    assert bar(0, 40, 80) == "[....................] "
    assert bar(10, 40, 80) == "[#####...............] "
    assert bar(40, 40, 80) == "[####################] "
    assert bar(10, 40, 22) == ""
