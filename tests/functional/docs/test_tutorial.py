"""docs/tutorial.md, done as it is written: every sh block in order, each answer held against the text block under it.

A block is run as a shell would, in a home folder of its own, with the recordings and the weather file that the tutorial
speaks of.
`...` in a text block stands for anything; "sh exit=2" is a block that has to fail like that.
"""

from __future__ import annotations

import doctest
import math
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.cli import MORNING, recording, session
from tests.support.folders import ROOT
from tests.support.typed import typed

TUTORIAL = ROOT / "docs" / "tutorial.md"
FIRST_SUNDAY = MORNING - timedelta(days=28)
SUNDAYS_MIN = (90, 105, 120, 130, 150)  # the long runs; an easy one each Tuesday and Thursday between
EASY_MIN = 45
SERVICE_CSV = """latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation
48.2,16.4,171.0,0,GMT,GMT

time,temperature_2m (°C),relative_humidity_2m (%),dew_point_2m (°C),precipitation (mm),wind_speed_10m (m/s),\
shortwave_radiation (W/m²),direct_radiation (W/m²),surface_pressure (hPa)
"""


@dataclass(frozen=True, slots=True)
class Block:
    """A sh block of the tutorial with the line it stands on, its exit code, and the answer printed under it."""

    line: int
    command: str
    exit_code: int
    answer: str | None


def blocks(text: str) -> list[Block]:
    """The sh blocks in order, each with the text block that follows it before the next one."""
    fenced = re.compile(r"^```sh(?: exit=(\d+))?\n(.*?)^```\n(?:\s*^```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
    return [
        Block(text.count("\n", 0, found.start()) + 2, found[2], int(found[1] or 0), found[3])
        for found in fenced.finditer(text)
    ]


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """A person's home folder with what the tutorial finds in Downloads."""
    downloads = tmp_path / "Downloads"
    (downloads / "runs").mkdir(parents=True)
    for week, minutes in enumerate(SUNDAYS_MIN):
        sunday = FIRST_SUNDAY + timedelta(weeks=week)
        _record(downloads / "runs", sunday, minutes)
        for days in (2, 4) if sunday < MORNING else ():
            _record(downloads / "runs", sunday + timedelta(days=days), EASY_MIN)
    _record(downloads, MORNING + timedelta(days=2), EASY_MIN)
    _export(downloads, FIRST_SUNDAY + timedelta(weeks=3), MORNING)
    late = session(MORNING + timedelta(days=2, minutes=10), EASY_MIN + 5)  # the phone, switched on and off late
    (downloads / "phone.fit").write_bytes(recording(late))
    (downloads / "open-meteo-48.2N16.4E.csv").write_text(_weather(FIRST_SUNDAY, days=40), encoding="utf-8")
    return tmp_path


def _record(folder: Path, start_at: datetime, minutes: int) -> None:
    (folder / f"{start_at:%Y-%m-%d}.fit").write_bytes(recording(session(start_at, minutes)))


def _export(downloads: Path, *days: datetime) -> None:
    """A bulk export with the recordings of these days again, and what Sam wrote of them."""
    words = ("Sunday,easy", "Sunday long,Calf cramp on the way home")
    with ZipFile(downloads / "export_12345.zip", "w") as export:
        rows = [f"{number},{said},Run,activities/{number}.fit" for number, said in enumerate(words, start=1)]
        table = "\n".join(["Activity ID,Activity Name,Activity Description,Activity Type,Filename", *rows])
        export.writestr("activities.csv", table)
        for number, day in enumerate(days, start=1):
            export.write(downloads / "runs" / f"{day:%Y-%m-%d}.fit", f"activities/{number}.fit")
        export.writestr("media/1.jpg", b"\xff\xd8\xff a photo")


def _weather(first: datetime, days: int) -> str:
    """Hours of a mild, half sunny early summer, as the service writes them."""
    hours = [datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(hours=h) for h in range(24 * days)]
    return SERVICE_CSV + "".join(_hour(at) for at in hours)


def _hour(at: datetime) -> str:
    day = max(math.sin(math.pi * (at.hour - 3) / 16), 0.0)
    warm = 12.0 + 0.1 * at.day + 9.0 * day
    return f"{at:%Y-%m-%dT%H:%M},{warm:.1f},{80 - 30 * day:.0f},{warm - 7:.1f},0.0,2.0,{600 * day:.0f},{350 * day:.0f},995.0\n"


@pytest.fixture
def at_home(person: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person sits there: nothing of the folder and the settings that the tests are run with."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "CRAMPLOG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(person))
    monkeypatch.chdir(person)
    return person


def test_the_tutorial_does_what_it_says(at_home: Path) -> None:
    steps = blocks(TUTORIAL.read_text(encoding="utf-8"))
    assert len(steps) > 10
    alike = doctest.OutputChecker()
    for step in steps:
        code, said = typed(step.command)
        assert code == step.exit_code, f"tutorial line {step.line}: exit {code}\n{said}"
        if step.answer is not None:
            same = alike.check_output(step.answer, said, doctest.ELLIPSIS)
            assert same, f"tutorial line {step.line} says\n{step.answer}\nand the program\n{said}"
    (page,) = at_home.rglob("sam.html")
    read = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    assert "fewer than 1 of 100 runs like it would bring you a cramp" in read
    assert "13 answered runs with 1 cramp, and for the rest on published studies" in read


def test_every_fence_of_the_tutorial_is_a_block_that_is_run_or_compared() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    openings = re.findall(r"^```(\S.*)$", text, re.MULTILINE)
    found = blocks(text)
    assert len(openings) == len(found) + sum(block.answer is not None for block in found)
