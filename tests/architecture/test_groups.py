"""That one worker runs what `tests/conftest.py` gives to one: a worker more that makes the same store costs a minute."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SLOW_FILES, SLOW_FOLDERS, TOGETHER
from tests.support.folders import ROOT

TWELVE_TESTS = """
import os, time
import pytest
@pytest.mark.parametrize("number", range(12))
def test_who_am_i(number):
    time.sleep(0.02)  # or the first worker has done all before the second is there
    with open("who.txt", "a") as file:
        print(os.environ["PYTEST_XDIST_WORKER"], file=file)
"""


def workers_of(folder: Path, name: str) -> set[str]:
    """Those of two workers that ran the twelve tests of a file of this name."""
    folder.mkdir()
    (folder / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (folder / name).write_text(TWELVE_TESTS)
    program = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "--rootdir", str(folder), name]
    subprocess.run(program, cwd=folder, check=True, capture_output=True, timeout=60)
    return set((folder / "who.txt").read_text().split())


@pytest.mark.slow
@pytest.mark.release
def test_a_file_whose_store_is_made_once_has_one_worker_and_other_files_have_both(tmp_path: Path) -> None:
    assert len(workers_of(tmp_path / "once", "test_analysis.py")) == 1
    assert len(workers_of(tmp_path / "any", "test_anything.py")) == 2


def test_every_file_that_conftest_names_is_there_once() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert [name for name in sorted(SLOW_FILES | TOGETHER) if names.count(name) != 1] == []
    assert [name for name in sorted(SLOW_FOLDERS) if not (ROOT / "tests" / name).is_dir()] == []
