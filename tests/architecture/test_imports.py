"""What a command loads: help nothing heavy, ingest neither Prefect nor scikit-learn. Never in this process, which has them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import cramplog
from pipeline.cli.frame.verbs import VERBS
from tests.support.cli import MORNING, recording, session
from tests.support.stores import make_store

HEAVY = (
    "duckdb", "numpy", "polars", "pyarrow", "scipy", "sklearn", "matplotlib", "thermofeel", "prefect", "fitparse", "tzfpy",
)  # fmt: skip
RUN_AND_LOOK = """
import sys
from pipeline.cli.frame.main import cli
try:
    cli.main(sys.argv[1:], prog_name="cramplog")
except SystemExit as ended:
    assert not ended.code, ended.code
print("loaded:", *(name for name in {heavy!r} if name in sys.modules))
"""
HELP_OF_EACH = """
import contextlib, io, sys
from pipeline.cli.frame.main import cli
for verb in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            cli.main([*verb.split(), "--help"], prog_name="cramplog")
        except SystemExit as ended:
            assert ended.code == 0 and "Examples:" in said.getvalue()
    print(verb, *(name for name in {heavy!r} if name in sys.modules))
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


def test_the_library_loads_nothing_heavy_until_something_is_asked_of_it() -> None:
    program = (
        f"import sys, cramplog; cramplog.FileRefused; print([n for n in {HEAVY!r} if n in sys.modules], dir(cramplog))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("[] [")
    assert all(repr(name) in done.stdout for name in cramplog.__all__)


def test_the_librarys_names_are_all_there() -> None:
    missing = [name for name in cramplog.__all__ if not hasattr(cramplog, name)]
    assert missing == []
    with pytest.raises(AttributeError, match="module 'cramplog' has no attribute 'opened'"):
        cramplog.opened  # type: ignore[attr-defined]  # noqa: B018


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    assert loaded(tmp_path, "--help") == []
    assert loaded(tmp_path, "--version") == []


def test_help_of_a_verb_loads_nothing_heavy(tmp_path: Path) -> None:
    program = [sys.executable, "-c", HELP_OF_EACH.format(heavy=HEAVY), *VERBS]
    environ = {**os.environ, "CRAMPLOG_HOME": str(tmp_path)}
    done = subprocess.run(program, env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == list(VERBS)  # the first that loads something would have it behind its name


@pytest.mark.slow
def test_ingest_loads_what_reads_and_stores_and_no_more(tmp_path: Path) -> None:
    make_store(tmp_path / "home", "anna")
    (tmp_path / "one.fit").write_bytes(recording())
    found = loaded(tmp_path / "home", "ingest", str(tmp_path / "one.fit"))
    assert not {"polars", "pyarrow", "scipy", "sklearn", "matplotlib", "prefect"} & set(found)
    assert {"duckdb", "numpy"} <= set(found)


@pytest.mark.slow
def test_a_second_run_from_the_same_door_needs_no_borders_of_time_zones(tmp_path: Path) -> None:
    make_store(tmp_path / "home", "anna")
    (tmp_path / "one.fit").write_bytes(recording())
    (tmp_path / "two.fit").write_bytes(recording(session(MORNING + timedelta(days=1))))
    assert "tzfpy" in loaded(tmp_path / "home", "ingest", str(tmp_path / "one.fit"))
    assert "tzfpy" not in loaded(tmp_path / "home", "ingest", str(tmp_path / "two.fit"))


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
