"""`cramplog doctor`: what this installation is, how it is set, how its store is, and what is wrong. No names, no places.

Changes nothing but, when asked to, rights that are too wide. Opens one connection to the weather service, says nothing.
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
from pipeline.actions.admin.versions import Versions, own_versions
from pipeline.actions.runs.runs import waiting_in_inbox
from pipeline.config import CONFIG_FILE, unknown_variables
from pipeline.errors import CramplogError
from pipeline.settings import Settings, config_path
from pipeline.store.health.health import Health, check_health
from pipeline.weather.service.address import service_of
from pipeline.weather.service.reach import Reach, reach

PACKAGES = ("duckdb", "numpy", "polars", "scikit-learn", "prefect", "click")
LITTLE_SPACE_BYTES = 1_000_000_000  # a nightly writes the snapshot and Prefect's files beside the old ones


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: a short stable word, a sentence, and what to do."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What `doctor` saw; `health` is None without a store. Sizes in bytes, of the files that are there.

    A weather service out of reach is no problem: files bring weather too.
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
    """Look at all of it; with `fix` take away the rights that others have on our files."""
    config_file = config_path(environ)
    holds_key = settings.sources["weather_key"].source == CONFIG_FILE
    open_paths = open_to_others(settings, *[config_file] * holds_key)
    narrowed = narrow(open_paths) if fix else []
    free_bytes = shutil.disk_usage(_nearest_there(settings.home)).free
    health = check_health(settings)
    problems = [
        *_of_variables(environ),
        *_of_rights(settings, [path for path in open_paths if path not in narrowed]),
        *_of_space(free_bytes),
        *_of_store(health),
    ]
    return Examined(
        versions=own_versions(),
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
        Problem("unknown_setting", f"{name} in the environment is no setting", "see its name in the list of settings")
        for name in unknown_variables(environ)
    ]


def _of_rights(settings: Settings, open_paths: Sequence[Path]) -> list[Problem]:
    if not open_paths:
        return []
    first = os.path.relpath(open_paths[0], settings.home)
    named = "the home folder" if first == "." else first
    more = f" and {len(open_paths) - 1:,} more" if len(open_paths) > 1 else ""
    mine = all(path.stat().st_uid == os.getuid() for path in open_paths)
    hint = "close them: cramplog doctor --fix" if mine else "some belong to another user: ask them to close them"
    return [Problem("open_to_others", f"other users of this computer may open {named}{more}", hint)]


def _of_space(free_bytes: int) -> list[Problem]:
    if free_bytes >= LITTLE_SPACE_BYTES:
        return []
    return [Problem("little_space", f"only {free_bytes / 1e6:,.0f} MB are free", "free some space: 1 GB at least")]


def _of_store(health: Health | None) -> list[Problem]:
    if health is None or health.busy is not None:
        return []
    if health.damage is not None:
        error: CramplogError = health.damage
        return [Problem(error.code, error.message, error.hint)]
    night = health.contents.night if health.contents else None
    if night is None or not night.failed:
        return []
    said = f"in the last nightly {', '.join(night.failed)} failed"
    return [Problem("night_failed", said, "cramplog nightly says why and does the rest")]


def _sizes(settings: Settings) -> dict[str, int]:
    paths = {
        "ledger": settings.store,
        "records": settings.records,
        "tracks": settings.tracks,
        "private": settings.private,
    }
    return {name: path.stat().st_size for name, path in paths.items() if path.exists()}


def _nearest_there(path: Path) -> Path:
    """The path itself or the first folder above it that exists: the disk it would lie on."""
    return next(one for one in (path, *path.parents) if one.exists())
