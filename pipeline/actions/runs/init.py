"""`cramplog init`: makes the store, and adds the first runner or the simulated sample cohort.

A store that holds a runner is never changed again. The cohort's files are copied into the inbox, where the nightly imports
them like any other file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.actions.runs.runner import checked_runner
from pipeline.errors import NotFound
from pipeline.files import make_private_folder, private_umask
from pipeline.settings import Settings
from pipeline.shipped import shipped_folder
from pipeline.store.answers.runners import Runner, add_runner, all_runners
from pipeline.store.db.changes import change
from pipeline.store.db.connection import open_store

ANSWER_FILES = ("answers.csv", "cramps.csv", "runs.csv")


@dataclass(frozen=True, slots=True)
class Started:
    """The result of `init`: whether it changed anything, the runners in the store now, the number of files copied."""

    changed: bool
    runners: tuple[str, ...]
    files: int


def start(settings: Settings, runner: Runner | None, now: datetime) -> Started:
    """Make the store, and its first runner if one is given. Raises WrongInput before anything is made."""
    wanted = [] if runner is None else [checked_runner(runner, now)]
    existing = _existing_runners(settings)
    if existing is not None and (existing or not wanted):
        return Started(False, existing, 0)
    return Started(True, _make(settings, wanted, now), 0)


def start_demo(settings: Settings, now: datetime, sample: Traversable | None = None) -> Started:
    """Make the store with the simulated cohort and copy its files into the inbox.

    The files are copied first; the runners are added last, in one step, so that an interrupted call starts again.
    Raises NotFound if this installation lacks the sample.
    """
    sample = sample or shipped_folder("sample_data")
    existing = _existing_runners(settings)
    if existing:
        return Started(False, existing, 0)
    cohort = _cohort(sample)
    make_private_folder(settings.inbox)
    with private_umask():
        copied = sum(_copy(sample, settings.inbox, runner.name) for runner in cohort)
    return Started(True, _make(settings, cohort, now), copied + _copy_tables(sample, settings.inbox))


def _existing_runners(settings: Settings) -> tuple[str, ...] | None:
    """The names of the runners in an existing store; None without a store."""
    if not settings.has_store:
        return None
    with open_store(settings, write=False) as con:
        return tuple(runner.name for runner in all_runners(con))


def _make(settings: Settings, runners: list[Runner], now: datetime) -> tuple[str, ...]:
    names = ", ".join(runner.name for runner in runners)
    with open_store(settings, write=True, create=True) as con, change(con, "init", names, "single", now) as step:
        return tuple(add_runner(step, runner).name for runner in runners)


def _cohort(sample: Traversable) -> list[Runner]:
    """The simulated runners of runners.csv; an empty cell is a missing answer."""
    table = sample.joinpath("runners.csv")
    if not table.is_file():
        raise NotFound("the sample runners are missing from this installation", "install cramplog again from its wheel")
    rows = csv.DictReader(io.StringIO(table.read_text(encoding="utf-8")))
    return [
        Runner(
            runner_id="",
            name=row["name"],
            birth_year=int(row["birth_year"]) if row["birth_year"] else None,
            sex=row["sex"] or None,
            home_tz=row["home_tz"] or None,
            cramps_last_10_races=row["cramps_last_10_races"] or None,
            usual_race=row["usual_race"] or None,
        )
        for row in rows
    ]


def _copy(sample: Traversable, inbox: Path, name: str) -> int:
    """Copy one runner's recordings into inbox/<runner>/; returns how many."""
    found = [entry for entry in sample.joinpath("runs", name).iterdir() if entry.is_file()]
    folder = make_private_folder(inbox / name)
    for entry in found:
        (folder / entry.name).write_bytes(entry.read_bytes())
    return len(found)


def _copy_tables(sample: Traversable, inbox: Path) -> int:
    """Copy the weather files and the files of answers into the inbox; returns how many."""
    tables = [sample.joinpath(name) for name in ANSWER_FILES]
    found = [*sample.joinpath("weather").iterdir(), *(table for table in tables if table.is_file())]
    for entry in found:
        (inbox / entry.name).write_bytes(entry.read_bytes())
    return len(found)
