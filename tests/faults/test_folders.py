"""Folders that cannot be used: read-only, not there, a file in their way. Exit 3 with the path, nothing made."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.evening import PROGRAM, TOLD, WORK, Evening, answers

Disk = Callable[[int], Path]


def said_with(environment: dict[str, str], *words: str, before: tuple[str, ...] = ()) -> tuple[int, str]:
    """Exit code and stderr of a verb with nothing else in its environment; `before` is what starts it."""
    words = (*before, str(PROGRAM), *words)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_in_a_read_only_folder_reading_goes_on_and_writing_is_refused(
    evening: Evening, small_disk: Disk, tmp_path: Path
) -> None:
    disk = small_disk(24)
    home = evening.copy(WORK["runs"], disk / "home")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    assert answers(home) == TOLD
    for verb in ("tag", "ingest", "undo", "publish", "sql", "nightly", "weather", "train", "runner add"):
        said = home(*evening.words(WORK[verb]))
        assert said.exit_code == 3, (verb, said.output)
        assert str(disk) in said.stderr
    begun = home("init")
    assert (begun.exit_code, "Nothing changed" in begun.stdout) == (0, True)
    code, err = said_with({"CRAMPLOG_HOME": str(disk / "other")}, "init", "--runner", "ben")
    assert code == 3
    assert f"cannot make the folder {disk / 'other'}" in err


def test_without_a_home_folder_the_setting_is_named() -> None:
    stranger = ("setpriv", "--reuid", "4242", "--clear-groups")  # a user who is in no list, as in a container
    if shutil.which("setpriv") is None or os.getuid() != 0:
        pytest.skip("only root can become a user that is not there")
    done = subprocess.run([*stranger, str(PROGRAM), "--version"], env={}, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"another user cannot start the program here: {done.stderr.strip()[-80:]}")
    for words in (("runs",), ("init", "--runner", "ben"), ("doctor",), ()):
        code, err = said_with({}, *words, before=stranger)
        assert code == 3
        assert "there is no home folder to store the runs in\n  set CRAMPLOG_HOME to a folder of yours" in err


def test_a_home_that_is_not_there_is_made_by_init_only(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path / "not" / "there")}
    assert said_with(environment, "runs")[0] == 3
    assert not (tmp_path / "not").exists()
    assert said_with(environment, "init", "--runner", "ben")[0] == 0
    assert said_with(environment, "runs")[0] == 0
    code, err = said_with({"HOME": "/proc/nobody"}, "init", "--runner", "ben")
    assert code == 3
    assert "cannot make the folder /proc/nobody/.local/share/cramplog" in err


@pytest.mark.parametrize("inside", ["", "a/b"])
def test_a_home_that_is_a_file_is_left_alone(inside: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("went out, came back")
    for words in (("runs",), ("init", "--runner", "ben"), ()):
        code, err = said_with({"CRAMPLOG_HOME": str(diary / inside)}, *words)
        assert code == 3
        assert str(diary) in err
    assert diary.read_text() == "went out, came back"
