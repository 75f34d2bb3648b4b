"""The nightly with Prefect and without: the same stages, the same store, the same reports; a broken stage costs no other."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from tests.support.cli import Home
from tests.support.folders import SAMPLE

pytestmark = pytest.mark.slow

RUNNERS = ("greta", "julia")  # several cramps; six runs only


def small_demo(path: Path, runners: Sequence[str] = RUNNERS) -> Home:
    """A store with a few of the sample runners, everything of theirs in the inbox."""
    home = Home(path)
    assert home("init").exit_code == 0
    (path / "config.toml").write_text('distance = "miles"\n')
    lines = (SAMPLE / "runners.csv").read_text().splitlines()
    profiles = {row["name"]: row for row in csv.DictReader(lines)}
    for name in runners:
        options = ["--home-tz", profiles[name]["home_tz"], "--usual-race", profiles[name]["usual_race"]]
        added = home("runner", "add", name, *options, "--cramps-last-10", profiles[name]["cramps_last_10_races"])
        assert added.exit_code == 0, added.stderr
        shutil.copytree(SAMPLE / "runs" / name, path / "inbox" / name)
    shutil.copytree(SAMPLE / "weather", path / "inbox", dirs_exist_ok=True)
    for file in ("cramps.csv", "answers.csv", "runs.csv"):
        lines = (SAMPLE / file).read_text().splitlines(keepends=True)
        (path / "inbox" / file).write_text(
            "".join(lines[:1] + [line for line in lines if line.split(",")[0] in runners])
        )
    return home


def facts_of(home: Path) -> list[tuple[object, ...]]:
    """What the night left in the store, without the instants at which it worked."""
    con = duckdb.connect(str(home / "cramplog.duckdb"), read_only=True)
    try:
        fits = con.execute("SELECT runner_id, data_hash, rows, cramps, model::VARCHAR FROM fit ORDER BY 1").fetchall()
        runs = con.execute("SELECT run_id, answer, race, planned_s, cell FROM run ORDER BY 1").fetchall()
        hours = con.execute("SELECT count(*), sum(wbgt_c ORDER BY cell, hour_at) FROM weather_hour").fetchall()
        stages = con.execute("SELECT stage, outcome, detail FROM night ORDER BY started_at").fetchall()
    finally:
        con.close()
    return [*fits, *runs, *hours, *stages]


def pages_of(home: Path) -> dict[str, str]:
    """Each report without the moment at which it was made."""
    made = re.compile(r"made on this computer, [^·<]*")
    return {path.name: made.sub("", path.read_text()) for path in sorted((home / "reports").glob("*.html"))}


@pytest.fixture(scope="module")
def evening_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Before any night: to be copied."""
    return small_demo(tmp_path_factory.mktemp("evening") / "home")


@pytest.fixture(scope="module")
def plain_home(evening_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(shutil.copytree(evening_home.path, tmp_path_factory.mktemp("plain") / "home"))
    night = home("nightly", "--plain")
    assert night.exit_code == 0, night.output
    return home.path


def test_prefect_and_plain_leave_the_same_store_and_the_same_reports(
    evening_home: Home, plain_home: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(evening_home.path, tmp_path / "home")
    (tmp_path / ".env").write_text(
        "PREFECT_API_URL=http://127.0.0.1:9/api\n"
    )  # what lies in a folder must not reach us
    program = [str(Path(sys.executable).with_name("cramplog")), "nightly", "--json"]
    environ = {**os.environ, "CRAMPLOG_HOME": "home"}
    night = subprocess.run(program, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=400)
    assert night.returncode == 0, night.stdout + night.stderr
    assert len(night.stderr.splitlines()) == 1 + 6, night.stderr  # one about Prefect's start, one a stage
    assert "Starting Prefect's server" in night.stderr
    document = json.loads(night.stdout)
    assert (document["schema"], len(document["reports"])) == ("cramplog.nightly/1", 2)
    assert [stage["outcome"] for stage in document["stages"]] == ["done"] * 6
    assert [path.name.split("-")[0] for path in (home / "prefect").iterdir()] == ["empty"]  # its records are gone
    assert not (plain_home / "prefect").exists()
    assert facts_of(home) == facts_of(plain_home)
    assert set(pages_of(home)) == {f"{name}.html" for name in RUNNERS}
    assert "miles" in pages_of(home)["greta.html"]
    assert pages_of(home) == pages_of(plain_home)


def test_everything_is_taken_and_nothing_deleted(plain_home: Path) -> None:
    inbox = plain_home / "inbox"
    left = [path for path in inbox.rglob("*") if path.is_file() and path.relative_to(inbox).parts[0] != "taken"]
    assert left == []
    taken = {path.name for path in (inbox / "taken").rglob("*") if path.is_file()}
    assert {path.name for name in RUNNERS for path in (SAMPLE / "runs" / name).iterdir()} <= taken


def test_second_night_finds_nothing_to_do(plain_home: Path) -> None:
    before = pages_of(plain_home)
    again = Home(plain_home)("nightly", "--plain")
    assert again.exit_code == 0
    for words in ("nothing new", "2 unchanged", "0 written, 2 unchanged"):
        assert words in again.stdout
    assert pages_of(plain_home) == before


def test_a_broken_stage_is_named_and_the_others_are_done(plain_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(plain_home, home)
    shutil.rmtree(home / "reports")
    (home / "reports").write_text("a file where the folder of the reports should be")
    night = Home(home)("nightly", "--plain")
    assert (night.exit_code, type(night.exception)) == (1, SystemExit)
    assert re.search(r"reports +failed", night.stdout)
    assert re.search(r"publish +done", night.stdout)


def test_six_runs_are_not_enough_for_a_number(plain_home: Path) -> None:
    page = (plain_home / "reports" / "julia.html").read_text()
    assert "not enough" in page.lower()
    assert "Simulated" in page
