"""A store in the middle of an evening, with work for every verb, and what each verb would do next. For the fault tests.

`WORK` has a line for every verb of the program: what is typed, with {new}, {diary} and {weather} for the files.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.support.cli import CALF, MORNING, Home, recording, session
from tests.support.folders import SAMPLE
from tests.support.stores import make_store

PROGRAM = Path(sys.executable).with_name("cramplog")
WEATHER = SAMPLE / "weather" / "simulated-48.2N-16.4E.csv"
NEW_FILES = 56  # enough for several processes
IN_AN_EXPORT = 16  # of these
TOLD = [
    ("2026-06-14", "cramp"),
    ("2026-06-15", "no cramp"),
    ("2026-06-16", "no cramp"),
    ("2026-06-17", "no cramp"),
    ("2026-06-18", "unanswered"),
    ("2026-06-19", "unanswered"),
]


@dataclass(frozen=True, slots=True)
class Work:
    """What is typed, what is done to the store before, whether a store is there at all.

    `code` is how it ends when nothing keeps it from it, `again` how when it was done already.
    `takes_away` are the days of runs that are not listed afterwards.
    """

    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    inbox: bool = False
    without_store: bool = False
    code: int = 0
    again: int = 0
    takes_away: frozenset[str] = frozenset()


TAG_AGAIN = ("tag", "2026-06-18", "--at", "0:10:00", *CALF)
WORK = {
    "init": Work(("init", "--runner", "ben"), without_store=True),
    "runner add": Work(("runner", "add", "ben"), again=2),
    "runner list": Work(("runner", "list")),
    "runner edit": Work(("runner", "edit", "anna", "--birth-year", "1984")),
    "runner flags": Work(("runner", "flags", "anna")),
    "runner private": Work(("runner", "private", "anna", "--add", "condition: asthma")),
    "ingest": Work(("ingest", "{new}")),
    "runs": Work(("runs",)),
    "runs edit": Work(("runs", "edit", "2026-06-18", "--race")),
    "runs rm": Work(("runs", "rm", "2026-06-19", "--yes"), again=4, takes_away=frozenset({"2026-06-19"})),
    "runs merge": Work(("runs", "merge", "2026-06-18", "2026-06-19"), code=2),
    "runs split": Work(("runs", "split", "2026-06-18"), code=2),
    "weather": Work(("weather", "--file", "{weather}")),
    "tag": Work(TAG_AGAIN),
    "tag list": Work(("tag", "list")),
    "tag edit": Work(("tag", "edit", "c1", "--severity", "severe")),
    "tag rm": Work(("tag", "rm", "c1"), before=(TAG_AGAIN,), again=4),
    "tag import": Work(("tag", "import", "{diary}")),
    "ask": Work(("ask",)),
    "undo": Work(("undo",), before=(("tag", "2026-06-18", "--none"),)),
    "train": Work(("train",)),
    "risk": Work(("risk", "--time", "1:00"), before=(("train",),)),
    "report": Work(("report",), before=(("train",),)),
    "nightly": Work(("nightly", "--plain"), inbox=True),
    "publish": Work(("publish",)),
    "sql": Work(("sql", "SELECT answer, count(*) AS runs FROM v_run GROUP BY answer")),
    "doctor": Work(("doctor",)),
    "completion": Work(("completion", "bash")),
}


@dataclass(frozen=True, slots=True)
class Evening:
    """A folder with the store of anna in home/ and the files that are to come beside it."""

    folder: Path

    def copy(self, work: Work, to: Path) -> Home:
        """A home of its own, ready for that work."""
        if work.without_store:
            return Home(to)
        shutil.copytree(self.folder / "home", to)
        home = Home(to)
        for words in work.before:
            assert home(*words).exit_code == 0
        if work.inbox:
            shutil.copytree(self.folder / "few", to / "inbox")
        return home

    def words(self, work: Work) -> list[str]:
        """The work as it is typed."""
        files = {"new": self.folder / "new", "diary": self.folder / "diary.csv", "weather": WEATHER}
        return [word.format_map(files) for word in work.words]


def make_evening(folder: Path) -> Evening:
    """Six runs of anna: one with a cramp, three without, two unanswered; more files waiting."""
    make_store(folder / "home", "anna")
    home = Home(folder / "home")
    _recordings(folder / "old", 0, 6, minutes=30)
    _recordings(folder / "new", 10, NEW_FILES - IN_AN_EXPORT, minutes=10)
    _export(folder / "new" / "export_1.zip", 10 + NEW_FILES - IN_AN_EXPORT, IN_AN_EXPORT)
    _recordings(folder / "few", 100, 3, minutes=10)
    (folder / "diary.csv").write_text("run,at,muscle,side,severity\n2026-06-19,0:10:00,calf,left,mild\n")
    assert home("ingest", str(folder / "old")).exit_code == 0
    assert home("tag", "2026-06-14", "--at", "0:20:00", *CALF).exit_code == 0
    assert home("tag", "--none", "--from", "2026-06-15", "--to", "2026-06-17", "--yes").exit_code == 0
    return Evening(folder)


def answers(home: Home) -> list[tuple[str, str]]:
    """Day and answer of each run, in order."""
    return sorted((run["start_at"][:10], run["answer"]) for run in home.document("runs")["runs"])


def ended(child: subprocess.Popen[str], within_s: float = 90) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a verb."""
    out, err = child.communicate(timeout=within_s)
    return child.returncode, out, err


def leftovers(folder: Path) -> list[str]:
    """Files that were begun and not finished."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != ".writing"]
    return [path.name for path in found if path.suffix in (".new", ".half") or path.name.startswith(".")]


def _export(path: Path, first_day: int, count: int) -> None:
    """A bulk export with a recording for each of so many days."""
    with zipfile.ZipFile(path, "w") as archive:
        for day in range(first_day, first_day + count):
            content = recording(session(MORNING + timedelta(days=day), 10))
            archive.writestr(f"activities/{day:03d}.fit.gz", gzip.compress(content))


def _recordings(folder: Path, first_day: int, count: int, minutes: int) -> None:
    folder.mkdir()
    for day in range(first_day, first_day + count):
        content = recording(session(MORNING + timedelta(days=day), minutes))
        (folder / f"{day:03d}.fit").write_bytes(content)
