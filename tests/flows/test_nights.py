"""The nightly against itself and against kills, and what is said of the nights afterwards. Without Prefect."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.nightly.nightly import begin_night
from pipeline.actions.nightly.nights import catching_up, last_nights, trouble, zone_of_nights
from pipeline.actions.runs.runner import add_runner
from pipeline.settings import Settings
from pipeline.store.answers.runners import Runner
from pipeline.store.db.connection import open_store
from pipeline.store.db.transaction import transaction
from pipeline.store.health.nights import put_night_stage
from tests.support.cli import Home, recordings
from tests.support.stores import NOW, make_store

pytestmark = pytest.mark.slow

STAGES = ("inbox", "weather", "answers", "fit", "reports", "publish")


def night(settings: Settings, hours_ago: float, stages: int = 6, failed: str | None = None) -> None:
    """A night in the store that began so long before NOW, a second a stage."""
    night_id = begin_night(settings)
    began_at = (NOW - timedelta(hours=hours_ago)).replace(tzinfo=None)
    with open_store(settings, write=True) as con, transaction(con):
        for number, stage in enumerate(STAGES[:stages]):
            outcome, detail = ("failed", "the disk is full") if stage == failed else ("done", "nothing new")
            at = began_at + timedelta(seconds=number)
            put_night_stage(con, night_id, stage, at, at + timedelta(seconds=1), outcome, detail)


def waiting_home(path: Path, files: int = 8) -> Home:
    """A store with one runner, whose runs lie in the inbox."""
    make_store(path, "anna")
    recordings(path / "inbox", files)
    return Home(path)


def left_in_inbox(home: Home) -> set[str]:
    """The top names in the inbox of what was not taken."""
    return {path.name for path in (home.path / "inbox").iterdir()} - {"taken"}


def test_two_nights_at_once_do_the_work_once(tmp_path: Path) -> None:
    home = waiting_home(tmp_path / "home")
    both = [home.child("nightly", "--plain") for _ in range(2)]
    said = [child.communicate(timeout=120) for child in both]
    assert [child.returncode for child in both] == [0, 0], said
    assert sorted(out.splitlines()[0].split("s  ")[1] for out, _ in said) == ["8 new", "nothing new"]
    assert sum("another night is running here" in err for _, err in said) == 1
    assert len(home.document("runs")["runs"]) == 8
    assert left_in_inbox(home) == set()
    assert [one["outcome"] for one in home.document("nightly", "--status")["nights"]] == ["done", "done"]


def originals_appear(home: Home, child: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not any((home.path / "originals").glob("*")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)


def stage_ended(stage: str) -> Callable[[Home, subprocess.Popen[str]], None]:
    def wait(_home: Home, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith(stage):
                return

    return wait


@pytest.mark.parametrize(
    ("moment", "ended"),
    [
        (originals_appear, []),
        (stage_ended("inbox"), ["inbox"]),
        (stage_ended("fit"), ["inbox", "weather", "answers", "fit"]),
    ],
    ids=["in the inbox", "in the weather", "in the reports"],
)
def test_a_killed_night_leaves_nothing_half_done_and_the_next_completes(
    tmp_path: Path, moment: Callable[[Home, subprocess.Popen[str]], None], ended: list[str]
) -> None:
    home = waiting_home(tmp_path / "home")
    child = home.child("nightly", "--plain", PYTHONUNBUFFERED="1")
    moment(home, child)
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL
    before = home.document("nightly", "--status")["nights"]
    assert [stage["stage"] for one in before for stage in one["stages"]][: len(ended)] == ended
    assert "done" not in [one["outcome"] for one in before]
    again = home("nightly", "--plain")
    assert again.exit_code == 0, again.output
    assert len(home.document("runs")["runs"]) == 8
    assert left_in_inbox(home) == set()
    assert (home.path / "reports" / "anna.html").exists()
    assert home.document("nightly", "--status")["trouble"] is None
    assert home("sql", "SELECT count(*) AS runs FROM v_run", "--csv").stdout.split() == ["runs", "8"]


def test_a_good_night_is_no_trouble_until_it_is_too_old(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    assert trouble(last_nights(settings, 7), NOW) == "there was no night yet"
    night(settings, hours_ago=30)
    nights = last_nights(settings, 7)
    assert [(one.outcome, one.summary) for one in nights] == [("done", "all 6 stages in 6 s")]
    assert trouble(nights, NOW) is None
    assert trouble(nights, NOW + timedelta(hours=7)) == "the last night was 37 hours ago"


def test_a_failed_night_says_what_failed_and_one_cut_short_where_it_stopped(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    night(settings, hours_ago=26, stages=2)
    night(settings, hours_ago=2, failed="weather")
    nights = last_nights(settings, 7)
    assert [(one.outcome, one.summary) for one in nights] == [
        ("failed", "weather: the disk is full"),
        ("stopped", "after weather"),
    ]
    assert trouble(nights, NOW) == "the last night failed"
    assert trouble(nights[1:], NOW) == "the last night was stopped"


def test_a_night_is_caught_up_when_the_last_whole_one_is_older_than_a_day(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    assert catching_up(settings, NOW) == "there was no complete night yet"
    night(settings, hours_ago=23)
    assert catching_up(settings, NOW) is None
    night(settings, hours_ago=1, stages=3)
    assert catching_up(settings, NOW + timedelta(hours=2)) == "the last complete night was 25 hours ago"


def test_nights_run_in_the_zone_of_the_runners_when_they_live_in_one(tmp_path: Path) -> None:
    settings, _ = make_store(tmp_path / "home", "anna")
    assert zone_of_nights(settings) == ("UTC", "no home zone is set")
    for name, zone in (("ben", "Asia/Kolkata"), ("carla", "Asia/Kolkata")):
        add_runner(settings, Runner("", name, home_tz=zone), NOW)
    assert zone_of_nights(settings) == ("Asia/Kolkata", "the runners' home zone")
    add_runner(settings, Runner("", "dora", home_tz="Europe/Vienna"), NOW)
    assert zone_of_nights(settings) == ("UTC", "no home zone is set")


def test_the_last_nights_are_shown_on_the_runners_clock(tmp_path: Path) -> None:
    home = waiting_home(tmp_path / "home", files=1)
    add_runner(Settings(home.path), Runner("", "ben", home_tz="Asia/Kolkata"), NOW)
    said = home("nightly", "--status")
    assert (said.exit_code, said.stdout.splitlines()) == (1, ["There was no night yet", "Next: cramplog nightly"])
    with open_store(Settings(home.path), write=True) as con, transaction(con):
        for number, stage in enumerate(STAGES):
            at = datetime(2020, 1, 1, 22, 0, number)
            put_night_stage(con, "n1", stage, at, at + timedelta(seconds=1), "done", "nothing new")
    lines = home("nightly", "--status").stdout.splitlines()
    assert lines[1:3] == ["2020-01-02 03:30  done   all 6 stages in 6 s", "times are in Asia/Kolkata"]
    days = (datetime.now(UTC) - datetime(2020, 1, 1, 22, 0, tzinfo=UTC)).days
    assert lines[3] in {f"The last night was {number} days ago" for number in (days, days + 1)}


@pytest.mark.parametrize(
    "words",
    [
        ("--serve", "--plain"),
        ("--status", "--serve"),
        ("--at", "03:30"),
        ("--serve", "--at", "25:00"),
        ("--serve", "--json"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert Home(tmp_path / "home")("nightly", *words).exit_code == 2
