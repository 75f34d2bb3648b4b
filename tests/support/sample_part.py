"""A part of the sample cohort in the form of the whole: some runners' recordings, profiles and answers, all the weather."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.support.folders import SAMPLE

TABLES = ("answers.csv", "cramps.csv", "runs.csv", "runners.csv")


def part_of_sample(folder: Path, runners: Sequence[str]) -> Path:
    """Copies these runners of sample_data/ into a new folder and returns it."""
    for name in runners:
        shutil.copytree(SAMPLE / "runs" / name, folder / "runs" / name)
    shutil.copytree(SAMPLE / "weather", folder / "weather")
    for table in TABLES:
        head, *rows = (SAMPLE / table).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / table).write_text("".join([head, *(row for row in rows if row.split(",")[0] in runners)]), "utf-8")
    return folder
