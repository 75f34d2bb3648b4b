"""What a command loads: help nothing heavy, ingest neither Prefect nor scikit-learn. Each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli.verbs import VERBS
from tests.support.cli import recording
from tests.support.stores import make_store

HEAVY = ("duckdb", "numpy", "polars", "pyarrow", "scipy", "sklearn", "matplotlib", "thermofeel", "prefect", "fitparse")
RUN_AND_LOOK = """
import sys
from pipeline.cli.main import cli
try:
    cli.main(sys.argv[1:], prog_name="cramplog")
except SystemExit as ended:
    assert not ended.code, ended.code
print("loaded:", *(name for name in {heavy!r} if name in sys.modules))
"""


def loaded(home: Path, *words: str) -> list[str]:
    """The heavy modules a successful command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", RUN_AND_LOOK.format(heavy=HEAVY), *words],
        env={**os.environ, "CRAMPLOG_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    last = done.stdout.splitlines()[-1]
    assert last.startswith("loaded:")
    return last.split()[1:]


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded(tmp_path, "--help") == []
    assert loaded(tmp_path, "--version") == []


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_loads_nothing_heavy(tmp_path: Path, verb: str) -> None:
    assert loaded(tmp_path, *verb.split(), "--help") == []


@pytest.mark.slow
def test_ingest_loads_what_reads_and_stores_and_no_more(tmp_path: Path) -> None:
    make_store(tmp_path / "home", "anna")
    (tmp_path / "one.fit").write_bytes(recording())
    found = loaded(tmp_path / "home", "ingest", str(tmp_path / "one.fit"))
    assert not {"polars", "pyarrow", "scipy", "sklearn", "matplotlib", "prefect"} & set(found)
    assert {"duckdb", "numpy"} <= set(found)


@pytest.mark.slow
def test_how_things_stand_is_told_with_the_store_alone(tmp_path: Path) -> None:
    assert loaded(tmp_path / "none") == []
    make_store(tmp_path / "home", "anna")
    assert loaded(tmp_path / "home") == ["duckdb", "numpy"]
    assert loaded(tmp_path / "home", "doctor") == ["duckdb", "numpy"]


@pytest.mark.slow
def test_a_list_of_runs_and_a_tag_load_no_model(tmp_path: Path) -> None:
    make_store(tmp_path / "home", "anna")
    assert set(loaded(tmp_path / "home", "runs")) <= {"duckdb", "numpy"}
    assert set(loaded(tmp_path / "home", "tag", "--none", "--from", "2026-01-01")) <= {"duckdb", "numpy"}
