"""However `cramplog nightly` ends, its Prefect server ends too; and what a killed one left in its folder goes."""

from __future__ import annotations

import os
import shutil
import signal
from importlib.metadata import version
from pathlib import Path

import pytest

from flows.server_database import server_database
from pipeline.files import make_private_folder, write_lock
from tests.support.cli import Home
from tests.support.processes import nothing_left_of, processes_of, server_is_up, wait_for
from tests.support.stores import make_store


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGKILL, pytest.param(signal.SIGHUP, marks=pytest.mark.release)]
)
def test_a_night_that_is_ended_leaves_no_process(tmp_path: Path, empty_database: Path, number: signal.Signals) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    home = Home(settings.home)
    shutil.copy(empty_database, make_private_folder(settings.prefect))
    child = home.child("nightly")
    assert wait_for(lambda: server_is_up(home.path), 120)
    assert any("flows.server_process" in line for line in processes_of(home.path))
    child.send_signal(number)  # to the one process, as a service manager or `timeout` does
    child.communicate(timeout=60)
    assert child.returncode == -number
    assert wait_for(lambda: nothing_left_of(home.path), 60), processes_of(home.path)


def test_what_killed_servers_left_goes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    left, in_use, empty = (
        tmp_path / "server-left",
        tmp_path / "server-used",
        tmp_path / f"empty-{version('prefect')}.db",
    )
    for folder in (left, in_use):
        folder.mkdir()
        (folder / "server.db").touch()
    for name in ("prefect.db", "serve.db", "serve.db-wal", "empty-3.0.0.db"):
        (tmp_path / name).touch()
    empty.write_text("the installed version's")
    with write_lock(in_use, 0.0):
        for folder in (left, in_use):
            os.utime(folder, (0, 0))
        with server_database(tmp_path) as database:
            assert database.path.read_text() == "the installed version's"
            assert {path.name for path in tmp_path.iterdir()} == {in_use.name, empty.name, database.path.parent.name}
    assert {path.name for path in tmp_path.iterdir()} == {in_use.name, empty.name}


def test_a_server_that_has_just_made_its_folder_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "server-new").mkdir()
    with server_database(tmp_path):
        assert (tmp_path / "server-new").is_dir()
