"""Homes for the tests of the command line: none yet, an empty store, one with a run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.cli import Home, recording, session
from tests.support.stores import make_store


@pytest.fixture
def empty(tmp_path: Path) -> Home:
    """A home without a store."""
    return Home(tmp_path / "home")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A store with the runner anna and no run."""
    make_store(tmp_path / "home", "anna")
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A store with one run of an hour that paused from 30:00 to 35:00 elapsed: to be read only."""
    folder = tmp_path_factory.mktemp("once")
    make_store(folder / "home", "anna")
    (folder / "one.fit").write_bytes(recording(session(pause=(1800, 2100))))
    assert Home(folder / "home")("ingest", str(folder / "one.fit")).exit_code == 0
    return Home(folder / "home")


@pytest.fixture
def ran(once: Home, tmp_path: Path) -> Home:
    """The same to be changed."""
    shutil.copytree(once.path, tmp_path / "home", ignore=shutil.ignore_patterns("analyst"))
    return Home(tmp_path / "home")
