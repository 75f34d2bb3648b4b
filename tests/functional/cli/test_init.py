"""`cramplog init` and `runner add`: what is asked, what is made, what is left alone."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Home


def test_init_without_a_terminal_asks_nothing_and_takes_its_options(empty: Home) -> None:
    said = empty("init", "--runner", "anna", "--home-tz", "europe/vienna", "--cramps-last-10", "2")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.endswith("Next: cramplog ingest FOLDER\n")
    row = empty.document("sql", "SELECT cramps_last_10_races, usual_race FROM v_runner")["rows"]
    assert row == [["1-2", None]]


def test_init_leaves_a_store_as_it_is(home: Home) -> None:
    before = (home.path / "cramplog.duckdb").read_bytes()
    for words in (["init"], ["init", "--runner", "ben"], ["init", "--demo"]):
        said = home(*words)
        assert said.exit_code == 0
        assert "Nothing changed" in said.stdout
    assert (home.path / "cramplog.duckdb").read_bytes() == before
    assert not (home.path / "inbox").exists()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--home-tz", "europe/viena"], "Europe/Vienna"),
        (["--cramps-last-10", "many"], "0, 1-2, 3+"),
        (["--usual-race", "sprint"], "5k, 10k, half, marathon, ultra"),
    ],
)
def test_init_with_a_wrong_answer_makes_nothing(empty: Home, words: list[str], hint: str) -> None:
    said = empty("init", "--runner", "anna", *words)
    assert said.exit_code == 2
    assert hint in said.stderr
    assert not empty.path.exists()


@pytest.mark.slow
def test_init_on_a_terminal_asks_and_enter_skips(empty: Home) -> None:
    person, terminal = pty.openpty()
    child = subprocess.Popen(
        [str(Path(sys.executable).with_name("cramplog")), "init"],
        env={**os.environ, "CRAMPLOG_HOME": str(empty.path), "TZ": "Europe/Vienna"},
        stdin=terminal, stdout=subprocess.PIPE, stderr=terminal, text=True,
    )  # fmt: skip
    os.write(person, b"anna\n\nlots\n3+\n\n")  # the zone offered, "lots" asked again, no usual race
    out, _ = child.communicate(timeout=30)
    asked = os.read(person, 10_000).decode()
    os.close(person)
    os.close(terminal)
    assert child.returncode == 0
    assert "Home time zone [Europe/Vienna]" in asked
    assert "'lots' is not a count of races out of 10" in asked
    assert "  anna\n" in out
    row = empty.document("sql", "SELECT cramps_last_10_races, usual_race FROM v_runner")["rows"]
    assert row == [["3+", None]]


def test_init_demo_leaves_the_simulated_cohort_to_the_nightly(empty: Home) -> None:
    (empty.path / "inbox" / "anna").mkdir(parents=True)  # a first try was stopped here
    said = empty("init", "--demo")
    assert said.exit_code == 0
    assert "  lena\n" in said.stdout
    assert said.stdout.endswith("Next: cramplog nightly\n")
    assert {"anna", "lena", "cramps.csv", "runs.csv"} <= {path.name for path in (empty.path / "inbox").iterdir()}
    assert "Nothing changed" in empty("init", "--demo").stdout
    hint = empty("runs").stdout.splitlines()[-1]
    assert hint.startswith("Next: cramplog nightly (")
    assert hint.endswith(" files in the inbox)")


@pytest.mark.parametrize("name", ["anna", "taken", "../x", "a/b", " ", ".hidden", "x" * 61])
def test_a_name_that_is_taken_or_no_folders_name_is_refused(home: Home, name: str) -> None:
    said = home("runner", "add", name)
    assert said.exit_code == 2
    assert home("runs", "--runner", name).exit_code == (0 if name == "anna" else 4)


def test_runner_add_says_what_comes_next(home: Home) -> None:
    said = home("runner", "add", "Eva K.", "--birth-year", "1984", "--sex", "female", "--usual-race", "half")
    assert said.exit_code == 0
    assert said.stdout.endswith("Next: cramplog ingest FOLDER --runner 'Eva K.'\n")
    row = home.document("sql", "SELECT birth_year, sex, usual_race FROM v_runner WHERE birth_year > 0")["rows"]
    assert row == [[1984, "female", "half"]]
    assert home("runner", "add", "Old", "--birth-year", "1015").exit_code == 2
