"""Finds the files that are installed with the program: the SQL and the simulated sample cohort.

In a checkout they are in the folders `sql` and `sample_data` next to `pipeline`. In the wheel they are inside `pipeline` (set
in pyproject.toml), because a folder `sql` in site-packages would collide with the one that jupysql installs.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def shipped_folder(name: str, package: Path = PACKAGE) -> Path:
    """Returns the folder `sql` or `sample_data` of this installation; in a damaged installation it may be missing."""
    in_the_wheel = package / "_shipped" / name
    return in_the_wheel if in_the_wheel.is_dir() else package.parent / name
