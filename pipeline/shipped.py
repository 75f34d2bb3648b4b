"""Where the files that come with the program lie: the SQL and the simulated sample cohort.

In a checkout they are the folders `sql` and `sample_data` beside `pipeline`. The wheel has them inside `pipeline` (set in
pyproject.toml), so that site-packages gets no folder `sql`: jupysql installs one of that name.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def shipped_folder(name: str, package: Path = PACKAGE) -> Path:
    """The folder `sql` or `sample_data`, wherever this installation has it; it may be missing from a damaged one."""
    in_the_wheel = package / "_shipped" / name
    return in_the_wheel if in_the_wheel.is_dir() else package.parent / name
