"""The examples in the help of the verbs, and a world in which they mean something: a store, files, a person's folders."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import click

from pipeline.cli.frame.main import cli
from pipeline.cli.frame.verbs import VERBS
from tests.support.cli import CALF, MORNING, Home, recording, recordings, session

WEATHER_TABLE = "time_utc,latitude,longitude,air_temp_c,rel_humidity_pct\n2026-06-14T05:00:00Z,48.2,16.4,{temp_c},60\n"
WEATHER_REPLY = """{"latitude": 48.2, "longitude": 16.4, "utc_offset_seconds": 0, "elevation": 171.0,
"hourly_units": {"time": "iso8601", "temperature_2m": "°C", "relative_humidity_2m": "%"},
"hourly": {"time": ["2026-06-DAYT05:00"], "temperature_2m": [24.0], "relative_humidity_2m": [55]}}"""
ANSWERS = "run,at,muscle,side,severity\n2026-06-13,0:20:00,calf,left,mild\n2026-06-14,none,,,\n"


@dataclass(frozen=True, slots=True)
class World:
    """A runner's computer: the store, the folder `~`, and the folder where they stand."""

    root: Path

    @property
    def home(self) -> Home:
        return Home(self.root / "store")

    @property
    def user(self) -> Path:
        return self.root / "user"

    @property
    def here(self) -> Path:
        return self.root / "here"

    @property
    def morning(self) -> Path:
        """The recording of 2026-06-14."""
        return self.root / "runs" / "0.fit"

    @property
    def more(self) -> Path:
        """Recordings not in the store yet: of that day afternoon, copy and overlapping.fit; and lost-clock.fit."""
        return self.root / "more"

    def copied_to(self, root: Path) -> World:
        """The same, to be changed."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return World(root)


def examples_of(verb: str) -> list[str]:
    """The lines below 'Examples:' in a verb's help."""
    command = cli.get_command(click.Context(cli), verb)
    assert command is not None
    _, found, lines = (command.help or "").partition("Examples:")
    return [line.strip() for line in lines.splitlines() if line.strip()] if found else []


def verb_of(words: Sequence[str]) -> str | None:
    """The verb that words after `cramplog` begin with, the longer one first; None for none of ours."""
    named = (" ".join(words[:count]) for count in (2, 1))
    return next((verb for verb in named if verb in VERBS), None)


def make_world(root: Path) -> World:
    """Anna has four runs, a cramp (c1) on the first and no cramp on the second; the last is of two hours and a half."""
    world = World(root)
    world.user.mkdir()
    (world.here / "weather").mkdir(parents=True)
    _put_files(world)
    runs = root / "runs"
    runs.mkdir()
    for day, minutes in ((-2, 60), (-1, 60), (0, 60), (7, 150)):
        (runs / f"{day}.fit").write_bytes(recording(session(MORNING + timedelta(days=day), minutes)))
    world.more.mkdir()
    seconds = {
        "afternoon": MORNING + timedelta(hours=9),
        "copy": MORNING + timedelta(minutes=2),
        "overlapping": MORNING + timedelta(minutes=20),
        "lost-clock": datetime(1990, 1, 1, tzinfo=UTC),
    }
    for name, at in seconds.items():
        (world.more / f"{name}.fit").write_bytes(recording(session(at, 55)))
    for words in (
        ("init", "--runner", "anna", "--home-tz", "Europe/Vienna"),
        ("ingest", str(runs)),
        ("tag", "2026-06-12", "--at", "0:30:00", *CALF),
        ("tag", "2026-06-13", "--none"),
    ):
        said = world.home(*words)
        assert said.exit_code == 0, said.output
    return world


def _put_files(world: World) -> None:
    folders = ("Downloads", "Garmin", "Desktop", ".zfunc", ".config/fish/completions")
    for name in (*folders, ".local/share/bash-completion/completions"):
        (world.user / name).mkdir(parents=True)
    later = MORNING + timedelta(days=20)
    with ZipFile(world.user / "Downloads" / "export_12345.zip", "w") as export:
        export.writestr("activities/1.fit", recording(session(later, 30)))
    recordings(world.user / "Garmin" / "Activity", 2, minutes=30)
    recordings(world.here / "export", 2, minutes=30)
    (world.here / "vienna-2026.csv").write_text(WEATHER_TABLE.format(temp_c=20))
    (world.here / "weather" / "june.csv").write_text(WEATHER_TABLE.format(temp_c=21))
    for name, day in (("archive", "12"), ("forecast", "21")):
        (world.here / f"{name}.json").write_text(WEATHER_REPLY.replace("DAY", day))
    for name in ("cramps", "diary"):
        (world.here / f"{name}.csv").write_text(ANSWERS)
