"""`cramplog doctor`: versions, settings and state of this installation, and what is wrong. Shows no names and no places.

Changes only file rights that are too wide, and only with --fix. Connects to the weather service once and sends nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pipeline.actions.admin.permissions import narrow, open_to_others
from pipeline.actions.admin.versions import Versions, installed_versions
from pipeline.actions.runs.runs import waiting_in_inbox
from pipeline.config import CONFIG_FILE, unknown_variables
from pipeline.errors import CramplogError
from pipeline.settings import Settings, config_path
from pipeline.store.health.health import Health, check_health
from pipeline.weather.service.address import service_of
from pipeline.weather.service.reach import Reach, reach

PACKAGES = ("duckdb", "numpy", "polars", "scikit-learn", "prefect", "click")
LITTLE_SPACE_BYTES = 1_000_000_000  # a nightly writes a new snapshot before it deletes the old one


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: a short stable code, a sentence, and what to do."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What `doctor` found. `health` is None without a store. `sizes` in bytes, of existing files.

    An unreachable weather service is not a problem: weather can also come from files.
    """

    versions: Versions
    packages: Mapping[str, str]
    config_file: Path
    sizes: Mapping[str, int]
    free_bytes: int
    health: Health | None
    waiting: int
    weather_reach: Reach
    narrowed: int
    problems: tuple[Problem, ...]


def examine(settings: Settings, environ: Mapping[str, str], fix: bool) -> Examined:
    """Examine the installation; with `fix`, remove the rights of other users on our files."""
    config_file = config_path(environ)
    holds_key = settings.sources["weather_key"].source == CONFIG_FILE
    open_paths = open_to_others(settings, *[config_file] * holds_key)
    narrowed = narrow(open_paths) if fix else []
    free_bytes = shutil.disk_usage(_nearest_existing(settings.home)).free
    health = check_health(settings)
    problems = [
        *_of_variables(environ),
        *_of_rights(settings, [path for path in open_paths if path not in narrowed]),
        *_of_space(free_bytes),
        *_of_store(health),
    ]
    return Examined(
        versions=installed_versions(),
        packages={"python": sys.version.split()[0], **{name: version(name) for name in PACKAGES}},
        config_file=config_file,
        sizes=_sizes(settings),
        free_bytes=free_bytes,
        health=health,
        waiting=waiting_in_inbox(settings),
        weather_reach=reach(service_of(settings)),
        narrowed=len(narrowed),
        problems=tuple(problems),
    )


def _of_variables(environ: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            "unknown_setting",
            f"the environment variable {name} is not a setting",
            "see the settings in docs/settings.md",
        )
        for name in unknown_variables(environ)
    ]


def _of_rights(settings: Settings, open_paths: Sequence[Path]) -> list[Problem]:
    if not open_paths:
        return []
    first = os.path.relpath(open_paths[0], settings.home)
    shown = "the home folder" if first == "." else first
    more = f" and {len(open_paths) - 1:,} more" if len(open_paths) > 1 else ""
    mine = all(path.stat().st_uid == os.getuid() for path in open_paths)
    hint = "to fix it: cramplog doctor --fix" if mine else "some files belong to another user: ask that user to fix it"
    return [Problem("open_to_others", f"other users of this computer may open {shown}{more}", hint)]


def _of_space(free_bytes: int) -> list[Problem]:
    if free_bytes >= LITTLE_SPACE_BYTES:
        return []
    return [Problem("little_space", f"only {free_bytes / 1e6:,.0f} MB of disk space are free", "free at least 1 GB")]


def _of_store(health: Health | None) -> list[Problem]:
    if health is None or health.busy is not None:
        return []
    if health.damage is not None:
        error: CramplogError = health.damage
        return [Problem(error.code, error.message, error.hint)]
    night = health.contents.night if health.contents else None
    if night is None or not night.failed:
        return []
    message = f"in the last nightly, {', '.join(night.failed)} failed"
    return [Problem("night_failed", message, "to see why and try again: cramplog nightly")]


def _sizes(settings: Settings) -> dict[str, int]:
    paths = {
        "ledger": settings.store,
        "records": settings.records,
        "tracks": settings.tracks,
        "private": settings.private,
    }
    return {name: path.stat().st_size for name, path in paths.items() if path.exists()}


def _nearest_existing(path: Path) -> Path:
    """The path itself or the first existing folder above it: it is on the same disk."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
